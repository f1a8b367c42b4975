#include "core/attention.h"

#include <algorithm>
#include <tuple>

#include "core/errors.h"

namespace stormloom {
namespace {

std::string sizeText(const Thw& size) {
  return std::to_string(size[0]) + " x " + std::to_string(size[1]) + " x " +
         std::to_string(size[2]);
}

/// The one axis along which a cuboid has more than one element; -1 for several or none.
int onlyAxis(const Thw& size) {
  int axis = -1;
  for (int a = 0; a < 3; ++a) {
    if (size[std::size_t(a)] == 1) continue;
    if (axis >= 0) return -1;
    axis = a;
  }
  return axis;
}

std::int64_t cellOf(std::int64_t pixel, int pixels, std::int64_t cells) {
  return pixel * cells / pixels;
}

}  // namespace

const char* levelFrameWord(LevelFrame::Kind kind) {
  switch (kind) {
    case LevelFrame::Kind::Observed:
      return "observed";
    case LevelFrame::Kind::Extrapolated:
      return "extrapolated";
    case LevelFrame::Kind::Forecast:
      return "forecast";
  }
  return "";
}

std::size_t frameLike(const std::vector<LevelFrame>& frames, const LevelFrame& wanted) {
  const auto distance = [&wanted](const LevelFrame& frame) {
    const auto away = frame.validTime < wanted.validTime ? wanted.validTime - frame.validTime
                                                         : frame.validTime - wanted.validTime;
    return std::tuple(away.count() != 0 && frame.kind != wanted.kind, away,
                      frame.kind != wanted.kind);
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < frames.size(); ++i)
    if (distance(frames[i]) < distance(frames[best])) best = i;
  return best;
}

Thw cellOnLevel(const Thw& cell, const Thw& from, const Thw& to) {
  return {cell[0], (2 * cell[1] + 1) * to[1] / (2 * from[1]),
          (2 * cell[2] + 1) * to[2] / (2 * from[2])};
}

Thw levelCell(const Thw& level, int frame, int row, int col, const GeoReference& map) {
  if (frame < 0 || frame >= level[0] || row < 0 || row >= map.height() || col < 0 ||
      col >= map.width())
    throw UsageError("There is no pixel in frame " + std::to_string(frame) + ", row " +
                     std::to_string(row) + ", column " + std::to_string(col) + ": the layer has " +
                     std::to_string(level[0]) + " frames and the map " +
                     std::to_string(map.height()) + " x " + std::to_string(map.width()) +
                     " pixels, all counted from 0.");
  return {frame, cellOf(row, map.height(), level[1]), cellOf(col, map.width(), level[2])};
}

GeoReference levelGeo(const GeoReference& map, const Thw& level) {
  return GeoReference(
      map.projection(), map.left(), map.top(), map.cellWidth() * map.width() / double(level[2]),
      map.cellHeight() * map.height() / double(level[1]), int(level[2]), int(level[1]));
}

std::string cuboidWords(const CuboidMap& map) {
  static constexpr const char* kAlong[] = {"along time", "along columns", "along rows"};
  const int axis = onlyAxis(map.size);
  const bool whole = axis >= 0 && map.counts()[std::size_t(axis)] == 1;
  std::string words = whole ? kAlong[axis] : sizeText(map.size);
  if (map.cuboids() == 1 && !whole) words = "all with all";
  for (std::size_t a = 0; a < 3; ++a) {
    if (map.strategy[a] != Locality::Dilated || map.size[a] == 1 || map.counts()[a] == 1) continue;
    words += ", dilated";
    break;
  }
  return words + (map.isShifted() ? ", shifted" : "");
}

std::size_t usualLayer(const std::vector<AttentionLayer>& layers) {
  const auto worth = [](const AttentionLayer& layer) {
    const bool allFrames = layer.attended.size[0] >= layer.attended.data[0];
    return std::tuple(allFrames, layer.cross, volumeOf(layer.query.data));
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < layers.size(); ++i)
    if (worth(layers[i]) >= worth(layers[best])) best = i;
  return best;
}

}  // namespace stormloom
