#include "core/drawn_sequence.h"

#include <algorithm>
#include <cmath>

#include "core/grid_part.h"
#include "core/reduce.h"

namespace stormloom {
namespace {

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
  const CellWindow window = windowAround(sequence.geo, around, margin);
  return thinnedForDrawing(changed(sequence, partOf(sequence.geo, window),
                                   [&](const RadarGrid& grid) { return partOf(grid, window); }));
}

}  // namespace stormloom
