#pragma once

#include <utility>

#include "core/frame_sequence.h"

namespace stormloom {

/// Middle of the box of `sideMeters` with the most rain that the radars cover (at most a tenth without a value, where
/// such a box exists). Looks at sums over the source's own pixels, so it takes milliseconds, not projections.
LonLat wettestBox(const GeoReference& geo, const RadarGrid& grid, Quantity quantity,
                  double sideMeters);

/// Row and column of the largest value, where somebody would look first; the middle of a grid without rain.
std::pair<int, int> wettestCell(const RadarGrid& grid);

}  // namespace stormloom
