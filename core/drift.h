#pragma once

#include "core/radar_grid.h"

namespace stormloom {

/// Common drift of all rain between two rasters of one size, in cells a step.
struct Drift {
  double cols = 0.0;  ///< to the east
  double rows = 0.0;  ///< to the south
  double likeness =
      0.0;  ///< correlation of the carried raster with the later one; 0: nothing to say
};

/// The shift, within `largestShift` cells, at which the later raster is most like the earlier one.
Drift driftBetween(const RadarGrid& earlier, const RadarGrid& later, int largestShift = 12);

}  // namespace stormloom
