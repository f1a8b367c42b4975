#include "core/drawn_sequence.h"

#include <algorithm>
#include <cmath>

#include "core/reduce.h"

namespace stormloom {
namespace {

struct CellWindow {
  int row = 0, col = 0, height = 1, width = 1;
};

RadarGrid part(const RadarGrid& grid, const CellWindow& window) {
  RadarGrid out(window.width, window.height);
  for (int row = 0; row < window.height; ++row)
    for (int col = 0; col < window.width; ++col) {
      const int r = window.row + row, c = window.col + col;
      out.set(row, col, grid.at(r, c), grid.state(r, c));
    }
  return out;
}

/// The strongest value of k x k cells, and its state; without a value the state of the first.
RadarGrid strongest(const RadarGrid& grid, int k) {
  RadarGrid out((grid.width() + k - 1) / k, (grid.height() + k - 1) / k);
  for (int row = 0; row < out.height(); ++row) {
    for (int col = 0; col < out.width(); ++col) {
      float value = NAN;
      CellState state = grid.state(row * k, col * k);
      for (int r = row * k; r < std::min(grid.height(), (row + 1) * k); ++r) {
        for (int c = col * k; c < std::min(grid.width(), (col + 1) * k); ++c) {
          if (!grid.hasValue(r, c) || value >= grid.at(r, c)) continue;
          value = grid.at(r, c);
          state = grid.state(r, c);
        }
      }
      out.set(row, col, value, state);
    }
  }
  return out;
}

CellWindow windowAround(const GeoReference& geo, const GeoReference& around, double margin) {
  double west = 1e9, east = -1e9, north = 1e9, south = -1e9;
  for (int i = 0; i <= 16; ++i) {
    for (const double across : {0.0, 1.0}) {
      for (const bool row : {false, true}) {
        const double a = (row ? across : i / 16.0) * around.width(),
                     b = (row ? i / 16.0 : across) * around.height();
        const CellPoint at = geo.cellFromLonLat(around.lonLatFromCell({a, b}));
        if (!std::isfinite(at.col) || !std::isfinite(at.row)) continue;
        west = std::min(west, at.col), east = std::max(east, at.col);
        north = std::min(north, at.row), south = std::max(south, at.row);
      }
    }
  }
  const double wide = margin * std::max(0.0, east - west),
               high = margin * std::max(0.0, south - north);
  const int left = int(std::clamp(west - wide, 0.0, double(geo.width() - 1)));
  const int top = int(std::clamp(north - high, 0.0, double(geo.height() - 1)));
  return {top, left, std::clamp(int(south + high) + 1 - top, 1, geo.height() - top),
          std::clamp(int(east + wide) + 1 - left, 1, geo.width() - left)};
}

template <class Change>
FrameSequence changed(const FrameSequence& sequence, const GeoReference& geo, Change change) {
  FrameSequence out = sequence;
  out.geo = geo;
  for (Frame& frame : out.frames)
    frame.grid = std::make_shared<const RadarGrid>(change(*frame.grid));
  return out;
}

int thinningStep(const FrameSequence& sequence, std::size_t mostCells) {
  const double cells = double(sequence.width()) * sequence.height();
  return std::max(1, int(std::ceil(std::sqrt(cells / double(mostCells)))));
}

}  // namespace

std::size_t drawnCells(std::size_t memoryBudget, std::size_t frames) {
  constexpr std::size_t kFewest = 100000, kShare = 6,
                        kBytesACell = sizeof(float) + sizeof(CellState);
  if (memoryBudget == 0 || frames == 0) return kMostDrawnCells;
  return std::clamp(memoryBudget / (kShare * kBytesACell * frames), kFewest, kMostDrawnCells);
}

FrameSequence ThinnedGrids::thinned(const FrameSequence& sequence, std::size_t mostCells) {
  std::erase_if(known_, [](const auto& entry) { return entry.second.source.expired(); });
  const int step = thinningStep(sequence, mostCells);
  if (step <= 1) return sequence;
  FrameSequence out = sequence;
  out.geo = reducedGeo(sequence.geo, step);
  for (Frame& frame : out.frames) {
    Known& known = known_[frame.grid.get()];
    if (known.step != step || known.source.lock() != frame.grid)
      known = {frame.grid, step, std::make_shared<const RadarGrid>(strongest(*frame.grid, step))};
    frame.grid = known.grid;
  }
  return out;
}

FrameSequence thinnedForDrawing(const FrameSequence& sequence, std::size_t mostCells) {
  return ThinnedGrids().thinned(sequence, mostCells);
}

FrameSequence croppedForDrawing(const FrameSequence& sequence, const GeoReference& around,
                                double margin) {
  const GeoReference& geo = sequence.geo;
  const CellWindow window = windowAround(geo, around, margin);
  const ProjectedPoint corner = geo.pointFromCell({double(window.col), double(window.row)});
  const GeoReference here(geo.projection(), corner.x, corner.y, geo.cellWidth(), geo.cellHeight(),
                          window.width, window.height);
  return thinnedForDrawing(
      changed(sequence, here, [&](const RadarGrid& grid) { return part(grid, window); }));
}

}  // namespace stormloom
