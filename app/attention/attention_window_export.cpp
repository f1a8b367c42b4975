// What the window writes: in the background, with the receipt of the equal command.
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSpinBox>
#include <sstream>

#include "app/attention/attention_maps.h"
#include "app/attention/attention_window.h"
#include "app/attention/background_export.h"
#include "app/attention/block_panel.h"
#include "app/attention/view_theme.h"
#include "app/figure/attention_figure.h"
#include "app/figure/block_figure.h"
#include "core/attention_file.h"
#include "core/frame_words.h"

namespace stormloom {
namespace {

QString endingOf(const QString& file) { return QFileInfo(file).suffix().toLower(); }

const char* const kPictures = "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)";
const char* const kFilms = "MP4 (*.mp4);;GIF (*.gif)";

}  // namespace

QMenu* AttentionWindow::buildExportMenu() {
  auto* menu = new QMenu(this);
  const auto add = [&](const QString& text, Export what, const QString& name, const QString& forms) {
    menu->addAction(text, this, [this, what, name, forms] { askForFile(what, name, forms); });
  };
  add(tr("Maps as picture…"), Export::Maps, "attention.png", kPictures);
  add(tr("Block as picture…"), Export::Block, "block.png", kPictures);
  add(tr("Block turning, as film…"), Export::BlockTurning, "block.mp4", kFilms);
  add(tr("Cuboids going apart, as film…"), Export::BlockApart, "apart.mp4", kFilms);
  add(tr("Block cut open frame by frame, as film…"), Export::BlockFrames, "frames.mp4", kFilms);
  add(tr("Maps layer after layer, as film…"), Export::Layers, "layers.mp4", kFilms);
  add(tr("Weights as numbers…"), Export::Weights, "attention.nc", "NetCDF (*.nc);;CSV (*.csv)");
  add(tr("Dry patches…"), Export::Dry, "dry.png", QString(kPictures) + ";;CSV (*.csv)");
  return menu;
}

void AttentionWindow::askForFile(Export what, const QString& name, const QString& forms) {
  const QString file = QFileDialog::getSaveFileName(this, tr("Export"), name, forms);
  if (!file.isEmpty()) exportTo(what, file);
}

CommandOptions AttentionWindow::options(const QString& file) const {
  CommandOptions options;
  options["--model"] = model_->currentData().toString().toStdString();
  options["--out"] = QFileInfo(file).fileName().toStdString();
  const AttentionLayer* layer = chosenLayer();
  if (!layer) return options;
  const bool back = rollout_->isChecked();
  const int frame = back ? forecastFrame() : frame_;
  options["--query"] =
      std::to_string(frame) + "," + std::to_string(row_) + "," + std::to_string(col_);
  if (back)
    options["--rollout"];
  else
    options["--layer"] = layer->path;
  if (!back && head_->currentData().toInt() != kMeanOfHeads)
    options["--head"] = std::to_string(head_->currentData().toInt());
  if (step_->isEnabled()) {
    options["--step"] = std::to_string(step_->value());
    options["--steps"] = std::to_string(step_->maximum());
    options["--n"] = std::to_string(intensity_->value());
    options["--seed"] = std::to_string(subject_.seed);
  }
  return options;
}

std::string AttentionWindow::footnote() const { return subject_.context->frames.attribution; }

void AttentionWindow::exportTo(Export what, const QString& file) {
  if (!maps_->view() || !subject_.context || looking_) {
    readout_->setText(tr("There is nothing to write until the weights are there."));
    return;
  }
  switch (what) {
    case Export::Maps:
      return writeMaps(file);
    case Export::Block:
    case Export::BlockTurning:
    case Export::BlockApart:
    case Export::BlockFrames:
      return writeBlock(what, file);
    case Export::Weights:
      return writeWeights(file);
    case Export::Dry:
      return writeDry(file);
    case Export::Layers:
      layersFile_ = file;
      return worker_->askEveryLayer(*scene_, *asked_, {row_, col_}, head_->currentData().toInt());
  }
}

void AttentionWindow::writeMaps(const QString& file) {
  AttentionPicture picture{*maps_->view(), subject_.context->frames.geo, {}, nullptr, footnote(),
                           isDark(*this)};
  for (const LevelFrame& frame : picture.view.layer.attendedFrames)
    picture.frames.push_back(maps_->radarGridOf(frame));
  picture.asked = maps_->radarGridOf(
      picture.view.layer.queryFrames[std::size_t(picture.view.query[0])]);
  CommandOptions made = options(file);
  if (!picture.dark) made["--theme"] = "light";
  export_->start(file, [picture, made, file, receipt = subject_.receipt](
                           std::stop_token, const BackgroundExport::Progress&) {
    writeAttentionFigure(file.toStdString(), picture, {}, receipt(made));
  });
}

void AttentionWindow::writeBlock(Export what, const QString& file) {
  const auto ground = ground_->currentIndex() == 1 ? BlockGround::Radar : BlockGround::Cuboids;
  const BlockView seen = block_->canvas().view();
  const BlockPicture picture =
      attentionBlockPicture(*maps_->view(), ground, radar(), isDark(*this), seen);
  CommandOptions made = options(file);
  made["--as"] = "block";
  made["--turn"] = QString("%1,%2").arg(seen.turn).arg(seen.tilt).toStdString();
  if (seen.apart > 0.0) made["--apart"] = QString::number(seen.apart).toStdString();
  if (ground == BlockGround::Radar) made["--ground"] = "rain";
  if (!isDark(*this)) made["--theme"] = "light";
  const auto receipt = subject_.receipt;
  if (what == Export::Block)
    return export_->start(file, [picture, made, file, receipt](std::stop_token,
                                                               const BackgroundExport::Progress&) {
      writeBlockFigure(file.toStdString(), picture, {}, receipt(made));
    });
  const BlockMotion motion = what == Export::BlockTurning ? BlockMotion::Turn
                             : what == Export::BlockApart ? BlockMotion::Apart
                                                          : BlockMotion::Frames;
  made["--movie"] = blockMotionName(motion);
  export_->start(file, [picture, motion, made, file, receipt](
                           std::stop_token stop, const BackgroundExport::Progress& progress) {
    writeBlockMovie(file.toStdString(), picture, motion, {}, receipt(made), stop, progress);
  });
}

void AttentionWindow::writeWeights(const QString& file) {
  export_->start(file, [view = maps_->view(), made = options(file), file,
                        receipt = subject_.receipt](std::stop_token,
                                                    const BackgroundExport::Progress&) {
    Receipt how = receipt(made);
    how.model = view->model;
    how.weightsSha256 = view->weightsHash;
    if (endingOf(file) == "csv")
      writeAttentionTable(file.toStdString(), *view, how);
    else
      writeAttentionFile(file.toStdString(), *view, how);
  });
}

void AttentionWindow::writeDry(const QString& file) {
  const auto map = maps_->occlusion();
  if (!map) {
    readout_->setText(tr("Press \"Test: what if a patch were dry?\" first."));
    return;
  }
  const FrameSequence& past = subject_.context->frames;
  const OcclusionPicture picture{*map,
                                 past.geo,
                                 past.frames.back().grid,
                                 leadWords(*subject_.context, map->frame),
                                 maps_->view()->model,
                                 footnote(),
                                 isDark(*this)};
  CommandOptions made = options(file);
  for (const char* name : {"--layer", "--head", "--rollout"}) made.erase(name);
  made["--occlude"];
  made["--query"] = std::to_string(map->frame) + "," + std::to_string(map->row) + "," +
                    std::to_string(map->col);
  if (!picture.dark && endingOf(file) != "csv") made["--theme"] = "light";
  export_->start(file, [picture, made, file, receipt = subject_.receipt](
                           std::stop_token, const BackgroundExport::Progress&) {
    if (endingOf(file) == "csv")
      writeOcclusionTable(file.toStdString(), picture.map, receipt(made));
    else
      writeOcclusionFigure(file.toStdString(), picture, {}, receipt(made));
  });
}

void AttentionWindow::writeLayers(std::vector<std::shared_ptr<const AttentionView>> views) {
  const QString file = std::exchange(layersFile_, {});
  if (file.isEmpty() || views.empty()) return;
  std::vector<AttentionPicture> pictures;
  for (const auto& view : views) {
    pictures.push_back({*view, subject_.context->frames.geo, {}, nullptr, footnote(), isDark(*this)});
    for (const LevelFrame& frame : view->layer.attendedFrames)
      pictures.back().frames.push_back(maps_->radarGridOf(frame));
    pictures.back().asked =
        maps_->radarGridOf(view->layer.queryFrames[std::size_t(view->query[0])]);
  }
  CommandOptions made = options(file);
  for (const char* name : {"--layer", "--rollout"}) made.erase(name);
  made["--movie"] = "layers";
  if (!isDark(*this)) made["--theme"] = "light";
  export_->start(file, [pictures, made, file, receipt = subject_.receipt](
                           std::stop_token stop, const BackgroundExport::Progress& progress) {
    writeLayersMovie(file.toStdString(), pictures, {}, receipt(made), stop, progress);
  });
}

}  // namespace stormloom
