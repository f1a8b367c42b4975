#pragma once

#include <map>

#include "core/frame_sequence.h"

namespace stormloom {

/// Cells a picture is drawn from without a pause; more than a screen shows anyway.
inline constexpr std::size_t kMostDrawnCells = 700000;

/// Fewer for each of so many frames that all of them would take more than a sixth of the memory for
/// frames (0: no such limit).
std::size_t drawnCells(std::size_t memoryBudget, std::size_t frames);

/// The same sequence on cells so many times coarser that it can be drawn; each holds the strongest
/// value below it, so that small storms stay visible. For drawing only. Sequences that are small
/// enough come back as they are.
FrameSequence thinnedForDrawing(const FrameSequence& sequence,
                                std::size_t mostCells = kMostDrawnCells);

/// The same for a sequence that grows while it is looked at: each grid is thinned once.
class ThinnedGrids {
public:
  FrameSequence thinned(const FrameSequence& sequence, std::size_t mostCells = kMostDrawnCells);

private:
  struct Known {
    std::weak_ptr<const RadarGrid> source;
    int step = 1;
    std::shared_ptr<const RadarGrid> grid;
  };
  std::map<const RadarGrid*, Known> known_;
};

/// The cells around another grid, `margin` of its size more on every side, thinned if that is still
/// too much.
FrameSequence croppedForDrawing(const FrameSequence& sequence, const GeoReference& around,
                                double margin = 0.5);

}  // namespace stormloom
