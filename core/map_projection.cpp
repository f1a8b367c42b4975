#include <proj.h>
#include <proj_experimental.h>  // another datum beneath a projected system

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>

#include "core/cf_projection.h"
#include "core/errors.h"
#include "core/geo_reference.h"

namespace stormloom {

struct MapProjection::Impl {
  PJ_CONTEXT* context = nullptr;
  PJ* transform = nullptr;  ///< WGS 84 longitude/latitude in degrees -> the projection

  ~Impl() {
    proj_destroy(transform);
    proj_context_destroy(context);
  }
};

namespace {

PJ_COORD finiteOrNan(PJ_COORD point) {
  const bool usable = std::isfinite(point.xy.x) && std::isfinite(point.xy.y);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  return usable ? point : proj_coord(nan, nan, 0, 0);
}

/// A projection comes out of other people's files: it may not make PROJ read more of them. The grid
/// "@null" of Web Mercator is none.
bool opensFiles(std::string projection) {
  constexpr std::string_view kNone = "nadgrids=@null";
  const std::size_t none = projection.find(kNone);
  const std::size_t end = none + kNone.size();
  if (none != std::string::npos &&
      (end == projection.size() || projection[end] == ' ' || projection[end] == '"'))
    projection.erase(none, kNone.size());
  return projection.find("init=") != std::string::npos ||
         projection.find("grids=") != std::string::npos ||
         projection.find("pipeline") != std::string::npos;
}

}  // namespace

MapProjection::MapProjection(const std::string& projection) : impl_(new Impl) {
  if (opensFiles(projection)) {
    delete std::exchange(impl_, nullptr);
    throw IoError("The map projection \"" + projection + "\" names other files; it is not used.");
  }
  impl_->context = proj_context_create();
  proj_log_level(impl_->context, PJ_LOG_NONE);
  proj_context_set_enable_network(impl_->context, 0);
  PJ* found = proj_create_crs_to_crs(impl_->context, "EPSG:4326", projection.c_str(), nullptr);
  if (found != nullptr) {
    impl_->transform = proj_normalize_for_visualization(impl_->context, found);
    proj_destroy(found);
  }
  if (impl_->transform == nullptr) {
    delete std::exchange(impl_, nullptr);
    throw IoError("The map projection \"" + projection + "\" is not known.");
  }
}

MapProjection::~MapProjection() { delete impl_; }

MapProjection::MapProjection(MapProjection&& other) noexcept
    : impl_(std::exchange(other.impl_, nullptr)) {}

MapProjection& MapProjection::operator=(MapProjection&& other) noexcept {
  std::swap(impl_, other.impl_);
  return *this;
}

ProjectedPoint MapProjection::forward(LonLat position) const {
  const PJ_COORD point = finiteOrNan(
      proj_trans(impl_->transform, PJ_FWD, proj_coord(position.lon, position.lat, 0, 0)));
  return {point.xy.x, point.xy.y};
}

LonLat MapProjection::inverse(ProjectedPoint point) const {
  const PJ_COORD position =
      finiteOrNan(proj_trans(impl_->transform, PJ_INV, proj_coord(point.x, point.y, 0, 0)));
  return {position.xy.x, position.xy.y};
}

namespace {

/// A parsed reference system with the context it lives in.
class ParsedCrs {
public:
  explicit ParsedCrs(const std::string& projection) : context(proj_context_create()) {
    const bool projText = projection.find("+proj") != std::string::npos &&
                          projection.find("+type=crs") == std::string::npos;
    crs = proj_create(context, (projText ? projection + " +type=crs" : projection).c_str());
  }
  ~ParsedCrs() {
    proj_destroy(crs);
    proj_context_destroy(context);
  }
  ParsedCrs(const ParsedCrs&) = delete;
  ParsedCrs& operator=(const ParsedCrs&) = delete;

  PJ_CONTEXT* context;
  PJ* crs;
};

}  // namespace

std::string wktFromProjection(const std::string& projection) {
  const ParsedCrs parsed(projection);
  if (!parsed.crs) return {};
  const char* const options[] = {"MULTILINE=NO", nullptr};
  const char* text = proj_as_wkt(parsed.context, parsed.crs, PJ_WKT1_GDAL, options);
  return text ? text : "";
}

std::string projTextFromProjection(const std::string& projection) {
  if (projection.find("+proj") != std::string::npos) return projection;
  const ParsedCrs parsed(projection);
  if (!parsed.crs) return projection;
  const char* text = proj_as_proj_string(parsed.context, parsed.crs, PJ_PROJ_4, nullptr);
  return text ? text : projection;
}

namespace {

using Owned = std::unique_ptr<PJ, decltype(&proj_destroy)>;

/// The first of PROJ's objects of a kind by a name, spelled with spaces or with "_".
Owned namedObject(PJ_CONTEXT* context, std::string name, PJ_TYPE kind) {
  std::ranges::replace(name, '_', ' ');
  PJ_OBJ_LIST* found = proj_create_from_name(context, nullptr, name.c_str(), &kind, 1, 0, 1, nullptr);
  PJ* first = found != nullptr && proj_list_get_count(found) > 0 ? proj_list_get(context, found, 0) : nullptr;
  proj_list_destroy(found);
  return {first, &proj_destroy};
}

/// The geographic system of a name, or the first on the datum of that name.
Owned namedGeographic(PJ_CONTEXT* context, const std::string& name) {
  Owned system = namedObject(context, name, PJ_TYPE_GEOGRAPHIC_2D_CRS);
  if (system) return system;
  const Owned datum = namedObject(context, name, PJ_TYPE_GEODETIC_REFERENCE_FRAME);
  const char* const authority = datum ? proj_get_id_auth_name(datum.get(), 0) : nullptr;
  const char* const code = datum ? proj_get_id_code(datum.get(), 0) : nullptr;
  if (authority == nullptr || code == nullptr) return system;
  PJ_OBJ_LIST* found = proj_query_geodetic_crs_from_datum(context, nullptr, authority, code, "geographic 2D");
  if (found != nullptr && proj_list_get_count(found) > 0) system.reset(proj_list_get(context, found, 0));
  proj_list_destroy(found);
  return system;
}

}  // namespace

std::string onNamedDatum(const std::string& projection, const std::string& name) {
  const ParsedCrs parsed(projection);
  if (!parsed.crs || name.empty()) return {};
  const Owned system = namedGeographic(parsed.context, name);
  if (!system) return {};
  const bool degrees = proj_get_type(parsed.crs) == PJ_TYPE_GEOGRAPHIC_2D_CRS;
  const Owned moved(degrees ? nullptr : proj_crs_alter_geodetic_crs(parsed.context, parsed.crs, system.get()),
                    &proj_destroy);
  const char* const options[] = {"MULTILINE=NO", nullptr};
  const PJ* const whole = degrees ? system.get() : moved.get();
  const char* text = whole ? proj_as_wkt(parsed.context, whole, PJ_WKT2_2019, options) : nullptr;
  return text ? text : "";
}

std::optional<EarthShape> earthShapeOf(const std::string& projection) {
  const ParsedCrs parsed(projection);
  if (!parsed.crs) return std::nullopt;
  PJ* ellipsoid = proj_get_ellipsoid(parsed.context, parsed.crs);
  EarthShape shape;
  const bool found =
      ellipsoid && proj_ellipsoid_get_parameters(parsed.context, ellipsoid, &shape.semiMajor,
                                                 &shape.semiMinor, nullptr, nullptr);
  proj_destroy(ellipsoid);
  return found ? std::optional(shape) : std::nullopt;
}

}  // namespace stormloom
