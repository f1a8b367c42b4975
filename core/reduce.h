#pragma once

#include <memory>

#include "core/geo_reference.h"
#include "core/radar_grid.h"

namespace stormloom {

/// Averages blocks of factor x factor cells in linear units: rain rate, reflectivity factor (never
/// dBZ) or kg/m2 of VIL (never digital counts); of classes the block's middle cell stays. A block
/// with less than half of its cells measured has no value, for the reason that most of them give.
RadarGrid reduced(const RadarGrid& grid, Quantity quantity, int factor);

/// The same area in cells `factor` times as wide and high; the last ones may reach beyond the edge.
GeoReference reducedGeo(const GeoReference& geo, int factor);

}  // namespace stormloom
