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
#include "core/frame_words.h"
#include "core/wettest_box.h"

namespace stormloom {
namespace {

constexpr int kPatch = 16;

bool samePlace(const std::optional<LonLat>& a, const std::optional<LonLat>& b) {
  return a.has_value() == b.has_value() && (!a || (a->lon == b->lon && a->lat == b->lat));
}

/// "along rows: encoder, level 1, block 1, layer 3": what tells layers apart comes first.
QString listText(const AttentionLayer& layer) {
  const QString words = QString::fromStdString(layer.words);
  const auto colon = words.lastIndexOf(": ");
  return colon < 0 ? words : words.mid(colon + 2) + ": " + words.left(colon);
}

QString utcText(ValidTime time) { return QString::fromStdString(clockText(time)) + " UTC"; }

}  // namespace

void AttentionWindow::setSubject(const AttentionSubject& subject) {
  if (!subject.context) return;
  const bool same = subject_.context && subject_.context->hash == subject.context->hash;
  const bool more = !same || subject.coming.size() != subject_.coming.size();
  const bool moved = !samePlace(subject.place, subject_.place);
  subject_ = subject;
  if (subject.coming.size() < 2)
    waiting_.start();
  else
    waiting_.stop();
  if (more) maps_->setFrames(subject_.context->frames, subject_.coming);
  if (!same || moved) choosePlace();
  if (!same) return lookAgain();
  if (more) showBlock();
  if (moved) askLayer();
}

/// The pinned place at the time that the map shows; without one, where it rains most.
void AttentionWindow::choosePlace() {
  const FrameSequence& past = subject_.context->frames;
  std::tie(row_, col_) = wettestCell(*past.frames.back().grid);
  frame_ = -1;
  asked_.reset();
  placeOutside_ = false;
  if (!subject_.place) return;
  const CellPoint at = past.geo.cellFromLonLat(*subject_.place);
  const bool inside =
      at.row >= 0.0 && at.row < past.height() && at.col >= 0.0 && at.col < past.width();
  placeOutside_ = !inside;
  if (!inside) return;
  row_ = int(at.row);
  col_ = int(at.col);
  if (subject_.time > subject_.context->runTime)
    asked_ = LevelFrame{LevelFrame::Kind::Forecast, subject_.time};
}

/// Weights of another question stay in sight, but pale, until the new ones are there.
void AttentionWindow::setPending(bool pending) {
  maps_->setPending(pending);
  block_->setPending(pending && maps_->view());
  copy_->setEnabled(!pending);
  const bool gives = pass_.model != "alignment";
  rollout_->setEnabled(gives && !looking_);
  occlude_->setEnabled(gives && !looking_);
}

/// What was found for another question is no answer to this one.
void AttentionWindow::forgetDry() {
  if (maps_->occlusion() || drying_.isValid()) readout_->clear();
  drying_.invalidate();
  maps_->setOcclusion(nullptr);
}

void AttentionWindow::lookAgain() {
  const bool diffusion = model_->currentData().toString() != "earthformer";
  step_->setEnabled(diffusion);
  intensity_->setEnabled(diffusion);
  if (!subject_.context) return;
  pass_ = {.model = model_->currentData().toString().toStdString(),
           .nSigma = double(intensity_->value()),
           .seed = subject_.seed,
           .step = step_->value() - 1,
           .steps = step_->maximum()};
  forgetDry();
  looking_ = true;
  setPending(true);
  readout_->setText(tr("One pass through the network is made…"));
  worker_->look(subject_.context, pass_);
}

void AttentionWindow::takeScene(std::shared_ptr<const AttentionScene> scene) {
  if (scene->pass != pass_ || scene->context != subject_.context) return;  // a newer one is asked
  looking_ = false;
  const QString before =
      layers_->currentItem() ? layers_->currentItem()->data(Qt::UserRole).toString() : QString();
  scene_ = std::move(scene);
  readout_->clear();
  {
    const QSignalBlocker quietly(layers_), quietlyToo(head_);
    layers_->clear();
    int chosen = int(usualLayer(scene_->layers));
    for (const AttentionLayer& layer : scene_->layers) {
      auto* item = new QListWidgetItem(listText(layer), layers_);
      item->setData(Qt::UserRole, QString::fromStdString(layer.path));
      item->setToolTip(QString::fromStdString(layer.words + "\n" + layer.path));
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
  giveRowsRoom();
  if (!wantedLayer_.isEmpty()) {
    const QSignalBlocker quietly(layers_);
    chooseLayer(std::exchange(wantedLayer_, {}));
  }
  askLayer();
}

/// The view's own guess is too low where padding makes a line break that its text alone would not.
void AttentionWindow::giveRowsRoom() {
  constexpr int kBeside = 26, kAbove = 14, kHighest = 1000;
  const int width = layers_->viewport()->width();
  const QRect room(0, 0, width - kBeside, kHighest);
  for (int row = 0; row < layers_->count() && room.width() > kBeside; ++row) {
    QListWidgetItem* item = layers_->item(row);
    const QRect text = layers_->fontMetrics().boundingRect(room, Qt::TextWordWrap, item->text());
    item->setSizeHint({width, text.height() + kAbove});
  }
}

void AttentionWindow::chooseRow() {
  {
    const QSignalBlocker quietly(rollout_);
    rollout_->setChecked(false);
  }
  askLayer();
}

void AttentionWindow::askLayer() {
  if (const AttentionLayer* layer = chosenLayer()) {
    const QSignalBlocker quietly(askingFrame_);
    askingFrame_->setRange(0, int(layer->query.data[0]) - 1);
    const int last = int(layer->query.data[0]) - 1;
    if (asked_) frame_ = int(frameLike(layer->queryFrames, *asked_));
    if (frame_ < 0 || frame_ > last) frame_ = last;
    if (!asked_) asked_ = layer->queryFrames[std::size_t(frame_)];
    askingFrame_->setValue(frame_);
  }
  if (pass_.model == "alignment") {  // it gives no frames to follow back from
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
  if (what == "usual") {
    wantedDry_ = false;
    ground_->setCurrentIndex(0);
    head_->setCurrentIndex(0);
    rollout_->setChecked(false);
    forgetDry();
    block_->act(words);
  } else if (what == "wettest") {
    if (!subject_.context) return;
    const auto [row, col] = wettestCell(*subject_.context->frames.frames.back().grid);
    asked_.reset();
    ask(1 << 20, row, col);
  } else if (what == "model" && model_->findData(value) >= 0)
    model_->setCurrentIndex(model_->findData(value));
  else if (what == "layer")
    scene_ && !looking_ ? chooseLayer(value) : void(wantedLayer_ = value);
  else if (what == "head")
    head_->setCurrentIndex(number());
  else if (what == "step")
    step_->setValue(number());
  else if (what == "n")
    intensity_->setValue(number());
  else if (what == "rollout")
    rollout_->setChecked(true);
  else if (what == "dry")
    looking_ || !maps_->view() ? void(wantedDry_ = true) : testByOcclusion();
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
  if (frame >= 0) {
    frame_ = frame;
    asked_.reset();
  }
  row_ = std::clamp(row, 0, subject_.context->frames.height() - 1);
  col_ = std::clamp(col, 0, subject_.context->frames.width() - 1);
  if (looking_) return;  // the new pass is asked
  const AttentionLayer* layer = chosenLayer();
  if (layer && !asked_) {
    frame_ = std::clamp(frame_, 0, int(layer->queryFrames.size()) - 1);
    asked_ = layer->queryFrames[std::size_t(frame_)];
  }
  const QSignalBlocker quietly(askingFrame_);
  askingFrame_->setValue(frame_);
  askAgain();
}

/// A frame of what is shown, which need not be a frame of the chosen layer: a rollout goes through
/// all of them.
void AttentionWindow::askFromMaps(int frame, int row, int col) {
  const AttentionLayer* layer = chosenLayer();
  if (!layer || !maps_->view()) return;
  const auto& shown = maps_->view()->layer.queryFrames;
  if (frame < 0 || frame >= int(shown.size())) return ask(-1, row, col);
  ask(int(frameLike(layer->queryFrames, shown[std::size_t(frame)])), row, col);
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
  askFromMaps(asks ? int(cell[0]) : -1, pixel(1, subject_.context->frames.height()),
              pixel(2, subject_.context->frames.width()));
}

/// The frame of the forecast that the asked one stands for; observed ones stand for the first.
int AttentionWindow::forecastFrame() const {
  const ModelGrid& grid = subject_.context->grid;
  if (!asked_) return grid.targetFrames - 1;
  const auto ahead = std::chrono::duration_cast<std::chrono::minutes>(asked_->validTime -
                                                                      subject_.context->runTime);
  return std::clamp(int(ahead.count() / grid.stepMinutes) - 1, 0, grid.targetFrames - 1);
}

void AttentionWindow::askAgain() {
  const AttentionLayer* layer = chosenLayer();
  if (looking_ || !layer || row_ < 0) return;
  forgetDry();
  const int frame = std::clamp(frame_, 0, int(layer->query.data[0]) - 1);
  const LevelFrame& asking = layer->queryFrames[std::size_t(frame)];
  askingFrameText_->setText(utcText(asking.validTime) + " " + levelFrameWord(asking.kind));
  if (rollout_->isChecked()) {
    setPending(true);
    worker_->askRollout(forecastFrame(), row_, col_);
    return;
  }
  worker_->askWeights(layer->path,
                      levelCell(layer->query.data, frame, row_, col_, subject_.context->frames.geo),
                      head_->currentData().toInt());
}

/// Where the layer has no frame at the time that was asked for.
QString AttentionWindow::askedElsewhere(const AttentionView& view) const {
  const LevelFrame& asks = view.layer.queryFrames[std::size_t(view.query[0])];
  if (!asked_ || view.layer.path == "rollout" || asks.validTime == asked_->validTime) return {};
  return tr("this layer has no frame at %1: %2 asks")
      .arg(utcText(asked_->validTime), utcText(asks.validTime));
}

void AttentionWindow::takeView(std::shared_ptr<const AttentionView> view) {
  if (looking_) return;  // of the pass before
  double globals = 0.0;
  for (const double weight : view->globals) globals += weight;
  QStringList parts;
  parts << QString::fromStdString(view->layer.words);
  if (const QString words = askedElsewhere(*view); !words.isEmpty()) parts << words;
  if (placeOutside_) parts << tr("the pinned place lies outside the models' box");
  if (!view->globals.empty())
    parts << tr("%1 % went to %2 global vectors")
                 .arg(100.0 * globals, 0, 'f', 1)
                 .arg(view->globals.size());
  else if (view->layer.globalVectors == 0)
    parts << tr("these weights have no global vectors");
  if (view->padding > 0.0005)
    parts
        << tr("%1 % went to what is no cell of the map: cells that fill the last cuboids, or what "
              "the decoder starts from")
               .arg(100.0 * view->padding, 0, 'f', 1);
  maps_->setView(std::move(view));
  setPending(false);
  parts << maps_->kindsInColour();
  elsewhere_->setText(parts.join(QString::fromUtf8(" · ")));
  showBlock();
  if (std::exchange(wantedDry_, false)) testByOcclusion();
}

void AttentionWindow::takeOcclusion(std::shared_ptr<const OcclusionMap> map) {
  drying_.invalidate();
  if (looking_ || map->frame != forecastFrame() || map->row != row_ || map->col != col_) return;
  readout_->setText(
      tr("In the first map: what feeds the forecast for %1 at the marked place and what holds it "
         "down. With everything there it is %2 on the 0-255 scale.")
          .arg(QString::fromStdString(leadWords(*subject_.context, map->frame)))
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
  readout_->setText(attendedCellText(*view, cell));
}

/// How far the test is, and how long it still takes.
void AttentionWindow::tellDrying(double share, const QString& what) {
  if (share <= 0.0 || share >= 1.0) return;
  const double left = double(drying_.elapsed()) / 1000.0 * (1.0 - share) / share;
  readout_->setText(left < 90 ? tr("Dried out: %1, about %2 s left.").arg(what).arg(left, 0, 'f', 0)
                              : tr("Dried out: %1, about %2 min left.").arg(what).arg(left / 60, 0, 'f', 0));
}

void AttentionWindow::testByOcclusion() {
  if (looking_ || !chosenLayer() || row_ < 0) return;
  forgetDry();
  readout_->setText(tr("One patch of the past after the other is dried out…"));
  drying_.start();
  worker_->occlude(subject_.context, forecastFrame(), row_, col_, kPatch);
}

}  // namespace stormloom
