#include "app/gui/scenario_panel.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QRandomGenerator>
#include <QSlider>
#include <QSpinBox>
#include <QVBoxLayout>

#include <cmath>

#include "app/gui/intensity_chart.h"
#include "app/gui/palette.h"

namespace stormloom {
namespace {

QLabel* heading(const QString& text) {
  auto* label = new QLabel(text);
  label->setProperty("heading", true);
  return label;
}

QLabel* quietLabel(const QString& text = {}) {
  auto* label = new QLabel(text);
  label->setProperty("quiet", true);
  label->setWordWrap(true);
  return label;
}

}  // namespace

ScenarioPanel::ScenarioPanel(QWidget* parent) : QWidget(parent) {
  setObjectName("panel");
  setAttribute(Qt::WA_StyledBackground);
  setFixedWidth(304);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(16, 10, 16, 10);
  column->setSpacing(5);
  buildDial();
  buildNumbers();
  setIntensity(0.0);
  showNumbers();
}

void ScenarioPanel::buildDial() {
  auto* column = static_cast<QVBoxLayout*>(layout());
  column->addWidget(heading(tr("ANTICIPATED INTENSITY")));
  big_ = new QLabel;
  big_->setObjectName("bigIntensity");
  column->addWidget(big_);
  words_ = quietLabel();
  words_->setMinimumHeight(36);
  words_->setAlignment(Qt::AlignTop);
  column->addWidget(words_);
  slider_ = new QSlider(Qt::Horizontal);
  slider_->setObjectName("intensitySlider");
  slider_->setRange(-40, 40);
  slider_->setSingleStep(1);
  slider_->setPageStep(10);
  slider_->setMinimumHeight(30);
  slider_->setToolTip(tr("What if the mean intensity were this many standard deviations from what is expected? Keys: [ and ]"));
  connect(slider_, &QSlider::valueChanged, this, &ScenarioPanel::onSlider);
  column->addWidget(slider_);
  auto* ticks = new QGridLayout;
  ticks->setContentsMargins(0, 0, 0, 0);
  ticks->setVerticalSpacing(0);
  const QString words[] = {tr("weak"), "", tr("as expected"), "", tr("extreme")};
  for (int i = 0; i < 5; ++i) {
    const Qt::Alignment align = i == 0 ? Qt::AlignLeft : i == 4 ? Qt::AlignRight : Qt::AlignHCenter;
    for (const auto& [row, text] : {std::pair{0, signedText(2 * i - 4, 0)}, {1, words[i]}}) {
      QLabel* label = quietLabel(text);
      label->setWordWrap(false);
      label->setAlignment(align);
      ticks->addWidget(label, row, i);
    }
    ticks->setColumnStretch(i, i == 2 ? 2 : 1);
  }
  column->addLayout(ticks);
}

void ScenarioPanel::buildNumbers() {
  auto* column = static_cast<QVBoxLayout*>(layout());
  auto* numbers = new QHBoxLayout;
  commanded_ = new QLabel;
  commanded_->setObjectName("commanded");
  achieved_ = new QLabel;
  achieved_->setObjectName("achieved");
  numbers->addWidget(commanded_);
  numbers->addStretch();
  numbers->addWidget(achieved_);
  column->addLayout(numbers);
  chart_ = new IntensityChart;
  chart_->setMaximumHeight(200);
  column->addWidget(chart_, 4);

  column->addSpacing(6);
  column->addWidget(heading(tr("CHANCE")));
  auto* dice = new QHBoxLayout;
  seed_ = new QSpinBox;
  seed_->setRange(1, 999999);
  seed_->setPrefix(tr("seed "));
  seed_->setEnabled(false);
  lock_ = new QCheckBox(tr("locked"));
  lock_->setObjectName("seedLock");
  lock_->setChecked(true);
  lock_->setToolTip(tr("While the seed is locked, the picture changes because of the intensity alone."));
  newSeed_ = new QPushButton(tr("New"));
  newSeed_->setEnabled(false);
  dice->addWidget(seed_, 1);
  dice->addWidget(lock_);
  dice->addWidget(newSeed_);
  column->addLayout(dice);
  connect(lock_, &QCheckBox::toggled, this, [this](bool locked) {
    seed_->setEnabled(!locked);
    newSeed_->setEnabled(!locked);
  });
  connect(newSeed_, &QPushButton::clicked, this, [this] { seed_->setValue(int(QRandomGenerator::global()->bounded(1, 999999))); });
  connect(seed_, &QSpinBox::valueChanged, this, [this](int seed) { Q_EMIT seedChanged(quint64(seed)); });

  column->addSpacing(6);
  column->addWidget(heading(tr("HOW IT WAS MADE")));
  made_ = quietLabel();
  made_->setMinimumHeight(54);
  made_->setAlignment(Qt::AlignTop);
  column->addWidget(made_);
  column->addStretch(1);
  auto* last = new QHBoxLayout;
  state_ = quietLabel();
  stop_ = new QPushButton(tr("Stop  Esc"));
  stop_->setEnabled(false);
  connect(stop_, &QPushButton::clicked, this, &ScenarioPanel::stopAsked);
  last->addWidget(state_, 1);
  last->addWidget(stop_);
  column->addLayout(last);
}

double ScenarioPanel::intensity() const { return slider_->value() / 10.0; }

void ScenarioPanel::setIntensity(double nSigma) {
  const int tenths = int(std::lround(nSigma * 10));
  if (tenths == slider_->value()) onSlider(tenths);
  slider_->setValue(tenths);
}

void ScenarioPanel::onSlider(int tenths) {
  const double n = tenths / 10.0;
  big_->setText(signedText(n) + " σ");
  words_->setText(QString::fromStdString(intensityWords(n)));
  chart_->setIntensity(n);
  showNumbers();
  Q_EMIT anticipatedIntensityChanged(n);
}

void ScenarioPanel::setContext(std::shared_ptr<const ModelContext> context) {
  hasContext_ = context != nullptr;
  chart_->setContext(std::move(context));
  forecast_.reset();
  showNumbers();
}

void ScenarioPanel::setForecast(std::shared_ptr<const ScenarioForecast> forecast) {
  forecast_ = std::move(forecast);
  chart_->setForecast(forecast_);
  showNumbers();
}

void ScenarioPanel::setLead(int lead) {
  lead_ = lead;
  chart_->setLead(lead);
  showNumbers();
}

void ScenarioPanel::setBusy(bool busy) {
  stop_->setEnabled(busy);
  state_->setText(busy ? tr("computing…") : forecast_ ? tr("ready") : QString());
}

void ScenarioPanel::showNumbers() {
  const QString none = QStringLiteral("–");
  if (!forecast_ || forecast_->members.empty() || forecast_->members.front().achieved.empty()) {
    commanded_->setText(tr("Commanded %1").arg(none));
    achieved_->setText(tr("Achieved %1").arg(none));
    made_->setText(hasContext_ ? tr("No scenario yet for this event.") : tr("Open radar files to ask for a scenario."));
    return;
  }
  const ScenarioMember& member = forecast_->members.front();
  const int lead = lead_ >= 0 && lead_ < int(member.achieved.size()) ? lead_ : int(member.achieved.size()) - 1;
  const AnticipatedIntensity& expected = forecast_->anticipated;
  const double got = member.achieved[std::size_t(lead)];
  QString gotText = QString::number(255 * got, 'f', 1);
  if (lead < int(expected.mu.size())) {
    commanded_->setText(tr("Commanded <b>%1</b>").arg(255 * expected.commanded(lead, intensity()), 0, 'f', 1));
    const double sigma = expected.sigma[std::size_t(lead)];
    if (sigma > 0) gotText += QString("</b> (%1 σ)").arg(signedText((got - expected.mu[std::size_t(lead)]) / sigma));
  }
  achieved_->setText(tr("Achieved <b>%1").arg(gotText));
  const bool preview = forecast_->request.quality == Quality::Preview;
  made_->setText(tr("%1, %2 steps%3\n%4, %5 s\nseed %6")
                     .arg(QString::fromStdString(forecast_->model)).arg(forecast_->steps)
                     .arg(preview ? tr(" (preview)") : QString(), QString::fromStdString(forecast_->device))
                     .arg(forecast_->secondsTaken, 0, 'f', 2).arg(forecast_->request.seed));
}

}  // namespace stormloom
