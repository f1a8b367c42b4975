#pragma once

#include <vector>

#include "core/geo_reference.h"
#include "core/radar_grid.h"

namespace stormloom {

/// A closed line in longitude and latitude; the last point is the first. Outer rings run
/// counter-clockwise, holes clockwise.
using Ring = std::vector<LonLat>;

/// Cells at or above a threshold that share sides.
struct Region {
  std::vector<std::vector<Ring>> polygons;  ///< each: outer ring, then its holes
  double areaKm2 = 0.0;
  double mean = 0.0;
  double largest = 0.0;
  int cells = 0;
};

/// The regions of a grid along the edges of its cells, largest first.
std::vector<Region> regionsAbove(const RadarGrid& grid, const GeoReference& geo, double threshold);

}  // namespace stormloom
