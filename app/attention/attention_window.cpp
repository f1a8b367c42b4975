#include "app/attention/attention_window.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>

#include "app/attention/attention_maps.h"
#include "app/attention/background_export.h"
#include "app/attention/block_panel.h"

namespace stormloom {
namespace {

constexpr int kControlsWidth = 306, kUsualLetters = 13;
constexpr int kForecastMilliseconds = 1500;  // forecasts below the attention come later

QLabel* quiet(const QString& text) {
  auto* label = new QLabel(text);
  label->setProperty("quiet", true);
  label->setWordWrap(true);
  return label;
}

QPushButton* button(const QString& text, const QString& tip, const char* name) {
  auto* made = new QPushButton(text);
  made->setToolTip(tip);
  made->setObjectName(name);
  made->setMinimumHeight(28);
  return made;
}

}  // namespace

AttentionWindow::AttentionWindow(const EngineOptions& options, QWidget* parent)
    : QMainWindow(parent),
      worker_(new AttentionWorker(options, this)),
      export_(new BackgroundExport(this)) {
  setWindowTitle(tr("Attention — Stormloom"));
  resize(1280, 800);
  auto* all = new QWidget;
  auto* row = new QHBoxLayout(all);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  row->addWidget(buildControls());
  auto* column = new QVBoxLayout;
  column->setSpacing(0);
  column->addWidget(buildViews(), 1);
  column->addWidget(buildFoot());
  row->addLayout(column, 1);
  setCentralWidget(all);
  wire();
  wireWorker();
  waiting_.setInterval(kForecastMilliseconds);
  waiting_.start();  // a lesson may open the window before the event is there
  connect(&waiting_, &QTimer::timeout, this, &AttentionWindow::subjectWanted);
}

// The threads end before the widgets that their answers go to.
AttentionWindow::~AttentionWindow() {
  delete worker_;
  delete export_;
}

QWidget* AttentionWindow::buildControls() {
  auto* panel = new QWidget;
  panel->setObjectName("attentionControls");
  panel->setFixedWidth(kControlsWidth);
  auto* column = new QVBoxLayout(panel);
  column->setContentsMargins(12, 12, 12, 12);
  column->setSpacing(8);
  model_ = new QComboBox;
  model_->setObjectName("attentionModel");
  model_->addItem(tr("Earthformer"), "earthformer");
  model_->addItem(tr("PreDiff, denoiser"), "prediff");
  model_->addItem(tr("PreDiff, alignment network"), "alignment");
  step_ = new QSpinBox;
  step_->setRange(1, 8);
  step_->setPrefix(tr("step "));
  step_->setToolTip(
      tr("The step of the sampler whose pass is looked into: first noise, last rain."));
  intensity_ = new QSpinBox;
  intensity_->setRange(-4, 4);
  intensity_->setPrefix("n = ");
  intensity_->setSuffix(QString::fromUtf8(" σ"));
  auto* scenario = new QHBoxLayout;
  scenario->addWidget(step_);
  scenario->addWidget(intensity_);
  layers_ = new QListWidget;
  layers_->setObjectName("attentionLayers");
  layers_->setWordWrap(true);
  layers_->setResizeMode(QListView::Adjust);
  layers_->setTextElideMode(Qt::ElideNone);
  layers_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  layers_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);  // lines are broken beside it
  layers_->setToolTip(tr("Layers in the order of the network; finest level first in each part."));
  head_ = new QComboBox;
  head_->setObjectName("attentionHead");
  head_->addItem(tr("mean of the heads"), kMeanOfHeads);
  askingFrame_ = new QSlider(Qt::Horizontal);
  askingFrame_->setToolTip(tr("The frame that asks."));
  askingFrameText_ = quiet({});
  column->addWidget(quiet(tr("NETWORK")));
  column->addWidget(model_);
  column->addLayout(scenario);
  column->addWidget(quiet(tr("LAYER")));
  column->addWidget(layers_, 1);
  column->addWidget(head_);
  auto* asking = new QHBoxLayout;
  asking->addWidget(quiet(tr("FRAME THAT ASKS")));
  asking->addWidget(askingFrameText_);
  column->addLayout(asking);
  column->addWidget(askingFrame_);
  column->addWidget(buildButtons());
  return panel;
}

QWidget* AttentionWindow::buildButtons() {
  auto* all = new QWidget;
  auto* grid = new QGridLayout(all);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(6);
  rollout_ = button(tr("Follow back through all layers"),
                    tr("Attention rollout: an approximation that half of every layer stays in place."),
                    "rollout");
  rollout_->setCheckable(true);
  occlude_ = button(tr("Test: what if a patch were dry?"),
                    tr("Forecasts again with one patch of the past after the other dried out."),
                    "dryPatches");
  auto* take = button(tr("Export"), tr("Pictures, films and numbers of what is shown."), "export");
  take->setMenu(buildExportMenu());
  copy_ = button(tr("Copy as command"), tr("The command line that gives the same weights."),
                 "copyCommand");
  auto* diffusion = button(tr("Diffusion…"), tr("Watch noise become rain, step by step."),
                           "openDiffusion");
  auto* lab = button(tr("Pattern lab…"), tr("Try out how cuboids are cut and what they cost."),
                     "openLab");
  auto* lessons = button(tr("Lessons…"), tr("Six guided lessons, also for a projector."),
                         "openLessons");
  connect(copy_, &QPushButton::clicked, this, [this] {
    if (subject_.command)
      QApplication::clipboard()->setText(
          QString::fromStdString(subject_.command(options("attention.nc"))));
  });
  connect(diffusion, &QPushButton::clicked, this, &AttentionWindow::diffusionAsked);
  connect(lab, &QPushButton::clicked, this, &AttentionWindow::patternLabAsked);
  connect(lessons, &QPushButton::clicked, this, &AttentionWindow::lessonsAsked);
  grid->addWidget(rollout_, 0, 0, 1, 2);
  grid->addWidget(occlude_, 1, 0, 1, 2);
  grid->addWidget(take, 2, 0);
  grid->addWidget(copy_, 2, 1);
  grid->addWidget(diffusion, 3, 0);
  grid->addWidget(lab, 3, 1);
  grid->addWidget(lessons, 4, 0, 1, 2);
  return all;
}

QWidget* AttentionWindow::buildViews() {
  auto* views = new QSplitter(Qt::Horizontal);
  maps_ = new AttentionMaps;
  block_ = new BlockPanel(true);
  ground_ = new QComboBox;
  ground_->setObjectName("blockGround");
  ground_->addItem(tr("cuboids"));
  ground_->addItem(tr("rain"));
  ground_->setToolTip(tr("What cells without attention show."));
  block_->addControl(ground_);
  views->addWidget(maps_);
  views->addWidget(block_);
  views->setStretchFactor(0, 5);
  views->setStretchFactor(1, 4);
  views->setSizes({550, 450});
  views->setChildrenCollapsible(false);
  return views;
}

QWidget* AttentionWindow::buildFoot() {
  auto* foot = new QWidget;
  auto* column = new QVBoxLayout(foot);
  column->setContentsMargins(12, 6, 12, 8);
  column->setSpacing(2);
  readout_ = new QLabel;
  readout_->setObjectName("attentionReadout");
  readout_->setWordWrap(true);
  readout_->setAlignment(Qt::AlignTop);
  // The views above keep their place, whether it says something or not.
  readout_->setMinimumHeight(2 * readout_->fontMetrics().lineSpacing());
  elsewhere_ = quiet({});
  elsewhere_->setObjectName("attentionElsewhere");
  sentence_ = new QLabel(
      tr("Attention is not cause: it says where a layer looked, not what made the forecast. The "
         "test with dry patches tells what it depends on."));
  sentence_->setObjectName("attentionWarning");
  sentence_->setWordWrap(true);
  QFont strong = sentence_->font();
  strong.setBold(true);
  sentence_->setFont(strong);
  work_ = new QProgressBar;
  work_->setFixedHeight(3);
  work_->setTextVisible(false);
  work_->setRange(0, 1000);
  for (QWidget* widget : {static_cast<QWidget*>(work_), static_cast<QWidget*>(sentence_),
                          static_cast<QWidget*>(elsewhere_), static_cast<QWidget*>(readout_)})
    column->addWidget(widget);
  return foot;
}

void AttentionWindow::wire() {
  connect(model_, &QComboBox::currentIndexChanged, this, &AttentionWindow::lookAgain);
  connect(step_, &QSpinBox::valueChanged, this, &AttentionWindow::lookAgain);
  connect(intensity_, &QSpinBox::valueChanged, this, &AttentionWindow::lookAgain);
  connect(layers_, &QListWidget::currentRowChanged, this, &AttentionWindow::chooseRow);
  connect(head_, &QComboBox::currentIndexChanged, this, &AttentionWindow::askAgain);
  connect(askingFrame_, &QSlider::valueChanged, this,
          [this](int frame) { ask(frame, row_, col_); });
  connect(rollout_, &QPushButton::toggled, this, &AttentionWindow::askAgain);
  connect(occlude_, &QPushButton::clicked, this, &AttentionWindow::testByOcclusion);
  connect(ground_, &QComboBox::currentIndexChanged, this, &AttentionWindow::showBlock);
  connect(maps_, &AttentionMaps::asked, this, &AttentionWindow::askFromMaps);
  connect(maps_, &AttentionMaps::hovered, readout_, &QLabel::setText);
  connect(&block_->canvas(), &BlockCanvas::cellHovered, this, &AttentionWindow::tellCell);
  connect(&block_->canvas(), &BlockCanvas::hoverLeft, readout_, &QLabel::clear);
  connect(&block_->canvas(), &BlockCanvas::cellChosen, this, &AttentionWindow::askNeighbour);
}

void AttentionWindow::wireWorker() {
  connect(worker_, &AttentionWorker::sceneReady, this, &AttentionWindow::takeScene);
  connect(worker_, &AttentionWorker::viewReady, this, &AttentionWindow::takeView);
  connect(worker_, &AttentionWorker::occlusionReady, this, &AttentionWindow::takeOcclusion);
  connect(worker_, &AttentionWorker::everyLayerReady, this, &AttentionWindow::writeLayers);
  connect(worker_, &AttentionWorker::progress, this, [this](double share, const QString& what) {
    work_->setValue(int(1000.0 * share));
    work_->setToolTip(what);
    if (drying_.isValid()) tellDrying(share, what);
  });
  connect(worker_, &AttentionWorker::failed, readout_, &QLabel::setText);
  connect(worker_, &AttentionWorker::busyChanged, this, [this](bool busy) {
    if (!busy) work_->setValue(0);
    if (!busy) drying_.invalidate();
  });
  export_->showIn(readout_, work_);
  connect(export_, &BackgroundExport::done, this, &AttentionWindow::exported);
}

void AttentionWindow::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange && block_) showBlock();
  if (auto* panel = findChild<QWidget*>("attentionControls");
      panel && event->type() == QEvent::FontChange) {
      panel->setFixedWidth(kControlsWidth * std::max(kUsualLetters, fontInfo().pixelSize()) /
                           kUsualLetters);
    QTimer::singleShot(0, this, &AttentionWindow::giveRowsRoom);
  }
  if (event->type() == QEvent::ActivationChange && isActiveWindow()) Q_EMIT subjectWanted();
  QMainWindow::changeEvent(event);
}

}  // namespace stormloom
