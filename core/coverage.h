#pragma once

#include <string>
#include <vector>

#include "core/geo_reference.h"
#include "core/radar_grid.h"

namespace stormloom {

/// Lines between what radars cover and what they do not, in the grid's cells; none where all is
/// covered. Large grids are looked at in coarser steps.
std::vector<std::vector<CellPoint>> coverageEdge(const RadarGrid& grid);

/// "3.1 % missing, 41 % outside coverage"; "" where every cell has a value.
std::string withoutValueText(const RadarGrid& grid);

}  // namespace stormloom
