// Asking: which pass, which layer, which cell; and what the answers say.
#include <QComboBox>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>
#include <algorithm>
#include <utility>

#include "app/attention/attention_maps.h"
#include "app/attention/attention_window.h"
#include "app/attention/block_panel.h"
#include "app/attention/view_theme.h"
#include "core/errors.h"
#include "core/wettest_box.h"

namespace stormloom {
namespace {

constexpr int kPatch = 16;

}  // namespace

void AttentionWindow::setSubject(const AttentionSubject& subject) {
  if (!subject.context) return;
  const bool same = subject_.context && subject_.context->hash == subject.context->hash;
  const bool more = !same || subject.coming.size() != subject_.coming.size();
  subject_ = subject;
  if (subject.coming.size() < 2)
    waiting_.start();
  else
    waiting_.stop();
  if (!more) return;
  maps_->setFrames(subject_.context->frames, subject_.coming);
  if (same) return showBlock();
  std::tie(row_, col_) = wettestCell(*subject_.context->frames.frames.back().grid);
  frame_ = -1;
  lookAgain();
}

void AttentionWindow::lookAgain() {
  const bool diffusion = model_->currentData().toString() != "earthformer";
  step_->setEnabled(diffusion);
  intensity_->setEnabled(diffusion);
  rollout_->setEnabled(model_->currentData().toString() != "alignment");
  occlude_->setEnabled(rollout_->isEnabled());
  if (!subject_.context) return;
  AttentionPass pass;
  pass.model = model_->currentData().toString().toStdString();
  pass.step = step_->value() - 1;
  pass.steps = step_->maximum();
  pass.nSigma = intensity_->value();
  pass.seed = subject_.seed;
  maps_->setOcclusion(nullptr);
  readout_->setText(tr("One pass through the network is made…"));
  worker_->look(subject_.context, pass);
}

void AttentionWindow::takeScene(std::shared_ptr<const AttentionScene> scene) {
  const QString before =
      layers_->currentItem() ? layers_->currentItem()->data(Qt::UserRole).toString() : QString();
  scene_ = std::move(scene);
  readout_->clear();
  {
    const QSignalBlocker quietly(layers_), quietlyToo(head_);
    layers_->clear();
    int chosen = int(usualLayer(scene_->layers));
    for (const AttentionLayer& layer : scene_->layers) {
      auto* item = new QListWidgetItem(QString::fromStdString(layer.words), layers_);
      item->setData(Qt::UserRole, QString::fromStdString(layer.path));
      item->setToolTip(QString::fromStdString(layer.path));
      if (item->data(Qt::UserRole).toString() == before) chosen = layers_->row(item);
    }
    const int head = std::max(0, head_->currentIndex());
    head_->clear();
    head_->addItem(tr("mean of the heads"), kMeanOfHeads);
    for (int i = 0; i < scene_->layers.front().heads; ++i)
      head_->addItem(tr("head %1").arg(i + 1), i);
    head_->setCurrentIndex(head < head_->count() ? head : 0);
    layers_->setCurrentRow(chosen);
  }
  if (!wantedLayer_.isEmpty()) {
    const QSignalBlocker quietly(layers_);
    chooseLayer(std::exchange(wantedLayer_, {}));
  }
  chooseRow();
}

void AttentionWindow::chooseRow() {
  if (const AttentionLayer* layer = chosenLayer()) {
    const QSignalBlocker quietly(askingFrame_);
    askingFrame_->setRange(0, int(layer->query.data[0]) - 1);
    if (frame_ < 0 || frame_ >= layer->query.data[0]) frame_ = int(layer->query.data[0]) - 1;
    askingFrame_->setValue(frame_);
  }
  {
    const QSignalBlocker quietly(rollout_);
    rollout_->setChecked(false);
  }
  askAgain();
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
  else if (what == "dry")
    testByOcclusion();
  else if (what == "ground")
    ground_->setCurrentIndex(value == "rain");
  else if (what == "ask" && value.split(',').size() == 3)
    ask(value.section(',', 0, 0).toInt(), value.section(',', 1, 1).toInt(),
        value.section(',', 2, 2).toInt());
  else if (!block_->act(words))
    throw UsageError("The attention window cannot \"" + words.front() + " " + value.toStdString() +
                     "\".");
}

const AttentionLayer* AttentionWindow::chosenLayer() const {
  const int row = layers_->currentRow();
  if (!scene_ || row < 0 || row >= int(scene_->layers.size())) return nullptr;
  return &scene_->layers[std::size_t(row)];
}

void AttentionWindow::ask(int frame, int row, int col) {
  if (!subject_.context) return;
  if (frame >= 0) frame_ = frame;
  row_ = std::clamp(row, 0, subject_.context->frames.height() - 1);
  col_ = std::clamp(col, 0, subject_.context->frames.width() - 1);
  const QSignalBlocker quietly(askingFrame_);
  askingFrame_->setValue(frame_);
  maps_->setOcclusion(nullptr);
  askAgain();
}

/// A cell of the attended field that was clicked in the block.
void AttentionWindow::askNeighbour(const Thw& cell) {
  const auto& view = maps_->view();
  if (!view) return;
  const Thw& level = view->layer.attended.data;
  const auto pixel = [&](std::size_t axis, int pixels) {
    return int((2 * cell[axis] + 1) * pixels / (2 * level[axis]));
  };
  const bool asks = !view->layer.cross && view->layer.path != "rollout";
  ask(asks ? int(cell[0]) : -1, pixel(1, subject_.context->frames.height()),
      pixel(2, subject_.context->frames.width()));
}

/// The frame of the forecast that the asking frame stands for.
int AttentionWindow::forecastFrame(const AttentionLayer& layer) const {
  const int leads = subject_.context->grid.targetFrames;
  return std::clamp(frame_ - int(layer.query.data[0]) + leads, 0, leads - 1);
}

void AttentionWindow::askAgain() {
  const AttentionLayer* layer = chosenLayer();
  if (!layer || row_ < 0) return;
  const int frame = std::clamp(frame_, 0, int(layer->query.data[0]) - 1);
  const LevelFrame& asking = layer->queryFrames[std::size_t(frame)];
  askingFrameText_->setText(QString::fromStdString(isoText(asking.validTime)).mid(11, 5) + " UTC " +
                            levelFrameWord(asking.kind));
  if (rollout_->isChecked()) {
    worker_->askRollout(forecastFrame(*layer), row_, col_);
    return;
  }
  worker_->askWeights(layer->path,
                      levelCell(layer->query.data, frame, row_, col_, subject_.context->frames.geo),
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
  else if (view->layer.globalVectors == 0)
    parts << tr("these weights have no global vectors");
  if (view->padding > 0.0005)
    parts << tr("%1 % went to padding or starting values").arg(100.0 * view->padding, 0, 'f', 1);
  maps_->setView(std::move(view));
  parts << maps_->kindsInColour();
  elsewhere_->setText(parts.join(QString::fromUtf8(" · ")));
  showBlock();
}

void AttentionWindow::takeOcclusion(std::shared_ptr<const OcclusionMap> map) {
  readout_->setText(
      tr("In the first map: warm patches feed the forecast at the marked place, without them it is "
         "weaker; cold ones hold it down (%1 on the 0-255 scale with everything there).")
          .arg(map->intact, 0, 'f', 1));
  maps_->setOcclusion(std::move(map));
}

RadarAt AttentionWindow::radar() const {
  return [this](const LevelFrame& frame) { return maps_->radarGridOf(frame); };
}

void AttentionWindow::showBlock() {
  if (!maps_->view()) return;
  const auto ground = ground_->currentIndex() == 1 ? BlockGround::Radar : BlockGround::Cuboids;
  block_->setBlock(std::make_shared<const CellBlock>(
      attentionBlock(*maps_->view(), ground, radar(), isDark(*this))));
}

void AttentionWindow::tellCell(const Thw& cell) {
  const auto& view = maps_->view();
  if (!view) return;
  QString weight = tr("outside the cuboid");
  for (const AttentionCell& one : view->cells)
    if (one.at == cell)
      weight = tr("%1 % of the attention").arg(100.0 * one.weight, 0, 'g', 3);
  const LevelFrame& frame = view->layer.attendedFrames[std::size_t(cell[0])];
  readout_->setText(tr("%1 UTC, %2, row %3, column %4: %5")
                        .arg(QString::fromStdString(isoText(frame.validTime)).mid(11, 5),
                             levelFrameWord(frame.kind))
                        .arg(cell[1])
                        .arg(cell[2])
                        .arg(weight));
}

void AttentionWindow::testByOcclusion() {
  const AttentionLayer* layer = chosenLayer();
  if (!layer || row_ < 0) return;
  readout_->setText(tr("One patch of the past after the other is dried out…"));
  worker_->occlude(subject_.context, forecastFrame(*layer), row_, col_, kPatch);
}

}  // namespace stormloom
