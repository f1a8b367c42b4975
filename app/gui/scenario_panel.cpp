#include "app/gui/scenario_panel.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRandomGenerator>
#include <QScrollArea>
#include <QScrollBar>
#include <QSpinBox>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "app/gui/command_chart.h"
#include "app/gui/intensity_dial.h"
#include "app/gui/labels.h"
#include "app/gui/theme.h"
#include "app/gui/threshold_box.h"

namespace stormloom {

QLineEdit* ScenarioPanel::lineOf(const QAbstractSpinBox* box) { return box->findChild<QLineEdit*>(); }

bool ScenarioPanel::isTyping(const QAbstractSpinBox* box) {
  return box->hasFocus() && lineOf(box)->isModified();
}

ScenarioPanel::ScenarioPanel(QWidget* parent) : QWidget(parent) {
  setObjectName("panel");
  setAttribute(Qt::WA_StyledBackground);
  setFixedWidth(320);
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);
  auto* fixed = new QVBoxLayout;  // the dial stays in sight, whatever is asked below
  fixed->setContentsMargins(16, 12, 16, 6);
  fixed->setSpacing(6);
  buildDial(fixed);
  buildNumbers(fixed);
  outer->addLayout(fixed);
  auto* scroll = scroll_ = new QScrollArea;
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFocusPolicy(Qt::NoFocus);
  auto* inside = new QWidget;
  auto* column = new QVBoxLayout(inside);
  column->setContentsMargins(16, 0, 16, 8);
  column->setSpacing(6);
  buildChart(column);
  buildControl(column);
  buildChoices(column);
  buildPlace(column);
  buildAlongDial(column);
  column->addSpacing(4);
  column->addWidget(heading(tr("WHY BELIEVE IT")));
  lights_ = new LightList;
  column->addWidget(lights_);
  column->addSpacing(4);
  buildSeed(column);
  column->addStretch(1);
  scroll->setWidget(inside);
  outer->addWidget(scroll, 1);
  const QScrollBar* bar = scroll->verticalScrollBar();
  connect(bar, &QScrollBar::rangeChanged, this, [this] {
    if (wantedScroll_ >= 0) scrollTo(wantedScroll_);
  });
  connect(bar, &QScrollBar::actionTriggered, this, [this] { wantedScroll_ = -1; });  // by hand
  buildBottom(outer);
  for (QWidget* widget : std::initializer_list<QWidget*>{slider_, members_, threshold_, seed_})
    widget->installEventFilter(this);
  for (QAbstractSpinBox* box : std::initializer_list<QAbstractSpinBox*>{members_, threshold_, seed_})
    connect(box, &QAbstractSpinBox::editingFinished, box, &QWidget::clearFocus);  // keys are the desk's again
  setIntensity(0.0);
  showNumbers();
}

/// Where the panel can be scrolled, a wheel that passes over a number does not change it.
bool ScenarioPanel::eventFilter(QObject* watched, QEvent* event) {
  auto* widget = static_cast<QWidget*>(watched);
  if (event->type() == QEvent::ShortcutOverride && widget != slider_ &&
      static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
    lineOf(static_cast<QAbstractSpinBox*>(widget))->setModified(false);  // what was typed is given up
    setChoices(quint64(seed_->value()), members_->value(), threshold_->value());
    widget->clearFocus();
    event->accept();
    return true;
  }
  const bool scrolls = scroll_->verticalScrollBar()->maximum() > 0;
  if (event->type() != QEvent::Wheel || widget->hasFocus() || (widget == slider_ && !scrolls))
    return QWidget::eventFilter(watched, event);
  event->ignore();
  return true;
}

void ScenarioPanel::buildDial(QVBoxLayout* column) {
  column->addWidget(heading(tr("ANTICIPATED INTENSITY")));
  auto* row = new QHBoxLayout;
  row->setSpacing(12);
  big_ = new QPushButton;
  big_->setObjectName("bigIntensity");
  big_->setMinimumWidth(122);
  big_->setFlat(true);
  big_->setCursor(Qt::IBeamCursor);
  big_->setToolTip(tr("Click to type the intensity (=)"));
  big_->setFocusPolicy(Qt::NoFocus);
  connect(big_, &QPushButton::clicked, this, &ScenarioPanel::numberAsked);
  words_ = quietLabel();
  words_->setFixedHeight(54);  // three lines: the slider below stays where it is
  words_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  row->addWidget(big_);
  row->addWidget(words_, 1);
  column->addLayout(row);
  slider_ = new IntensityDial;
  connect(slider_, &QSlider::valueChanged, this, &ScenarioPanel::onSlider);
  connect(slider_, &QSlider::sliderPressed, this, [this] { Q_EMIT handOnDial(true); });
  connect(slider_, &QSlider::sliderReleased, this, [this] { Q_EMIT handOnDial(false); });
  column->addWidget(slider_);
}

void ScenarioPanel::buildNumbers(QVBoxLayout* column) {
  auto* numbers = new QHBoxLayout;
  commanded_ = new QLabel;
  commanded_->setObjectName("commanded");
  achieved_ = new QLabel;
  achieved_->setObjectName("achieved");
  numbers->addWidget(commanded_);
  numbers->addStretch();
  numbers->addWidget(achieved_);
  column->addLayout(numbers);
  reach_ = quietLabel();
  reach_->setObjectName("reach");
  column->addWidget(reach_);
}

void ScenarioPanel::buildChart(QVBoxLayout* column) {
  chart_ = new CommandChart;
  chart_->setObjectName("intensityChart");
  chart_->setFixedHeight(148);
  chart_->setToolTip(
      tr("Mean intensity of the forecast box. Cyan: observed. Bands: expected, ±1, ±2 and ±4 σ. "
         "Dashed: as expected.\n"
         "Thick amber: commanded. Thin: what each member achieved. Hatched: not trained.\n"
         "Drag a dot up or down to bend the command; double-click puts it back."));
  connect(chart_, &CommandChart::handHeld, this, &ScenarioPanel::handOnDial);
  connect(chart_, &CommandChart::handleMoved, this, [this](int lead, double value) {
    if (!content_.forecast || lead >= int(content_.forecast->anticipated.mu.size())) return;
    bendTo(lead, content_.forecast->anticipated.nSigmaOf(lead, value / 255.0));
  });
  connect(chart_, &CommandChart::handleNudged, this,
          [this](int lead, double by) { bendTo(lead, commandAt(lead) + by); });
  connect(chart_, &CommandChart::handleReset, this, &ScenarioPanel::leadReset);
  column->addWidget(chart_);
}

void ScenarioPanel::buildControl(QVBoxLayout* column) {
  control_ = quietLabel();
  control_->setObjectName("control");
  column->addWidget(control_);
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  straighten_ = new QPushButton(tr("Straighten"));
  straighten_->setToolTip(tr("One intensity for all lead times again (U)"));
  auto* area = new QPushButton(tr("Draw area"));
  area->setToolTip(tr("Draw an area on the map with the left button (Q, or hold Shift)"));
  inside_ = new QPushButton(tr("Inside only"));
  inside_->setObjectName("insideOnly");
  inside_->setCheckable(true);
  inside_->setToolTip(tr("Let the command change the drawn area alone; again: everywhere (K)"));
  for (QPushButton* button : {straighten_, area, inside_}) {
    button->setStyleSheet("padding-left: 6px; padding-right: 6px");
    button->setFocusPolicy(Qt::TabFocus);
    row->addWidget(button);
  }
  column->addLayout(row);
  connect(straighten_, &QPushButton::clicked, this, [this] { Q_EMIT leadReset(-1); });
  connect(area, &QPushButton::clicked, this, &ScenarioPanel::areaAsked);
  connect(inside_, &QPushButton::clicked, this, &ScenarioPanel::insideAsked);
}

void ScenarioPanel::buildChoices(QVBoxLayout* column) {
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  members_ = new QSpinBox;
  members_->setObjectName("members");
  members_->setRange(1, 32);
  members_->setMinimumHeight(28);
  members_->setKeyboardTracking(false);
  members_->setToolTip(
      tr("How many futures are drawn for the dial's intensity, each with its own chance"));
  connect(members_, &QSpinBox::valueChanged, this, [this](int count) {
    showMembers(count);
    Q_EMIT membersChanged(count);
  });
  connect(lineOf(members_), &QLineEdit::textEdited, this, [this](const QString& text) {
    showMembers(std::clamp(text.section(' ', 0, 0).toInt(), 1, members_->maximum()));  // before it is asked for
  });
  threshold_ = new ThresholdBox;
  threshold_->setObjectName("threshold");
  threshold_->setMinimumHeight(28);
  connect(threshold_, &QDoubleSpinBox::valueChanged, this, &ScenarioPanel::thresholdChanged);
  row->addWidget(members_, 4);
  row->addWidget(threshold_, 3);
  budget_ = quietLabel();
  budget_->setObjectName("budget");
  alongDial_ = new QPushButton(tr("Chances"));
  alongDial_->setObjectName("alongDial");
  alongDial_->setCheckable(true);
  alongDial_->setFocusPolicy(Qt::TabFocus);
  alongDial_->setStyleSheet("padding-left: 6px; padding-right: 6px");
  alongDial_->setToolTip(
      tr("Along the dial: how likely the threshold is at −4, −2, 0, +2 and +4 σ, "
         "with as many members at each (P)"));
  connect(alongDial_, &QPushButton::clicked, this, &ScenarioPanel::alongDialAsked);
  row->addWidget(alongDial_);
  column->addLayout(row);
  column->addWidget(budget_);
}

void ScenarioPanel::buildSeed(QVBoxLayout* column) {
  auto* dice = new QHBoxLayout;
  dice->setSpacing(8);
  seed_ = new QSpinBox;
  seed_->setObjectName("seed");
  seed_->setRange(1, 999999);
  seed_->setPrefix(tr("seed "));
  seed_->setMinimumHeight(28);
  seed_->setEnabled(false);
  seed_->setKeyboardTracking(false);
  lock_ = new QCheckBox(tr("locked"));
  lock_->setObjectName("seedLock");
  lock_->setChecked(true);
  lock_->setToolTip(
      tr("While the seed is locked, the picture changes because of the intensity alone."));
  newSeed_ = new QPushButton(tr("New"));
  newSeed_->setObjectName("newSeed");
  newSeed_->setEnabled(false);
  dice->addWidget(seed_, 1);
  dice->addWidget(lock_);
  dice->addWidget(newSeed_);
  column->addLayout(dice);
  connect(lock_, &QCheckBox::toggled, this, [this](bool locked) {
    seed_->setEnabled(!locked);
    newSeed_->setEnabled(!locked);
  });
  connect(newSeed_, &QPushButton::clicked, this,
          [this] { seed_->setValue(int(QRandomGenerator::global()->bounded(1, 999999))); });
  connect(seed_, &QSpinBox::valueChanged, this,
          [this](int seed) { Q_EMIT seedChanged(quint64(seed)); });
}

void ScenarioPanel::buildPlace(QVBoxLayout* column) {
  place_ = new QWidget;
  auto* inside = new QVBoxLayout(place_);
  inside->setContentsMargins(0, 6, 0, 0);
  inside->setSpacing(6);
  auto* top = new QHBoxLayout;
  placeHeading_ = heading({});
  auto* clear = new QToolButton;
  clear->setText(tr("Clear"));
  clear->setFocusPolicy(Qt::NoFocus);
  connect(clear, &QToolButton::clicked, this, &ScenarioPanel::placeCleared);
  top->addWidget(placeHeading_, 1);
  top->addWidget(clear);
  inside->addLayout(top);
  placeChart_ = new CurveChart;
  placeChart_->setObjectName("placeChart");
  placeChart_->setFixedHeight(112);
  placeChart_->setToolTip(
      tr("Strongest value at the place. Cyan: observed. Thin: every member. Dashed: extrapolation. "
         "Dash-dotted: the threshold."));
  inside->addWidget(placeChart_);
  placeWords_ = new QLabel;
  placeWords_->setObjectName("placeWords");
  placeWords_->setWordWrap(true);
  inside->addWidget(placeWords_);
  column->addWidget(place_);
  place_->hide();
}

int ScenarioPanel::scrolledTo() const { return scroll_->verticalScrollBar()->value(); }

void ScenarioPanel::scrollTo(int pixels) {
  scroll_->verticalScrollBar()->setValue(pixels);
  wantedScroll_ = scrolledTo() == pixels ? -1 : pixels;
}

void ScenarioPanel::reveal(QWidget* section) {
  QTimer::singleShot(0, this, [this, section] {
    if (section->isVisible()) scroll_->ensureWidgetVisible(section, 0, 8);
  });
}

void ScenarioPanel::revealPlace() { reveal(place_); }
void ScenarioPanel::revealChances() { reveal(chances_); }

void ScenarioPanel::buildAlongDial(QVBoxLayout* column) {
  chances_ = new QWidget;
  auto* inside = new QVBoxLayout(chances_);
  inside->setContentsMargins(0, 6, 0, 0);
  inside->setSpacing(6);
  inside->addWidget(heading(tr("CHANCE ALONG THE DIAL")));
  chanceChart_ = new CurveChart;
  chanceChart_->setObjectName("chanceChart");
  chanceChart_->setFixedHeight(96);
  chanceChart_->setToolTip(
      tr("Members that reach the threshold, in percent, for each intensity. Dots: computed. "
         "Upright line: the dial."));
  inside->addWidget(chanceChart_);
  chanceWords_ = new QLabel;
  chanceWords_->setObjectName("chanceWords");
  chanceWords_->setWordWrap(true);
  inside->addWidget(chanceWords_);
  column->addWidget(chances_);
  chances_->hide();
}

void ScenarioPanel::buildBottom(QVBoxLayout* column) {
  auto* bottom = new QWidget;
  auto* inside = new QVBoxLayout(bottom);
  inside->setContentsMargins(16, 6, 16, 10);
  inside->setSpacing(6);
  made_ = quietLabel();
  made_->setObjectName("made");
  stop_ = new QPushButton(tr("Stop"));
  stop_->setToolTip(tr("Stop computing (Esc)"));
  stop_->hide();
  auto* state = new QHBoxLayout;
  state->addWidget(made_, 1);
  state->addWidget(stop_);
  inside->addLayout(state);
  doubts_ = new QPushButton;
  doubts_->setObjectName("doubts");
  doubts_->setFlat(true);
  doubts_->setFocusPolicy(Qt::TabFocus);
  doubts_->setToolTip(tr("Why believe it: show the reasons"));
  doubts_->hide();
  connect(doubts_, &QPushButton::clicked, this, [this] { scroll_->ensureWidgetVisible(lights_); });
  inside->addWidget(doubts_);
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  auto* save = new QPushButton(tr("Save picture"));
  save->setObjectName("accent");
  save->setToolTip(tr("The maps as they are, as a PNG into the pictures folder (Ctrl+E)"));
  auto* command = new QPushButton(tr("Copy command"));
  command->setToolTip(tr("The equal line for stormloom-cli, to the clipboard"));
  undo_ = new QPushButton(tr("Undo"));
  for (QPushButton* button : {save, command, undo_}) {
    button->setFocusPolicy(Qt::TabFocus);
    button->setStyleSheet("padding-left: 6px; padding-right: 6px");
    row->addWidget(button);
  }
  inside->addLayout(row);
  column->addWidget(bottom);
  connect(save, &QPushButton::clicked, this, &ScenarioPanel::exportAsked);
  connect(command, &QPushButton::clicked, this, &ScenarioPanel::commandAsked);
  connect(undo_, &QPushButton::clicked, this, &ScenarioPanel::undoAsked);
  connect(stop_, &QPushButton::clicked, this,
          [this] { stopped_ ? Q_EMIT goOnAsked() : Q_EMIT stopAsked(); });
}

LightList::LightList(QWidget* parent) : QWidget(parent) {
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(8);
  grid->setVerticalSpacing(4);
  grid->setColumnStretch(1, 1);
  sentence_ = quietLabel();
  grid->addWidget(sentence_, 0, 0, 1, 2);
}

void LightList::say(const QString& sentence) {
  setLights({});
  sentence_->setText(sentence);
  sentence_->show();
}

void LightList::setLights(const std::vector<PlausibilityLight>& lights) {
  sentence_->hide();
  auto* grid = static_cast<QGridLayout*>(layout());
  while (rows_.size() < lights.size()) {
    rows_.emplace_back(new QLabel, new QLabel);
    rows_.back().second->setWordWrap(true);
    grid->addWidget(rows_.back().first, int(rows_.size()), 0, Qt::AlignTop);
    grid->addWidget(rows_.back().second, int(rows_.size()), 1);
  }
  const Theme& theme = Theme::of(*this);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto& [sign, sentence] = rows_[i];
    sign->setVisible(i < lights.size());
    sentence->setVisible(i < lights.size());
    if (i >= lights.size()) continue;
    // The shape says it as well as the colour.
    const auto level = lights[i].level;
    const bool good = level == PlausibilityLight::Level::Good,
               caution = level == PlausibilityLight::Level::Caution;
    sign->setText(good ? QStringLiteral("●") : caution ? QStringLiteral("▲") : QStringLiteral("■"));
    sign->setStyleSheet(QString("color: %1")
                            .arg((good      ? theme.good
                                  : caution ? theme.forecast
                                            : theme.failed)
                                     .name()));
    sign->setAccessibleName(good ? tr("good") : caution ? tr("caution") : tr("warning"));
    sentence->setText(QString::fromStdString(lights[i].sentence).replace("km/h", QString::fromUtf8("km/\u2060h")));
  }
}

QString LightList::text() const {
  QStringList all;
  for (const auto& [sign, sentence] : rows_)
    if (!sentence->isHidden()) all << sentence->text();
  return all.join('\n');
}

}  // namespace stormloom
