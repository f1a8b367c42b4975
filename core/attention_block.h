#pragma once

#include <functional>
#include <memory>

#include "core/attention.h"
#include "core/cell_block.h"
#include "core/pattern_lab.h"
#include "core/radar_grid.h"

namespace stormloom {

/// Cuboids follow each other round the colour wheel by the golden ratio, so neighbours differ.
Rgb cuboidColor(std::int64_t cuboid, bool lit, bool dark);
/// From hardly anything (0) to all there is (1).
Rgb attentionColor(double share, bool dark);
/// Cells that news has reached, or not yet.
Rgb reachColor(bool reached, bool dark);

/// Which layer of a pattern is shown, whose cuboid is lit, and after how many layers (0: the
/// cuboids themselves are shown, not what has reached the element).
struct PatternLook {
  std::size_t layer = 0;
  Thw element = {0, 0, 0};
  int grown = 0;
  bool dark = true;
  bool onlyLit = false;  ///< all other cells are small, so that the lit ones are seen inside
};
CellBlock patternBlock(const LabPattern& pattern, const PatternLook& look);

/// What cells without attention show.
enum class BlockGround { Cuboids, Radar };
/// The radar frame of a level's frame; null where there is none.
using RadarAt = std::function<std::shared_ptr<const RadarGrid>(const LevelFrame& frame)>;

/// Cells of the query's cuboid as large and bright as their weight, links to the strongest, global
/// vectors with theirs; all other cells small, in the colours of their cuboids or of the rain.
CellBlock attentionBlock(const AttentionView& view, BlockGround ground, const RadarAt& radar,
                         bool dark);

}  // namespace stormloom
