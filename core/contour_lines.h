#pragma once

#include <vector>

#include "core/geo_reference.h"
#include "core/radar_grid.h"

namespace stormloom {

/// Outlines of the places at or above `level`, in continuous cell coordinates, closed (first point
/// = last point), the places to the right of the way. Linear between cell centres; cells without a
/// value and the world outside the grid count as below, and the line runs along their edge.
std::vector<std::vector<CellPoint>> contourLines(const RadarGrid& grid, double level);

/// Diagonal strokes over the cells at or above `level`, `spacing` cells apart: a second sign beside
/// colour.
std::vector<std::vector<CellPoint>> hatchLines(const RadarGrid& grid, double level, int spacing);

}  // namespace stormloom
