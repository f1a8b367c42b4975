#include "core/formats/cf_projection.h"

#include <cmath>
#include <cstdio>
#include <numbers>

#include "core/cf_projection.h"
#include "core/errors.h"
#include "core/formats/earth_names.h"
#include "core/geo_reference.h"

namespace stormloom {
namespace {

/// Collects "+key=value" from a mapping's attributes.
class ProjText {
public:
  ProjText(const NetCdfSource& file, std::string mapping, const std::string& method)
      : file_(file), mapping_(std::move(mapping)), text_("+proj=" + method) {}

  void put(const std::string& key, double value) {
    char written[64];
    std::snprintf(written, sizeof written, " +%s=%.15g", key.c_str(), value);
    text_ += written;
  }
  bool take(const std::string& key, const std::string& attribute, double factor = 1.0) {
    const auto value = file_.number(mapping_, attribute);
    if (!value || !std::isfinite(*value)) return false;
    put(key, *value * factor);
    return true;
  }
  /// One or two parallels.
  bool takeParallels() {
    const std::vector<double> parallels = file_.numbers(mapping_, "standard_parallel");
    for (std::size_t k = 0; k < std::min<std::size_t>(2, parallels.size()); ++k) {
      put("lat_" + std::to_string(k + 1), parallels[k]);
    }
    return !parallels.empty();
  }
  /// The axis that a geostationary camera turns about first; PROJ's own is y.
  void takeSweep() {
    const std::string sweep = file_.text(mapping_, "sweep_angle_axis");
    const std::string fixed = file_.text(mapping_, "fixed_angle_axis");
    if (sweep == "x" || (sweep.empty() && fixed == "y")) text_ += " +sweep=x";
  }
  void takeOrigin() {
    if (!take("lon_0", "longitude_of_projection_origin") &&
        !take("lon_0", "longitude_of_central_meridian"))
      take("lon_0", "straight_vertical_longitude_from_pole");
    take("lat_0", "latitude_of_projection_origin");
  }
  /// The Earth is in metres whatever the axes are in.
  void takeEarth() {
    const auto radius = file_.number(mapping_, "earth_radius");
    const auto major = file_.number(mapping_, "semi_major_axis");
    const auto minor = file_.number(mapping_, "semi_minor_axis");
    const auto flattening = file_.number(mapping_, "inverse_flattening");
    if (major && (minor || flattening)) {
      put("a", *major);
      if (minor)
        put("b", *minor);
      else
        put(*flattening > 0.0 ? "rf" : "b", *flattening > 0.0 ? *flattening : *major);
    } else if (radius || major) {
      put("R", radius ? *radius : *major);
    } else {
      const std::string named = ellipsoidNamed(file_.text(mapping_, "reference_ellipsoid_name"));
      text_ += named.empty() || named == "WGS84" ? " +datum=WGS84" : " +ellps=" + named;
    }
  }
  /// How far the Earth of the mapping lies off WGS 84's, and where it counts longitudes from.
  void takeDatum() {
    const std::vector<double> shift = file_.numbers(mapping_, "towgs84");
    if ((shift.size() == 3 || shift.size() == 7) && text_.find("+datum") == std::string::npos) {
      put("towgs84", shift[0]);
      for (std::size_t k = 1; k < shift.size(); ++k) {
        char written[64];
        std::snprintf(written, sizeof written, ",%.15g", shift[k]);
        text_ += written;
      }
    }
    if (file_.number(mapping_, "longitude_of_prime_meridian").value_or(0.0) != 0.0)
      take("pm", "longitude_of_prime_meridian");
  }
  std::string text() const { return text_; }

private:
  const NetCdfSource& file_;
  std::string mapping_;
  std::string text_;
};

struct Method {
  const char* cf;
  const char* proj;
};
constexpr Method kMethods[] = {{"albers_conical_equal_area", "aea"},
                               {"azimuthal_equidistant", "aeqd"},
                               {"lambert_azimuthal_equal_area", "laea"},
                               {"lambert_conformal_conic", "lcc"},
                               {"lambert_cylindrical_equal_area", "cea"},
                               {"mercator", "merc"},
                               {"geostationary", "geos"},
                               {"orthographic", "ortho"},
                               {"polar_stereographic", "stere"},
                               {"sinusoidal", "sinu"},
                               {"stereographic", "stere"},
                               {"transverse_mercator", "tmerc"},
                               {"latitude_longitude", "longlat"}};

void takeScale(ProjText& text, const std::string& name) {
  if (name == "geostationary") {
    text.take("h", "perspective_point_height");
    return text.takeSweep();
  }
  if (name == "polar_stereographic" || name == "mercator" ||
      name == "lambert_cylindrical_equal_area") {
    if (text.take("lat_ts", "standard_parallel")) return;
  } else if (name == "albers_conical_equal_area" || name == "lambert_conformal_conic") {
    if (text.takeParallels()) return;
  }
  if (!text.take("k_0", "scale_factor_at_projection_origin"))
    text.take("k_0", "scale_factor_at_central_meridian");
}

/// What other programs wrote beside or instead of CF's attributes.
std::string writtenText(const NetCdfSource& file, const std::string& mapping) {
  for (const char* attribute :
       {"crs_wkt", "spatial_ref", "proj4_text", "proj4", "proj4_params", "proj4_string"}) {
    const std::string text = file.text(mapping, attribute);
    if (!text.empty()) return text;
  }
  return {};
}

/// CF's own names of a datum, where the Earth is of the shape that the attributes say in numbers.
std::string withNamedDatum(const NetCdfSource& file, const std::string& mapping, const std::string& fromNumbers) {
  constexpr double kSameShape = 1.0;  // metres
  if (fromNumbers.find("+towgs84") != std::string::npos || fromNumbers.find("+pm") != std::string::npos) return {};
  const bool hasNumbers = file.number(mapping, "semi_major_axis") || file.number(mapping, "earth_radius");
  for (const char* attribute : {"horizontal_datum_name", "geographic_crs_name"}) {
    const std::string name = file.text(mapping, attribute);
    if (name.empty() || ellipsoidNamed(name) == "WGS84") continue;
    const std::string named = onNamedDatum(fromNumbers, name);
    const auto a = earthShapeOf(named), b = earthShapeOf(fromNumbers);
    if (a && b && (!hasNumbers || std::abs(a->semiMajor - b->semiMajor) < kSameShape)) return named;
  }
  return {};
}

/// Attributes name no datum, a text beside them often does: it is used where it means the same map
/// but for some hundred metres. Of two that contradict each other CF's own attributes hold.
std::string withDatumOfText(const NetCdfSource& file, const std::string& mapping, double metresAUnit,
                            const std::string& fromNumbers) {
  constexpr double kLargestShift = 1000.0, kNoShift = 0.01;  // metres
  const std::string written = writtenText(file, mapping);
  if (written.empty() || fromNumbers.find("+proj=geos") != std::string::npos) return fromNumbers;
  try {
    const MapProjection numbers(fromNumbers), text(written);
    const bool degrees = fromNumbers.find("+proj=longlat") != std::string::npos;
    const double unit = degrees ? 111e3 : 1.0;
    const double x0 = file.number(mapping, "false_easting").value_or(0.0) * metresAUnit;
    const double y0 = file.number(mapping, "false_northing").value_or(0.0) * metresAUnit;
    bool shifted = false;
    for (const double away : {1e5, 6e5}) {
      const ProjectedPoint point = degrees ? ProjectedPoint{away / unit, 45.0} : ProjectedPoint{x0 + away, y0 + away};
      const ProjectedPoint other = text.forward(numbers.inverse(point));
      const double off = std::hypot(other.x - point.x, other.y - point.y) * unit;
      if (!(off < kLargestShift)) return fromNumbers;
      shifted = shifted || off > kNoShift;
    }
    return shifted ? written : fromNumbers;
  } catch (const IoError&) {  // a text that PROJ does not know
    return fromNumbers;
  }
}

}  // namespace

std::string projectionFromCf(const NetCdfSource& file, const std::string& mapping,
                             double metresAUnit) {
  const std::string name = file.text(mapping, "grid_mapping_name");
  for (const Method& method : kMethods) {
    if (name != method.cf) continue;
    ProjText text(file, mapping, method.proj);
    if (name != "latitude_longitude") {
      text.takeOrigin();
      takeScale(text, name);
      text.take("x_0", "false_easting", metresAUnit);
      text.take("y_0", "false_northing", metresAUnit);
    }
    text.takeEarth();
    text.takeDatum();
    const std::string fromNumbers = text.text() + (name == "latitude_longitude" ? "" : " +units=m");
    const std::string named = withNamedDatum(file, mapping, fromNumbers);
    return named.empty() ? withDatumOfText(file, mapping, metresAUnit, fromNumbers) : named;
  }
  const std::string written = writtenText(file, mapping);
  if (!written.empty()) return written;
  throw IoError(file.path() + ": its map projection \"" + name + "\" (variable " + mapping +
                ") is none that can be used. Choose a product on a plain grid.");
}

std::string degreesFromCf(const NetCdfSource& file, const std::string& mapping) {
  constexpr double kNoShift = 1e-5;  // degrees: a metre
  const std::string usual = "+proj=longlat +datum=WGS84 +no_defs";
  if (mapping.empty() || file.text(mapping, "grid_mapping_name") != "latitude_longitude") return usual;
  const std::string said = projectionFromCf(file, mapping, 1.0);
  try {
    const MapProjection map(said);
    for (const LonLat place : {LonLat{10.0, 50.0}, LonLat{-100.0, 40.0}, LonLat{140.0, -30.0}}) {
      const LonLat other = map.inverse({place.lon, place.lat});
      if (std::hypot(std::remainder(other.lon - place.lon, 360.0), other.lat - place.lat) > kNoShift) return said;
    }
  } catch (const IoError&) {  // a text that PROJ does not know
  }
  return usual;
}

// PROJ turns the globe by the new pole's place; CF gives that of the pole of the grid (appendix F).
std::optional<RotatedMap> rotatedMapFromCf(const NetCdfSource& file, const std::string& mapping) {
  if (file.text(mapping, "grid_mapping_name") != "rotated_latitude_longitude") return {};
  constexpr double kUsualRadius = 6371229.0;  // WMO's sphere
  double radius = kUsualRadius;
  for (const char* attribute : {"semi_major_axis", "earth_radius"})
    radius = file.number(mapping, attribute).value_or(radius);
  const auto latitude = file.number(mapping, "grid_north_pole_latitude");
  const auto longitude = file.number(mapping, "grid_north_pole_longitude");
  if (!latitude || !longitude || !(radius > 6e6) || !(radius < 7e6))
    throw IoError(file.path() + ": its turned grid (variable " + mapping +
                  ") does not say where its pole is. Fetch the file again.");
  ProjText text(file, mapping, "ob_tran +o_proj=eqc");
  text.put("o_lat_p", *latitude);
  text.put("o_lon_p", file.number(mapping, "north_pole_grid_longitude").value_or(0.0));
  text.put("lon_0", *longitude + 180.0);
  text.put("R", radius);
  return RotatedMap{text.text() + " +units=m", radius * std::numbers::pi / 180.0};
}

}  // namespace stormloom
