#include "app/figure/block_figure.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "app/figure/block_drawing.h"
#include "app/figure/figure_drawing.h"
#include "app/figure/figure_style.h"
#include "app/figure/flat_figure.h"

namespace stormloom {
namespace {

constexpr int kUsualWidth = 1600, kUsualHeight = 1200;
constexpr const char* kBlockWarning =
    "Attention says where a layer looked, not what caused the forecast; occlusion tests that.";

FlatFigure flatOf(const BlockPicture& picture, const FigureOptions& options) {
  QSize size = figure_drawing::checkedSize(options);
  if (size.isEmpty()) size = {kUsualWidth, kUsualHeight};
  const auto draw = [picture, size](QPainter& painter) {
    using figure_style::toQColor;
    const int text = std::max(10, std::min(size.width(), size.height()) / 48);
    const QColor strong = toQColor(picture.block->ink.text);
    QRect room = QRect(QPoint(0, 0), size).adjusted(text, text / 2, -text, -text / 2);
    const QRect head(room.left(), room.top(), room.width(), 2 * text);
    figure_drawing::putText(painter, head, QString::fromStdString(picture.title),
                            figure_drawing::font(text * 3 / 2, true), strong);
    const QRect second(room.left(), head.bottom(), room.width(), text * 3 / 2);
    figure_drawing::putText(painter, second, QString::fromStdString(picture.detail),
                            figure_drawing::font(text), strong);
    room.setTop(second.bottom() + text / 2);
    const QFont font = figure_drawing::font(text);
    QStringList lines;
    for (const std::string& note : picture.notes)
      lines += figure_drawing::brokenInto(room.width(), QString::fromStdString(note), font);
    for (auto words = lines.rbegin(); words != lines.rend(); ++words) {
      const QRect line(room.left(), room.bottom() - text * 3 / 2, room.width(), text * 3 / 2);
      figure_drawing::putText(painter, line, *words, font, strong);
      room.setBottom(line.top());
    }
    QRectF block(room);
    if (picture.frames) {
      QRectF beside = block;
      block.setWidth(0.52 * block.width());
      beside.setLeft(block.right() + text);
      block_drawing::drawFrames(
          painter, block_drawing::frameRooms(picture.block->map.data, beside, text),
          *picture.block, picture.numbers, text);
    }
    block_drawing::drawBlock(painter, block, *picture.block, picture.view, text);
  };
  return {QSizeF(size), QString::fromStdString(picture.title),
          figure_style::toQColor(picture.block->ink.ground), draw,
          std::min(size.width(), size.height()) / 48.0, options.width > 0};
}

bool isGif(const std::string& path) { return animationFormatFor(path) == AnimationFormat::Gif; }

FigureOptions sizedForFilm(const FigureOptions& options, const std::string& path) {
  FigureOptions sized = options;
  if (sized.width == 0) {
    sized.width = isGif(path) ? 800 : 1280;
    sized.height = sized.width * 3 / 4;
  }
  return sized;
}

}  // namespace

RgbImage drawBlock(const BlockPicture& picture, const FigureOptions& options) {
  const auto application = figure_drawing::applicationIfNone();
  return flatImage(flatOf(picture, options));
}

void writeBlockFigure(const std::string& path, const BlockPicture& picture,
                      const FigureOptions& options, const Receipt& receipt) {
  const auto application = figure_drawing::applicationIfNone();
  writeFlatFigure(path, flatOf(picture, options), options, receipt);
}

BlockPicture movedBlock(const BlockPicture& picture, BlockMotion motion, double moment) {
  BlockPicture moved = picture;
  switch (motion) {
    case BlockMotion::Turn:
      moved.view.turn += 360.0 * moment;
      break;
    case BlockMotion::Apart:
      moved.view.apart = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * moment);
      break;
    case BlockMotion::Frames: {
      const std::int64_t frames = picture.block->map.data[0];
      const auto first = std::min(frames - 1, std::int64_t(moment * double(frames)));
      moved.view.slice[0] = {first, 0};
      break;
    }
  }
  return moved;
}

bool writeMovie(const std::string& path, const std::function<RgbImage(int picture)>& draw,
                const MovieOptions& options, const Receipt& receipt, std::stop_token stop) {
  const auto application = figure_drawing::applicationIfNone();
  AnimationOptions how;
  how.framesPerSecond = options.framesPerSecond;
  how.title = options.title;
  how.soft = options.soft;
  how.receipt = receiptText(receipt);
  AnimationWriter writer(path, how);
  for (int picture = 0; picture < options.pictures; ++picture) {
    if (stop.stop_requested()) return false;
    writer.add(draw(picture));
    if (options.progress) options.progress(double(picture + 1) / options.pictures);
  }
  writer.finish();
  return true;
}

const char* blockMotionName(BlockMotion motion) {
  return motion == BlockMotion::Turn ? "turn" : motion == BlockMotion::Apart ? "apart" : "frames";
}

bool writeBlockMovie(const std::string& path, const BlockPicture& picture, BlockMotion motion,
                     const FigureOptions& options, const Receipt& receipt, std::stop_token stop,
                     const std::function<void(double share)>& progress) {
  constexpr double kSeconds = 5.0;
  const bool steps = motion == BlockMotion::Frames;
  const FigureOptions sized = sizedForFilm(options, path);
  const double rate = steps ? 2.0 : isGif(path) ? 12.0 : 24.0;
  const int pictures = steps ? int(picture.block->map.data[0]) : int(kSeconds * rate);
  const auto draw = [&](int i) {
    return drawBlock(movedBlock(picture, motion, double(i) / pictures), sized);
  };
  return writeMovie(path, draw, {pictures, rate, picture.title, progress, true}, receipt, stop);
}

namespace {

/// "layer 1 of 3: along time", or of what has reached the element "reach after 2 of 3 layers: along
/// time, along columns".
std::string lookText(const LabPattern& pattern, const PatternLook& look) {
  const auto words = [&pattern](std::size_t layer) {
    return cuboidWords(fitCuboids(pattern.layers.at(layer), pattern.field));
  };
  const std::string of = " of " + std::to_string(pattern.layers.size());
  if (look.grown == 0)
    return "layer " + std::to_string(look.layer + 1) + of + ": " + words(look.layer);
  std::string text = "what reaches the marked cell through " + std::to_string(look.grown) + of +
                     (pattern.layers.size() == 1 ? " layer" : " layers");
  for (int layer = 0; layer < look.grown; ++layer)
    text += (layer == 0 ? ": " : ", then ") + words(std::size_t(layer));
  return text;
}

}  // namespace

BlockPicture patternPicture(const LabPattern& pattern, const PatternLook& look,
                            const BlockView& view) {
  BlockPicture picture;
  picture.block = std::make_shared<const CellBlock>(patternBlock(pattern, look));
  picture.view = view;
  picture.title = pattern.name;
  picture.detail = lookText(pattern, look);
  picture.notes = costLines(pattern, look.layer);
  picture.frames = true;
  if (look.grown == 0) picture.numbers = cuboidNumbers(pattern, look.layer);
  return picture;
}

bool writeGrowthMovie(const std::string& path, const LabPattern& pattern, const PatternLook& look,
                      const BlockView& view, const FigureOptions& options, const Receipt& receipt,
                      std::stop_token stop, const std::function<void(double share)>& progress) {
  constexpr double kPicturesASecond = 1.0;
  const FigureOptions sized = sizedForFilm(options, path);
  const auto draw = [&](int grown) {
    PatternLook now = look;
    now.grown = grown;
    return drawBlock(patternPicture(pattern, now, view), sized);
  };
  return writeMovie(path, draw,
                    {int(pattern.layers.size()) + 1, kPicturesASecond, pattern.name, progress},
                    receipt, stop);
}

BlockPicture attentionBlockPicture(const AttentionView& view, BlockGround ground,
                                   const RadarAt& radar, bool dark, const BlockView& seen) {
  BlockPicture picture;
  picture.block =
      std::make_shared<const CellBlock>(attentionBlock(view, ground, radar, dark));
  picture.view = seen;
  picture.title = view.model;
  picture.detail = view.layer.words + ", " +
                   (view.head == kMeanOfHeads ? std::string("mean of the heads")
                                              : "head " + std::to_string(view.head + 1));
  picture.notes = {kBlockWarning};
  return picture;
}

}  // namespace stormloom
