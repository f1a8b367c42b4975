#include "core/formats/cf_axes.h"

#include <algorithm>
#include <cmath>

#include "core/errors.h"
#include "core/formats/cf_projection.h"
#include "core/geo_reference.h"

namespace stormloom {
namespace {

constexpr std::size_t kMostCellsAside = 20000;
constexpr double kEvenness = 0.05;  // of a cell: coordinates in single precision are as uneven

enum class Direction { None, X, Y };

/// One map axis: outer edges of its first and last cell in file order, in metres or degrees.
struct Axis {
  double begin = 0.0;
  double end = 0.0;
  std::size_t count = 0;
  bool inDegrees = false;
  double metres = 1.0;  ///< of the file's unit
};

bool isDegrees(const std::string& units) { return units.starts_with("degree") || units == "deg"; }

Direction directionOf(const NetCdfSource& file, const std::string& name) {
  const std::string standard = file.text(name, "standard_name"), units = file.text(name, "units");
  const std::string axis = file.text(name, "axis");
  if (standard == "projection_x_coordinate" || standard == "longitude" ||
      standard == "grid_longitude" || units == "degrees_east" || axis == "X") {
    return Direction::X;
  }
  if (standard == "projection_y_coordinate" || standard == "latitude" ||
      standard == "grid_latitude" || units == "degrees_north" || axis == "Y") {
    return Direction::Y;
  }
  const std::string last = name.substr(name.rfind('/') + 1);
  const auto is = [&](std::initializer_list<const char*> names) {
    return std::ranges::any_of(names, [&](const char* known) { return last == known; });
  };
  if (is({"x", "lon", "longitude", "easting", "X", "Lon"})) return Direction::X;
  if (is({"y", "lat", "latitude", "northing", "Y", "Lat"})) return Direction::Y;
  return Direction::None;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

/// Angles of a geostationary view become metres by the satellite's height.
double metresIn(const std::string& written, const std::string& path, double metresARadian) {
  const std::string units = lower(written);
  if (isDegrees(units) || units == "m" || units.starts_with("met")) return 1.0;
  if (units == "km" || units.starts_with("kilomet")) return 1000.0;
  if (units.starts_with("rad") && metresARadian > 0.0) return metresARadian;
  if (units.starts_with("microrad") && metresARadian > 0.0) return 1e-6 * metresARadian;
  throw IoError(path + ": its grid's axes are in \"" + units +
                "\", not in metres, kilometres or degrees. " + "Fetch the file again.");
}

/// Rainfields files before CF-1.7 have no bounds, and coordinates from -128 to 127.5 on a grid that
/// is centred on the radar: they are edges, not centres.
bool holdsEdges(const NetCdfSource& file, const std::vector<double>& values, double step) {
  const std::string source = lower(file.text("", "source") + file.text("", "institution"));
  const bool rainfields = source.find("rainfields") != std::string::npos ||
                          source.find("bureau of meteorology") != std::string::npos;
  return rainfields && std::abs(std::abs(values.front() + values.back()) - std::abs(step)) <
                           1e-6 * std::abs(step);
}

/// Longitude or latitude by its name, where it has no unit.
bool isAngle(const NetCdfSource& file, const std::string& name) {
  const std::string standard = file.text(name, "standard_name");
  const std::string small = lower(name.substr(name.rfind('/') + 1));
  return standard == "longitude" || standard == "latitude" || small == "lon" || small == "lat" ||
         small == "longitude" || small == "latitude";
}

std::optional<std::pair<double, double>> outerBounds(const NetCdfSource& file,
                                                     const std::string& name, std::size_t count) {
  const std::string bounds = file.meantBy(name, file.text(name, "bounds"));
  if (bounds.empty()) return {};
  const std::vector<double> edges = file.coordinate(bounds);
  if (edges.size() != 2 * count) return {};
  const bool rising = edges[0] + edges[1] < edges[2 * count - 2] + edges[2 * count - 1];
  const auto [low0, high0] = std::minmax(edges[0], edges[1]);
  const auto [low1, high1] = std::minmax(edges[2 * count - 2], edges[2 * count - 1]);
  return rising ? std::pair(low0, high1) : std::pair(high0, low1);
}

/// 359.5, 0.5 or 179.5, -179.5: longitudes go on beyond the turn.
void goOnBeyondTheTurn(std::vector<double>& longitudes) {
  constexpr double kTurn = 360.0;
  for (std::size_t k = 1; k < longitudes.size(); ++k) {
    const double jump = longitudes[k] - longitudes[k - 1];
    if (std::abs(jump) > 0.5 * kTurn && std::abs(jump) < 1.5 * kTurn)
      longitudes[k] -= std::copysign(kTurn, jump);
  }
}

double stepOf(const std::vector<double>& values) {
  return values.size() > 1 ? (values.back() - values.front()) / double(values.size() - 1) : 0.0;
}

bool isEven(const std::vector<double>& values) {
  const double step = stepOf(values);
  bool even = step != 0.0 && std::isfinite(step) && values.size() <= kMostCellsAside;
  for (std::size_t k = 0; even && k < values.size(); ++k)
    even = std::abs(values[k] - (values.front() + double(k) * step)) < kEvenness * std::abs(step);
  return even;
}

Axis axisOf(const NetCdfSource& file, const std::string& name, double metresARadian) {
  std::vector<double> values = file.coordinate(name);
  const std::string units = file.text(name, "units");
  if (isDegrees(units)) goOnBeyondTheTurn(values);
  const std::size_t count = values.size();
  const double step = stepOf(values);
  if (!isEven(values)) {
    throw IoError(file.path() + ": its axis " + name +
                  (file.find(name) && file.find(name)->lengths.size() > 1
                       ? " has two dimensions that no projection is said for, so its cells lie on a bent grid. "
                         "Put it on a plain one first (gdalwarp -geoloc, cdo remapbil)."
                       : " is not evenly spaced, or too long. Only plain grids can be opened."));
  }
  const double metres = metresIn(units.empty() ? (isAngle(file, name) ? "degrees" : "m") : units, file.path(), metresARadian);
  double begin = values.front() - 0.5 * step, end = values.back() + 0.5 * step;
  if (const auto bounds = outerBounds(file, name, count)) {
    begin = bounds->first;
    end = bounds->second;
  } else if (holdsEdges(file, values, step)) {
    begin = -0.5 * double(count) * step;
    end = -begin;
  }
  const bool inDegrees = isDegrees(units) || (units.empty() && isAngle(file, name));
  return {begin * metres, end * metres, count, inDegrees, metres};
}

/// The mapping that the variable names, or the only one there is.
std::string mappingOf(const NetCdfSource& file, const NetCdfVariable& variable) {
  std::string named = file.text(variable.name, "grid_mapping");
  named.resize(
      std::min(named.find_first_of(": "), named.size()));  // CF 1.7's long form: "crs: x y"
  named = file.meantBy(variable.name, named);
  if (!named.empty()) return named;
  for (const NetCdfVariable& other : file.variables()) {
    if (!file.text(other.name, "grid_mapping_name").empty()) return other.name;
  }
  return {};
}

std::string projectionOf(const NetCdfSource& file, const NetCdfVariable& variable, const Axis& x) {
  const std::string mapping = mappingOf(file, variable);
  if (x.inDegrees) return degreesFromCf(file, mapping);
  if (mapping.empty()) {
    throw IoError(file.path() + ": its variable " + variable.name +
                  " names no map projection (grid_mapping). Choose a product that does.");
  }
  return projectionFromCf(file, mapping, x.metres);
}

/// Degrees about a turned pole become metres on a map that is turned likewise.
std::string turnPole(const RotatedMap& map, Axis& x, Axis& y) {
  constexpr double kHalfTurn = 180.0;
  if (std::min(x.begin, x.end) > kHalfTurn - kEvenness) {
    x.begin -= 2.0 * kHalfTurn;
    x.end -= 2.0 * kHalfTurn;
  }
  for (Axis* axis : {&x, &y}) {
    axis->begin *= map.metresADegree;
    axis->end *= map.metresADegree;
    axis->inDegrees = false;
  }
  return map.projection;
}

/// Longitude and latitude of each cell, as variables over the same two dimensions.
struct CellPlaces {
  std::string lon, lat;
};

std::optional<CellPlaces> cellPlacesOf(const NetCdfSource& file, const NetCdfVariable& variable) {
  const auto along = [&](const std::string& dimension) {
    return std::ranges::find(variable.dimensions, dimension) != variable.dimensions.end();
  };
  CellPlaces places;
  for (const NetCdfVariable& other : file.variables()) {
    const bool ofItsCells = other.dimensions.size() == 2 && std::ranges::all_of(other.dimensions, along);
    if (!ofItsCells || other.name == variable.name || !isAngle(file, other.name)) continue;
    (directionOf(file, other.name) == Direction::X ? places.lon : places.lat) = other.name;
  }
  const NetCdfVariable* const lon = file.find(places.lon);
  const NetCdfVariable* const lat = file.find(places.lat);
  if (lon == nullptr || lat == nullptr || lon->dimensions != lat->dimensions) return {};
  return places;
}

[[noreturn]] void refuseCurved(const NetCdfSource& file, const NetCdfVariable& variable) {
  throw IoError(file.path() + ": its variable " + variable.name +
                " lies on a bent grid: each cell has a longitude and latitude of its own, and no map projection is "
                "named. Carry it to a plain grid first (for example with cdo remapbil).");
}

/// What two axes would say of cells whose places are `xs` and `ys`, so many in a line of the file.
struct PlainCells {
  std::vector<double> x, y;
  bool columnsFirst = false;

  PlainCells(const std::vector<double>& xs, const std::vector<double>& ys, std::size_t line, bool inDegrees)
      : columnsFirst(std::abs(xs[1 % xs.size()] - xs[0]) < std::abs(ys[1 % ys.size()] - ys[0])) {
    const std::vector<double>&inner = columnsFirst ? ys : xs, &outer = columnsFirst ? xs : ys;
    std::vector<double>&along = columnsFirst ? y : x, &across = columnsFirst ? x : y;
    along.assign(inner.begin(), inner.begin() + std::ptrdiff_t(line));
    for (std::size_t k = 0; k < outer.size(); k += line) across.push_back(outer[k]);
    if (inDegrees) goOnBeyondTheTurn(x);
  }
  /// Whether each cell lies where the axes say.
  bool holdFor(const std::vector<double>& xs, const std::vector<double>& ys, std::size_t line, bool inDegrees) const {
    if (!isEven(x) || !isEven(y)) return false;
    const double mostX = kEvenness * std::abs(stepOf(x)), mostY = kEvenness * std::abs(stepOf(y));
    for (std::size_t k = 0; k < xs.size(); ++k) {
      const double offX = xs[k] - x[columnsFirst ? k / line : k % line];
      const double offY = ys[k] - y[columnsFirst ? k % line : k / line];
      if (!(std::abs(inDegrees ? std::remainder(offX, 360.0) : offX) < mostX) || !(std::abs(offY) < mostY)) return false;
    }
    return true;
  }
};

/// Cells whose places say one by one what two axes would say: plain on the map that is named, or in degrees.
CfGrid gridOfCells(const NetCdfSource& file, const NetCdfVariable& variable, const CellPlaces& places) {
  const NetCdfVariable& lat = *file.find(places.lat);
  const std::string mapping = mappingOf(file, variable);
  const bool inDegrees = mapping.empty() || file.text(mapping, "grid_mapping_name") == "latitude_longitude";
  const std::string map = inDegrees ? degreesFromCf(file, mapping) : projectionFromCf(file, mapping, 1.0);
  std::vector<double> xs = file.coordinate(places.lon), ys = file.coordinate(places.lat);
  const MapProjection projection(map);
  for (std::size_t k = 0; k < xs.size() && !inDegrees; ++k) {
    const ProjectedPoint point = projection.forward({xs[k], ys[k]});
    xs[k] = point.x, ys[k] = point.y;
  }
  const PlainCells plain(xs, ys, lat.lengths[1], inDegrees);
  if (!plain.holdFor(xs, ys, lat.lengths[1], inDegrees)) refuseCurved(file, variable);
  const auto placeOf = [&](const std::string& dimension) {
    return std::size_t(std::ranges::find(variable.dimensions, dimension) - variable.dimensions.begin());
  };
  const double width = std::abs(stepOf(plain.x)), height = std::abs(stepOf(plain.y));
  const double west = std::min(plain.x.front(), plain.x.back()), north = std::max(plain.y.front(), plain.y.back());
  return CfGrid{GeoReference(map, west - 0.5 * width, north + 0.5 * height, width, height, int(plain.x.size()),
                             int(plain.y.size())),
                placeOf(lat.dimensions[0]), placeOf(lat.dimensions[1]), plain.columnsFirst, stepOf(plain.y) > 0.0,
                stepOf(plain.x) < 0.0};
}

/// Which two dimensions are x and y. Most files have them last, as (time, y, x); some have (y, x,
/// time).
std::optional<std::pair<std::size_t, std::size_t>> planeOf(const NetCdfSource& file,
                                                           const NetCdfVariable& variable) {
  std::vector<std::pair<std::size_t, Direction>> found;
  for (std::size_t k = 0; k < variable.dimensions.size(); ++k) {
    const std::string coordinate = file.meantBy(variable.name, variable.dimensions[k]);
    const Direction direction =
        coordinate.empty() ? Direction::None : directionOf(file, coordinate);
    if (direction != Direction::None) found.emplace_back(k, direction);
  }
  if (found.size() != 2 || found[0].second == found[1].second) return {};
  return std::pair(found[0].first, found[1].first);
}

/// Whether the plane's axes are in degrees, or on a map that is named.
bool saysMap(const NetCdfSource& file, const NetCdfVariable& variable, const std::pair<std::size_t, std::size_t>& plane) {
  const std::string inner = file.meantBy(variable.name, variable.dimensions[plane.second]);
  return isDegrees(file.text(inner, "units")) || isAngle(file, inner) || !mappingOf(file, variable).empty();
}

}  // namespace

std::optional<CfGrid> cfGridOf(const NetCdfSource& file, const NetCdfVariable& variable) {
  if (variable.dimensions.size() < 2) return {};
  const auto plane = planeOf(file, variable);
  const auto cells = cellPlacesOf(file, variable);
  if (!plane && !cells) return {};
  if (!plane || (cells && !saysMap(file, variable, *plane))) return gridOfCells(file, variable, *cells);
  const auto [outerAt, innerAt] = *plane;
  const std::string outer = file.meantBy(variable.name, variable.dimensions[outerAt]);
  const std::string inner = file.meantBy(variable.name, variable.dimensions[innerAt]);
  const bool columnsFirst = directionOf(file, outer) == Direction::X;
  const std::string mapping = mappingOf(file, variable);
  const double height =
      mapping.empty() ? 0.0 : file.number(mapping, "perspective_point_height").value_or(0.0);
  Axis x = axisOf(file, columnsFirst ? outer : inner, height);
  Axis y = axisOf(file, columnsFirst ? inner : outer, height);
  if (x.inDegrees != y.inDegrees) return {};
  const std::optional<RotatedMap> turnedMap =
      x.inDegrees && !mapping.empty() ? rotatedMapFromCf(file, mapping) : std::nullopt;
  const std::string map = turnedMap ? turnPole(*turnedMap, x, y) : projectionOf(file, variable, x);
  return CfGrid{
      GeoReference(map, std::min(x.begin, x.end), std::max(y.begin, y.end),
                   std::abs(x.end - x.begin) / double(x.count),
                   std::abs(y.end - y.begin) / double(y.count), int(x.count), int(y.count)),
      outerAt, innerAt, columnsFirst, y.begin<y.end, x.begin> x.end};
}

RadarGrid turned(RadarGrid grid, const CfGrid& place) {
  if (!place.columnsFirst && !place.southFirst && !place.eastFirst) return grid;
  RadarGrid result(place.geo.width(), place.geo.height());
  for (int row = 0; row < result.height(); ++row) {
    const int y = place.southFirst ? result.height() - 1 - row : row;
    for (int col = 0; col < result.width(); ++col) {
      const int x = place.eastFirst ? result.width() - 1 - col : col;
      const float value = place.columnsFirst ? grid.at(x, y) : grid.at(y, x);
      result.set(row, col, value, CellState::Measured);
    }
  }
  return result;
}

}  // namespace stormloom
