// Stands in for map_projection.cpp in builds without PROJ: placing anything on a map says so.
#include "core/cf_projection.h"
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
std::string projTextFromProjection(const std::string& projection) { return projection; }
std::string onNamedDatum(const std::string&, const std::string&) { return {}; }
std::optional<EarthShape> earthShapeOf(const std::string&) { return std::nullopt; }

}  // namespace stormloom
