#include "core/cf_projection.h"

#include <cmath>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace stormloom {

namespace {

/// One attribute and the PROJ keys its value comes from: the first that is there, else `fallback`.
struct Parameter {
  const char* attribute;
  std::vector<const char*> keys;
  double fallback = 0.0;
};

struct Mapping {
  const char* proj;
  const char* name;
  std::vector<Parameter> parameters;
};

const Parameter kEasting{"false_easting", {"x_0"}};
const Parameter kNorthing{"false_northing", {"y_0"}};
const Parameter kOriginLon{"longitude_of_projection_origin", {"lon_0"}};
const Parameter kOriginLat{"latitude_of_projection_origin", {"lat_0"}};
const Parameter kCentralMeridian{"longitude_of_central_meridian", {"lon_0"}};
const Parameter kOriginFactor{"scale_factor_at_projection_origin", {"k_0", "k"}, 1.0};

const std::vector<Mapping>& mappings() {
  static const std::vector<Mapping> all = {
      {"longlat", "latitude_longitude", {}},
      {"laea", "lambert_azimuthal_equal_area", {kOriginLon, kOriginLat, kEasting, kNorthing}},
      {"aeqd", "azimuthal_equidistant", {kOriginLon, kOriginLat, kEasting, kNorthing}},
      {"lcc", "lambert_conformal_conic", {kCentralMeridian, kOriginLat, kEasting, kNorthing}},
      {"aea", "albers_conical_equal_area", {kCentralMeridian, kOriginLat, kEasting, kNorthing}},
      {"tmerc",
       "transverse_mercator",
       {kCentralMeridian,
        kOriginLat,
        {"scale_factor_at_central_meridian", {"k_0", "k"}, 1.0},
        kEasting,
        kNorthing}},
      {"ortho", "orthographic", {kOriginLon, kOriginLat, kEasting, kNorthing}},
      {"sinu", "sinusoidal", {kOriginLon, kEasting, kNorthing}},
      {"omerc",
       "oblique_mercator",
       {{"azimuth_of_central_line", {"alpha"}, 90.0},
        kOriginLat,
        {"longitude_of_projection_origin", {"lonc", "lon_0"}},
        kOriginFactor,
        kEasting,
        kNorthing}},
      // Switzerland's: the oblique Mercator projection whose central line runs east.
      {"somerc",
       "oblique_mercator",
       {{"azimuth_of_central_line", {}, 90.0},
        kOriginLat,
        kOriginLon,
        kOriginFactor,
        kEasting,
        kNorthing}}};
  return all;
}

std::optional<std::string> entry(const std::string& projection, const std::string& key) {
  const std::size_t at = (" " + projection).find(" +" + key + "=");
  if (at == std::string::npos) return std::nullopt;
  const std::string rest = projection.substr(at + key.size() + 2);
  return rest.substr(0, rest.find(' '));
}

double number(const std::string& projection, const std::vector<const char*>& keys,
              double fallback) {
  for (const char* key : keys)
    if (const auto text = entry(projection, key)) return std::strtod(text->c_str(), nullptr);
  return fallback;
}

void set(NetCdfFile& file, const char* attribute, std::vector<double> values) {
  file.setNumbers("crs", attribute, values);
}

/// Polar or oblique; both with a parallel of true scale or a factor.
void writeStereographic(NetCdfFile& file, const std::string& projection) {
  const double latitude = number(projection, {"lat_0"}, 90.0);
  const bool polar = std::abs(std::abs(latitude) - 90.0) < 1e-9;
  file.setText("crs", "grid_mapping_name", polar ? "polar_stereographic" : "stereographic");
  const double longitude = number(projection, {"lon_0"}, 0.0);
  set(file, polar ? "straight_vertical_longitude_from_pole" : "longitude_of_projection_origin",
      {longitude});
  set(file, "latitude_of_projection_origin", {latitude});
  if (polar && entry(projection, "lat_ts"))
    set(file, "standard_parallel", {number(projection, {"lat_ts"}, latitude)});
  else
    set(file, "scale_factor_at_projection_origin", {number(projection, {"k_0", "k"}, 1.0)});
  set(file, "false_easting", {number(projection, {"x_0"}, 0.0)});
  set(file, "false_northing", {number(projection, {"y_0"}, 0.0)});
}

/// UTM is a transverse Mercator projection with everything fixed but its zone.
void writeUtm(NetCdfFile& file, const std::string& projection) {
  const double zone = number(projection, {"zone"}, 31.0);
  file.setText("crs", "grid_mapping_name", "transverse_mercator");
  set(file, "longitude_of_central_meridian", {6.0 * zone - 183.0});
  set(file, "latitude_of_projection_origin", {0.0});
  set(file, "scale_factor_at_central_meridian", {0.9996});
  set(file, "false_easting", {500000.0});
  set(file, "false_northing", {projection.find("+south") == std::string::npos ? 0.0 : 1e7});
}

void writeMercator(NetCdfFile& file, const std::string& projection) {
  file.setText("crs", "grid_mapping_name", "mercator");
  set(file, "longitude_of_projection_origin", {number(projection, {"lon_0"}, 0.0)});
  if (entry(projection, "lat_ts"))
    set(file, "standard_parallel", {number(projection, {"lat_ts"}, 0.0)});
  else
    set(file, "scale_factor_at_projection_origin", {number(projection, {"k_0", "k"}, 1.0)});
  set(file, "false_easting", {number(projection, {"x_0"}, 0.0)});
  set(file, "false_northing", {number(projection, {"y_0"}, 0.0)});
}

void writeEqualAreaCylinder(NetCdfFile& file, const std::string& projection) {
  file.setText("crs", "grid_mapping_name", "lambert_cylindrical_equal_area");
  set(file, "longitude_of_central_meridian", {number(projection, {"lon_0"}, 0.0)});
  set(file, "standard_parallel", {number(projection, {"lat_ts"}, 0.0)});
  set(file, "false_easting", {number(projection, {"x_0"}, 0.0)});
  set(file, "false_northing", {number(projection, {"y_0"}, 0.0)});
}

/// Conic projections have one or two parallels that keep their length.
void writeParallels(NetCdfFile& file, const std::string& projection) {
  const auto first = entry(projection, "lat_1");
  const auto second = entry(projection, "lat_2");
  std::vector<double> parallels;
  if (first) parallels.push_back(std::strtod(first->c_str(), nullptr));
  if (second && second != first) parallels.push_back(std::strtod(second->c_str(), nullptr));
  if (!parallels.empty()) set(file, "standard_parallel", parallels);
}

void writeEarth(NetCdfFile& file, const std::string& projection) {
  const auto earth = earthShapeOf(projection);
  if (!earth) return;
  if (earth->semiMajor == earth->semiMinor) return set(file, "earth_radius", {earth->semiMajor});
  set(file, "semi_major_axis", {earth->semiMajor});
  set(file, "semi_minor_axis", {earth->semiMinor});
}

}  // namespace

void writeCfProjection(NetCdfFile& file, const std::string& projection) {
  const std::string text = projTextFromProjection(projection);
  const std::string kind = entry(text, "proj").value_or("");
  writeEarth(file, projection);
  if (kind == "stere") return writeStereographic(file, text);
  if (kind == "utm") return writeUtm(file, text);
  if (kind == "merc") return writeMercator(file, text);
  if (kind == "cea") return writeEqualAreaCylinder(file, text);
  for (const Mapping& mapping : mappings()) {
    if (kind != mapping.proj && !(kind == "latlong" && mapping.parameters.empty())) continue;
    file.setText("crs", "grid_mapping_name", mapping.name);
    for (const Parameter& parameter : mapping.parameters)
      set(file, parameter.attribute, {number(text, parameter.keys, parameter.fallback)});
    if (kind == "lcc" || kind == "aea") writeParallels(file, text);
  }
}

}  // namespace stormloom
