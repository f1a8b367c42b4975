#include "app/attention/diffusion_window.h"

#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>

#include "app/attention/background_export.h"
#include "app/attention/diffusion_view.h"
#include "app/figure/block_figure.h"
#include "app/figure/diffusion_drawing.h"
#include "core/errors.h"

namespace stormloom {
namespace {

constexpr int kQuietMilliseconds = 500;  // after the last change of n or seed
constexpr int kPlayMilliseconds = 700;
constexpr int kWaitMilliseconds = 1000;

QDoubleSpinBox* nBox(double value, const QString& tip, const char* name) {
  auto* box = new QDoubleSpinBox;
  box->setObjectName(name);
  box->setRange(-4.0, 4.0);
  box->setSingleStep(0.5);
  box->setDecimals(1);
  box->setPrefix("n = ");
  box->setSuffix(QString::fromUtf8(" σ"));
  box->setToolTip(tip);
  box->setValue(value);
  return box;
}

}  // namespace

DiffusionWindow::DiffusionWindow(const EngineOptions& options, QWidget* parent)
    : QMainWindow(parent),
      worker_(new AttentionWorker(options, this)),
      export_(new BackgroundExport(this)) {
  setWindowTitle(tr("Diffusion — Stormloom"));
  resize(1280, 800);
  auto* all = new QWidget;
  auto* column = new QVBoxLayout(all);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(buildTop());
  view_ = new DiffusionView;
  column->addWidget(view_, 1);
  column->addWidget(buildFoot());
  setCentralWidget(all);
  wire();
}

DiffusionWindow::~DiffusionWindow() {
  delete worker_;
  delete export_;
}

QWidget* DiffusionWindow::buildTop() {
  auto* top = new QWidget;
  auto* row = new QHBoxLayout(top);
  row->setContentsMargins(12, 8, 12, 4);
  left_ = nBox(0.0, tr("The upper row."), "leftN");
  right_ = nBox(3.0, tr("The lower row, from the same noise."), "rightN");
  seed_ = new QSpinBox;
  seed_->setRange(1, 1'000'000);
  seed_->setPrefix(tr("seed "));
  seed_->setToolTip(tr("The noise that both begin with."));
  auto* take = new QPushButton(tr("Export"));
  take->setMenu(buildExportMenu());
  row->addWidget(new QLabel(tr("Two commands, the same noise:")));
  for (QWidget* widget : {static_cast<QWidget*>(left_), static_cast<QWidget*>(right_),
                          static_cast<QWidget*>(seed_)})
    row->addWidget(widget);
  row->addStretch(1);
  row->addWidget(take);
  return top;
}

QWidget* DiffusionWindow::buildFoot() {
  auto* foot = new QWidget;
  auto* column = new QVBoxLayout(foot);
  column->setContentsMargins(12, 4, 12, 8);
  auto* row = new QHBoxLayout;
  play_ = new QPushButton(tr("Play"));
  play_->setObjectName("play");
  play_->setCheckable(true);
  step_ = new QSlider(Qt::Horizontal);
  step_->setObjectName("diffusionStep");
  step_->setToolTip(tr("Steps of the denoiser: the second time axis. Arrow keys on the picture do "
                       "the same."));
  stepText_ = new QLabel;
  stepText_->setMinimumWidth(190);
  lead_ = new QSlider(Qt::Horizontal);
  lead_->setObjectName("diffusionLead");
  lead_->setToolTip(tr("The frame that is shown, by its lead time."));
  leadText_ = new QLabel;
  leadText_->setMinimumWidth(110);
  row->addWidget(play_);
  row->addWidget(step_, 3);
  row->addWidget(stepText_);
  row->addWidget(lead_, 2);
  row->addWidget(leadText_);
  work_ = new QProgressBar;
  work_->setFixedHeight(3);
  work_->setTextVisible(false);
  work_->setRange(0, 1000);
  readout_ = new QLabel(
      tr("Left: the latents, decoded. Middle: what the network takes the finished picture to be. "
         "Right: what the command changes in that, warm more rain, cold less; its colours are of this step alone, the bars compare the steps. The last bar is the "
         "control's last word: it moves the finished picture to the mean that was asked for; at n = 0 "
         "nothing is."));
  readout_->setWordWrap(true);
  readout_->setProperty("quiet", true);
  column->addWidget(work_);
  column->addLayout(row);
  column->addWidget(readout_);
  return foot;
}

QMenu* DiffusionWindow::buildExportMenu() {
  auto* menu = new QMenu(this);
  const auto add = [&](const QString& text, Export what, const QString& name, const QString& forms) {
    menu->addAction(text, this, [this, what, name, forms] {
      const QString file = QFileDialog::getSaveFileName(this, tr("Export"), name, forms);
      if (!file.isEmpty()) exportTo(what, file);
    });
  };
  add(tr("This step as picture…"), Export::Moment, "step.png", "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)");
  add(tr("All steps as picture…"), Export::Sheet, "steps.png", "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)");
  add(tr("Step after step, as film…"), Export::Film, "steps.mp4", "MP4 (*.mp4);;GIF (*.gif)");
  add(tr("Numbers…"), Export::Numbers, "steps.csv", "CSV (*.csv);;NetCDF (*.nc)");
  return menu;
}

void DiffusionWindow::wire() {
  watchSoon_.setSingleShot(true);
  watchSoon_.setInterval(kQuietMilliseconds);
  playing_.setInterval(kPlayMilliseconds);
  waiting_.setInterval(kWaitMilliseconds);
  waiting_.start();
  connect(&waiting_, &QTimer::timeout, this, &DiffusionWindow::subjectWanted);
  connect(&watchSoon_, &QTimer::timeout, this, &DiffusionWindow::watch);
  connect(&playing_, &QTimer::timeout, this, [this] {
    showStep((step_->value() + 1) % std::max(1, view_->steps()));
    if (step_->value() + 1 == view_->steps()) play(false);
  });
  for (QDoubleSpinBox* box : {left_, right_})
    connect(box, &QDoubleSpinBox::valueChanged, &watchSoon_, qOverload<>(&QTimer::start));
  connect(seed_, &QSpinBox::valueChanged, &watchSoon_, qOverload<>(&QTimer::start));
  connect(step_, &QSlider::valueChanged, this, &DiffusionWindow::showStep);
  connect(lead_, &QSlider::valueChanged, this, &DiffusionWindow::showLead);
  connect(play_, &QPushButton::toggled, this, &DiffusionWindow::play);
  connect(view_, &DiffusionView::stepChosen, step_, &QSlider::setValue);
  connect(view_, &DiffusionView::leadChosen, lead_, &QSlider::setValue);
  connect(worker_, &AttentionWorker::diffusionReady, this, &DiffusionWindow::take);
  connect(worker_, &AttentionWorker::failed, readout_, &QLabel::setText);
  connect(worker_, &AttentionWorker::progress, this, [this](double share, const QString& what) {
    work_->setValue(int(1000.0 * share));
    if (view_->steps() == 0) stepText_->setText(what);
  });
  export_->showIn(readout_, work_);
  connect(export_, &BackgroundExport::done, this, &DiffusionWindow::exported);
}

void DiffusionWindow::setSubject(const AttentionSubject& subject) {
  if (!subject.context) return;
  waiting_.stop();
  const bool first = !subject_.context;
  const bool same = !first && subject_.context->hash == subject.context->hash;
  subject_ = subject;
  if (first) {
    seed_->setValue(int(std::min<std::uint64_t>(subject.seed, 1'000'000)));
    if (subject.nSigma != 0.0) right_->setValue(subject.nSigma);
  }
  if (!same) watchSoon_.start();
}

void DiffusionWindow::watch() {
  if (!subject_.context) return;
  worker_->watchDiffusion(subject_.context, {left_->value(), right_->value()},
                          std::uint64_t(seed_->value()));
}

void DiffusionWindow::take(DiffusionTraces traces) {
  const bool first = view_->steps() == 0;
  const bool whole = isWhole(traces);
  view_->setTraces(std::move(traces));
  if (whole) work_->setValue(0);
  const QSignalBlocker quietly(step_), quietlyToo(lead_);
  step_->setRange(0, view_->steps() - 1);
  lead_->setRange(0, view_->leads() - 1);
  showLead(first ? view_->leads() - 1 : lead_->value());
  showStep(wantedStep_);
  if (whole) Q_EMIT watched();
}

void DiffusionWindow::showStep(int step) {
  wantedStep_ = step;
  if (view_->steps() == 0) return;
  view_->setStep(step);
  wantedStep_ = view_->picture().step;
  const QSignalBlocker quietly(step_);
  step_->setValue(wantedStep_);
  stepText_->setText(diffusion_drawing::stepTitle(*view_->picture().traces.front(), wantedStep_));
}

void DiffusionWindow::showLead(int lead) {
  if (view_->steps() == 0) return;
  view_->setLead(lead);
  const QSignalBlocker quietly(lead_);
  lead_->setValue(view_->picture().lead);
  const auto& frames = view_->picture().traces.front()->steps.front().clean.frames;
  const ValidTime time = frames[std::size_t(view_->picture().lead)].validTime;
  const auto ahead = std::chrono::duration_cast<std::chrono::minutes>(
      time - subject_.context->runTime);
  leadText_->setText(tr("%1 UTC, +%2 min")
                         .arg(QString::fromStdString(isoText(time)).mid(11, 5))
                         .arg(ahead.count()));
}

void DiffusionWindow::play(bool on) {
  const QSignalBlocker quietly(play_);
  play_->setChecked(on);
  if (!on) return playing_.stop();
  showStep(0);
  playing_.start();
}

void DiffusionWindow::act(const std::vector<std::string>& words) {
  const std::string& what = words.front();
  const QString value = words.size() > 1 ? QString::fromStdString(words[1]) : QString();
  if (what == "n" && value.split(',').size() == 2) {
    left_->setValue(value.section(',', 0, 0).toDouble());
    right_->setValue(value.section(',', 1, 1).toDouble());
  } else if (what == "step" && value.toInt() > 0) {
    play(false);
    showStep(value.toInt() - 1);
  } else if (what == "result") {
    showStep(1 << 20);
  } else if (what == "lead" && value.toInt() > 0) {
    showLead(value.toInt() - 1);
  } else if (what == "play") {
    play(true);
  } else {
    throw UsageError("The diffusion window cannot \"" + what + " " + value.toStdString() + "\".");
  }
}

CommandOptions DiffusionWindow::options(const QString& file) const {
  CommandOptions options;
  const DiffusionPicture& now = view_->picture();
  options["--diffusion"];
  options["--n"] = QString::number(now.traces.front()->nSigma).toStdString();
  if (now.traces.size() > 1)
    options["--beside"] = QString::number(now.traces[1]->nSigma).toStdString();
  options["--seed"] = std::to_string(now.traces.front()->seed);
  options["--lead"] = std::to_string(now.lead + 1);
  options["--out"] = QFileInfo(file).fileName().toStdString();
  if (!now.dark) options["--theme"] = "light";
  return options;
}

void DiffusionWindow::exportTo(Export what, const QString& file) {
  if (view_->steps() == 0 || !isWhole(view_->picture().traces)) {
    readout_->setText(tr("There is nothing to write until all lead times are decoded."));
    return;
  }
  DiffusionPicture picture = view_->picture();
  picture.footnote = subject_.context->frames.attribution;
  CommandOptions made = options(file);
  if (what == Export::Moment) made["--step"] = std::to_string(picture.step + 1);
  if (what == Export::Numbers) made.erase("--theme");
  export_->start(file, [what, picture, made, path = file.toStdString(),
                        receipt = subject_.receipt](std::stop_token stop,
                                                    const BackgroundExport::Progress& progress) {
    const Receipt how = receipt(made);
    if (what == Export::Moment)
      writeDiffusionFigure(path, picture, {}, how);
    else if (what == Export::Sheet)
      writeDiffusionSheet(path, picture, {}, how);
    else if (what == Export::Film)
      writeDiffusionMovie(path, picture, {}, how, stop, progress);
    else if (path.ends_with(".nc"))
      writeDiffusionFile(path, picture.traces, how);
    else
      writeDiffusionTable(path, picture.traces, how);
  });
}

}  // namespace stormloom
