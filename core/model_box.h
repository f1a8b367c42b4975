#pragma once

#include "core/geo_reference.h"

namespace stormloom {

/// Middle of a grid.
LonLat middleOf(const GeoReference& geo);

/// Whether a place lies on a grid.
bool holds(const GeoReference& grid, LonLat place);

/// Places that a box may be put at: whole hundredths of a degree, as --box can say them.
LonLat snappedBoxMiddle(LonLat middle);

/// A model's box of the same cells around another place, in the projection that it has there.
GeoReference boxMovedTo(const GeoReference& box, LonLat middle);

}  // namespace stormloom
