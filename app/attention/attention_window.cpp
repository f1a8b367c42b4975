#include "app/attention/attention_window.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "app/attention/attention_maps.h"
#include "core/errors.h"
#include "core/wettest_box.h"

namespace stormloom {
namespace {

constexpr int kPatch = 16;

QLabel* quiet(const QString& text) {
  auto* label = new QLabel(text);
  label->setProperty("quiet", true);
  label->setWordWrap(true);
  return label;
}

QPushButton* button(const QString& text, const QString& tip) {
  auto* made = new QPushButton(text);
  made->setToolTip(tip);
  made->setMinimumHeight(28);
  return made;
}

}  // namespace

AttentionWindow::AttentionWindow(const EngineOptions& options, QWidget* parent)
    : QMainWindow(parent), worker_(new AttentionWorker(options, this)) {
  setWindowTitle(tr("Attention — Stormloom"));
  resize(1280, 860);
  auto* all = new QWidget;
  auto* row = new QHBoxLayout(all);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  row->addWidget(buildControls());
  auto* column = new QVBoxLayout;
  column->setSpacing(0);
  maps_ = new AttentionMaps;
  column->addWidget(maps_, 1);
  column->addWidget(buildFoot());
  row->addLayout(column, 1);
  setCentralWidget(all);
  wire();
}

// The worker's thread ends before the widgets that its answers go to.
AttentionWindow::~AttentionWindow() { delete worker_; }

QWidget* AttentionWindow::buildControls() {
  auto* panel = new QWidget;
  panel->setFixedWidth(280);
  auto* column = new QVBoxLayout(panel);
  column->setContentsMargins(12, 12, 12, 12);
  column->setSpacing(8);
  model_ = new QComboBox;
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
  layers_->setToolTip(tr("Layers in the order of the network; finest level first in each part."));
  head_ = new QComboBox;
  askingFrame_ = new QSlider(Qt::Horizontal);
  askingFrame_->setToolTip(tr("The frame that asks."));
  rollout_ =
      button(tr("Follow back through all layers"),
             tr("Attention rollout: an approximation that half of every layer stays in place."));
  rollout_->setCheckable(true);
  occlude_ = button(tr("Test: what if a patch were dry?"),
                    tr("Forecasts again with one patch of the past after the other dried out."));
  auto* save = button(tr("Save picture…"), tr("PNG of the maps."));
  auto* copy = button(tr("Copy as command"), tr("The command line that gives the same weights."));
  auto* lab = button(tr("Pattern lab…"), tr("Try out how cuboids are cut and what they cost."));
  connect(save, &QPushButton::clicked, this, &AttentionWindow::savePicture);
  connect(copy, &QPushButton::clicked, this,
          [this] { QApplication::clipboard()->setText(commandLine()); });
  auto* lessons = button(tr("Lessons…"), tr("Six guided lessons, also for a projector."));
  connect(lab, &QPushButton::clicked, this, &AttentionWindow::patternLabAsked);
  connect(lessons, &QPushButton::clicked, this, &AttentionWindow::lessonsAsked);
  column->addWidget(quiet(tr("NETWORK")));
  column->addWidget(model_);
  column->addLayout(scenario);
  column->addWidget(quiet(tr("LAYER")));
  column->addWidget(layers_, 1);
  column->addWidget(head_);
  column->addWidget(quiet(tr("FRAME THAT ASKS")));
  column->addWidget(askingFrame_);
  for (QWidget* widget : {rollout_, occlude_, save, copy, lab, lessons}) column->addWidget(widget);
  return panel;
}

QWidget* AttentionWindow::buildFoot() {
  auto* foot = new QWidget;
  auto* column = new QVBoxLayout(foot);
  column->setContentsMargins(12, 6, 12, 8);
  column->setSpacing(2);
  readout_ = new QLabel;
  elsewhere_ = quiet({});
  sentence_ = new QLabel(
      tr("Attention says where a layer looked, not what caused the forecast. The test with dry "
         "patches tells what it depends on."));
  sentence_->setObjectName("attentionWarning");
  sentence_->setWordWrap(true);
  work_ = new QProgressBar;
  work_->setFixedHeight(3);
  work_->setTextVisible(false);
  work_->setRange(0, 1000);
  for (QWidget* widget : {static_cast<QWidget*>(work_), static_cast<QWidget*>(readout_),
                          static_cast<QWidget*>(elsewhere_), static_cast<QWidget*>(sentence_)})
    column->addWidget(widget);
  return foot;
}

void AttentionWindow::wire() {
  connect(model_, &QComboBox::currentIndexChanged, this, &AttentionWindow::lookAgain);
  connect(step_, &QSpinBox::valueChanged, this, &AttentionWindow::lookAgain);
  connect(intensity_, &QSpinBox::valueChanged, this, &AttentionWindow::lookAgain);
  connect(layers_, &QListWidget::currentRowChanged, this, [this] {
    if (const AttentionLayer* layer = chosenLayer()) {
      const QSignalBlocker quietly(askingFrame_);
      askingFrame_->setRange(0, int(layer->query.data[0]) - 1);
      if (frame_ < 0 || frame_ >= layer->query.data[0]) frame_ = int(layer->query.data[0]) - 1;
      askingFrame_->setValue(frame_);
    }
    rollout_->setChecked(false);
    askAgain();
  });
  connect(head_, &QComboBox::currentIndexChanged, this, &AttentionWindow::askAgain);
  connect(askingFrame_, &QSlider::valueChanged, this,
          [this](int frame) { ask(frame, row_, col_); });
  connect(rollout_, &QPushButton::toggled, this, &AttentionWindow::askAgain);
  connect(occlude_, &QPushButton::clicked, this, &AttentionWindow::testByOcclusion);
  connect(maps_, &AttentionMaps::asked, this, &AttentionWindow::ask);
  connect(maps_, &AttentionMaps::hovered, readout_, &QLabel::setText);
  connect(worker_, &AttentionWorker::sceneReady, this, &AttentionWindow::takeScene);
  connect(worker_, &AttentionWorker::viewReady, this, &AttentionWindow::takeView);
  connect(
      worker_, &AttentionWorker::occlusionReady, this,
      [this](std::shared_ptr<const OcclusionMap> map) {
        maps_->setOcclusion(map);
        readout_->setText(tr("Warm patches feed the forecast at the marked place: without them it "
                             "is weaker (%1 on the 0-255 scale with everything there).")
                              .arg(map->intact, 0, 'f', 1));
      });
  connect(worker_, &AttentionWorker::progress, this, [this](double share, const QString& what) {
    work_->setValue(int(1000.0 * share));
    work_->setToolTip(what);
  });
  connect(worker_, &AttentionWorker::failed, this,
          [this](const QString& sentence) { readout_->setText(sentence); });
  connect(worker_, &AttentionWorker::busyChanged, this, [this](bool busy) {
    if (!busy) work_->setValue(0);
  });
}

void AttentionWindow::setContext(std::shared_ptr<const ModelContext> context,
                                 const std::vector<FrameSequence>& coming) {
  if (!context) return;
  const bool same = context_ && context_->hash == context->hash;
  context_ = std::move(context);
  maps_->setFrames(context_->frames, coming);
  if (same) return;
  std::tie(row_, col_) = wettestCell(*context_->frames.frames.back().grid);
  frame_ = -1;
  lookAgain();
}

void AttentionWindow::lookAgain() {
  const bool diffusion = model_->currentData().toString() != "earthformer";
  step_->setEnabled(diffusion);
  intensity_->setEnabled(diffusion);
  rollout_->setEnabled(model_->currentData().toString() != "alignment");
  occlude_->setEnabled(rollout_->isEnabled());
  if (!context_) return;
  AttentionPass pass;
  pass.model = model_->currentData().toString().toStdString();
  pass.step = step_->value() - 1;
  pass.steps = step_->maximum();
  pass.nSigma = intensity_->value();
  maps_->setOcclusion(nullptr);
  readout_->setText(tr("One pass through the network is made…"));
  worker_->look(context_, pass);
}

void AttentionWindow::takeScene(std::shared_ptr<const AttentionScene> scene) {
  const QString before =
      layers_->currentItem() ? layers_->currentItem()->data(Qt::UserRole).toString() : QString();
  scene_ = std::move(scene);
  readout_->clear();
  {
    const QSignalBlocker quietly(layers_), quietlyToo(head_);
    layers_->clear();
    int chosen = int(scene_->layers.size()) - 1;
    for (std::size_t i = 0; i < scene_->layers.size(); ++i) {
      const AttentionLayer& layer = scene_->layers[i];
      auto* item = new QListWidgetItem(QString::fromStdString(layer.words), layers_);
      item->setData(Qt::UserRole, QString::fromStdString(layer.path));
      item->setToolTip(QString::fromStdString(layer.path));
      const bool wanted = before.isEmpty() ? layer.cross && layer.query.data[1] >= 32
                                           : item->data(Qt::UserRole).toString() == before;
      if (wanted) chosen = int(i);
    }
    head_->clear();
    head_->addItem(tr("mean of the heads"), kMeanOfHeads);
    for (int head = 0; head < scene_->layers.front().heads; ++head)
      head_->addItem(tr("head %1").arg(head + 1), head);
    layers_->setCurrentRow(chosen);
  }
  Q_EMIT layers_->currentRowChanged(layers_->currentRow());
  if (!wantedLayer_.isEmpty()) chooseLayer(std::exchange(wantedLayer_, {}));
}

void AttentionWindow::chooseLayer(const QString& path) {
  for (int row = 0; row < layers_->count(); ++row)
    if (layers_->item(row)->data(Qt::UserRole).toString() == path) layers_->setCurrentRow(row);
}

void AttentionWindow::act(const std::vector<std::string>& words) {
  const QString what = QString::fromStdString(words.front());
  const QString value = words.size() > 1 ? QString::fromStdString(words[1]) : QString();
  const auto number = [&value, &words] {
    bool good = false;
    const int read = value.toInt(&good);
    if (!good) throw UsageError("\"" + words.front() + "\" needs a number.");
    return read;
  };
  if (what == "model" && model_->findData(value) >= 0)
    model_->setCurrentIndex(model_->findData(value));
  else if (what == "layer")
    scene_ ? chooseLayer(value) : void(wantedLayer_ = value);
  else if (what == "head")
    head_->setCurrentIndex(number());
  else if (what == "step")
    step_->setValue(number());
  else if (what == "n")
    intensity_->setValue(number());
  else if (what == "rollout")
    rollout_->setChecked(true);
  else if (what == "ask" && value.split(',').size() == 3)
    ask(value.section(',', 0, 0).toInt(), value.section(',', 1, 1).toInt(),
        value.section(',', 2, 2).toInt());
  else
    throw UsageError("The attention window cannot \"" + words.front() + " " + value.toStdString() +
                     "\".");
}

const AttentionLayer* AttentionWindow::chosenLayer() const {
  const int row = layers_->currentRow();
  if (!scene_ || row < 0 || row >= int(scene_->layers.size())) return nullptr;
  return &scene_->layers[std::size_t(row)];
}

void AttentionWindow::ask(int frame, int row, int col) {
  if (!context_) return;
  if (frame >= 0) frame_ = frame;
  row_ = std::clamp(row, 0, context_->frames.height() - 1);
  col_ = std::clamp(col, 0, context_->frames.width() - 1);
  const QSignalBlocker quietly(askingFrame_);
  askingFrame_->setValue(frame_);
  maps_->setOcclusion(nullptr);
  askAgain();
}

void AttentionWindow::askAgain() {
  const AttentionLayer* layer = chosenLayer();
  if (!layer || row_ < 0) return;
  if (rollout_->isChecked()) {
    const int leads = context_->grid.targetFrames;
    worker_->askRollout(std::clamp(frame_ - int(layer->query.data[0]) + leads, 0, leads - 1), row_,
                        col_);
    return;
  }
  const int frame = std::clamp(frame_, 0, int(layer->query.data[0]) - 1);
  worker_->askWeights(layer->path,
                      levelCell(layer->query.data, frame, row_, col_, context_->frames.geo),
                      head_->currentData().toInt());
}

void AttentionWindow::takeView(std::shared_ptr<const AttentionView> view) {
  double globals = 0.0;
  for (const double weight : view->globals) globals += weight;
  QStringList parts;
  parts << QString::fromStdString(view->layer.words);
  if (!view->globals.empty())
    parts << tr("%1 % went to %2 global vectors")
                 .arg(100.0 * globals, 0, 'f', 1)
                 .arg(view->globals.size());
  if (view->padding > 0.0005)
    parts << tr("%1 % went to padding or starting values").arg(100.0 * view->padding, 0, 'f', 1);
  elsewhere_->setText(parts.join(QString::fromUtf8(" · ")));
  maps_->setView(std::move(view));
}

void AttentionWindow::testByOcclusion() {
  const AttentionLayer* layer = chosenLayer();
  if (!layer || row_ < 0) return;
  const int leads = context_->grid.targetFrames;
  const int frame = std::clamp(frame_ - int(layer->query.data[0]) + leads, 0, leads - 1);
  readout_->setText(tr("One patch of the past after the other is dried out…"));
  worker_->occlude(context_, frame, row_, col_, kPatch);
}

void AttentionWindow::savePicture() {
  const QString path = QFileDialog::getSaveFileName(this, tr("Save picture"), "attention.png",
                                                    tr("Pictures (*.png)"));
  if (path.isEmpty()) return;
  if (!maps_->picture(maps_->size() * 2).save(path))
    readout_->setText(tr("%1 cannot be written. Choose another folder.").arg(path));
}

QString AttentionWindow::commandLine() const {
  const AttentionLayer* layer = chosenLayer();
  if (!layer) return {};
  QString line = QString("stormloom-cli attention PATH --model %1 --layer %2 --query %3,%4,%5")
                     .arg(model_->currentData().toString(), QString::fromStdString(layer->path))
                     .arg(frame_)
                     .arg(row_)
                     .arg(col_);
  if (head_->currentData().toInt() != kMeanOfHeads)
    line += QString(" --head %1").arg(head_->currentData().toInt());
  if (step_->isEnabled())
    line += QString(" --step %1 --steps %2 --n %3")
                .arg(step_->value())
                .arg(step_->maximum())
                .arg(intensity_->value());
  return line + " --out attention.nc";
}

}  // namespace stormloom
