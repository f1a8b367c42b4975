#pragma once

#include "core/radar_grid.h"

namespace stormloom {

/// The mean that is expected, commanded and achieved: over all cells, those without a value as no
/// rain, so that observations and forecasts of a box with gaps are the same measure.
double meanOfBox(const RadarGrid& grid);

}  // namespace stormloom
