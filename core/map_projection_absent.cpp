// Stands in for map_projection.cpp in builds without PROJ: placing anything on a map says so.
#include "core/cf_grid.h"
#include "core/errors.h"
#include "core/geo_reference.h"

namespace stormloom {

struct MapProjection::Impl {};

MapProjection::MapProjection(const std::string& projection) : impl_(nullptr) {
  throw IoError(
      "The projection \"" + projection +
      "\" cannot be used: this build has no PROJ. Install libproj-dev and configure again.");
}
MapProjection::~MapProjection() = default;
MapProjection::MapProjection(MapProjection&&) noexcept = default;
MapProjection& MapProjection::operator=(MapProjection&&) noexcept = default;
ProjectedPoint MapProjection::forward(LonLat) const { return {}; }
LonLat MapProjection::inverse(ProjectedPoint) const { return {}; }

std::string wktFromProjection(const std::string&) { return {}; }

}  // namespace stormloom
