#include "core/cf_grid.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/cf_projection.h"
#include "core/errors.h"

namespace stormloom {
namespace {

constexpr std::int16_t kFill = std::numeric_limits<std::int16_t>::min();

std::vector<double> centres(double first, double step, int count) {
  std::vector<double> positions;
  for (int k = 0; k < count; ++k) positions.push_back(first + (k + 0.5) * step);
  return positions;
}

std::vector<double> edges(double first, double step, int count) {
  std::vector<double> pairs;
  for (int k = 0; k < count; ++k) {
    pairs.push_back(first + k * step);
    pairs.push_back(first + (k + 1) * step);
  }
  return pairs;
}

void writeAxis(NetCdfFile& file, const std::string& name, bool geographic, double first,
               double step, int count) {
  const bool isX = name == "x";
  file.addDimension(name, std::size_t(count));
  file.addVariable(name, NetCdfFile::Type::Double, {name});
  file.setText(name, "axis", isX ? "X" : "Y");
  if (geographic) {
    file.setText(name, "standard_name", isX ? "longitude" : "latitude");
    file.setText(name, "units", isX ? "degrees_east" : "degrees_north");
  } else {
    file.setText(name, "standard_name",
                 isX ? "projection_x_coordinate" : "projection_y_coordinate");
    file.setText(name, "units", "m");
  }
  file.setText(name, "bounds", name + "_bnds");
  file.writeDoubles(name, centres(first, step, count));
  file.addVariable(name + "_bnds", NetCdfFile::Type::Double, {name, "nv"});
  file.writeDoubles(name + "_bnds", edges(first, step, count));
}

std::vector<std::size_t> slabStart(const std::vector<std::size_t>& leading) {
  std::vector<std::size_t> start = leading;
  start.insert(start.end(), {0, 0});
  return start;
}

std::vector<std::size_t> slabCount(const std::vector<std::size_t>& leading, std::size_t height,
                                   std::size_t width) {
  std::vector<std::size_t> count(leading.size(), 1);
  count.insert(count.end(), {height, width});
  return count;
}

std::int16_t packed(float value, double step) {
  if (!std::isfinite(value)) return kFill;
  const double steps = std::clamp(std::round(value / step), -32767.0, 32767.0);
  return std::int16_t(steps);
}

}  // namespace

void writeGridMapping(NetCdfFile& file, const GeoReference& geo) {
  const std::string& projection = geo.projection();
  file.addVariable("crs", NetCdfFile::Type::Int32, {});
  file.setText("crs", "proj4_text", projection);
  writeCfProjection(file, projection);
  const std::string wkt = wktFromProjection(projection);
  if (wkt.empty()) return;
  file.setText("crs", "crs_wkt", wkt);
  file.setText("crs", "spatial_ref", wkt);
}

void writeCfGrid(NetCdfFile& file, const GeoReference& geo) {
  file.addDimension("nv", 2);
  writeAxis(file, "y", geo.isGeographic(), geo.top(), -geo.cellHeight(), geo.height());
  writeAxis(file, "x", geo.isGeographic(), geo.left(), geo.cellWidth(), geo.width());
  writeGridMapping(file, geo);
}

GeoReference readCfGrid(const NetCdfFile& file) {
  const std::vector<double> x = file.doubles("x");
  const std::vector<double> y = file.doubles("y");
  const std::string projection = file.text("crs", "proj4_text");
  if (x.size() < 2 || y.size() < 2 || projection.empty()) {
    throw IoError("The NetCDF file has no grid mapping of Stormloom's (x, y, crs).");
  }
  const double cellWidth = (x.back() - x.front()) / double(x.size() - 1);
  const double cellHeight = (y.front() - y.back()) / double(y.size() - 1);
  if (!(cellWidth > 0.0) || !(cellHeight > 0.0)) {
    throw IoError("The NetCDF file's axes do not run eastward and southward.");
  }
  return GeoReference(projection, x.front() - 0.5 * cellWidth, y.front() + 0.5 * cellHeight,
                      cellWidth, cellHeight, int(x.size()), int(y.size()));
}

void writeCfTimes(NetCdfFile& file, const std::string& name, const FrameSequence& sequence) {
  std::vector<double> times;
  for (const Frame& frame : sequence.frames) {
    times.push_back(double(frame.validTime.time_since_epoch().count()));
  }
  file.addDimension(name, times.size());
  file.addVariable(name, NetCdfFile::Type::Double, {name});
  file.setText(name, "standard_name", "time");
  file.setText(name, "units", kCfTimeUnit);
  file.setText(name, "calendar", "standard");
  if (name == "time") file.setText(name, "axis", "T");
  file.writeDoubles(name, times);
}

std::vector<ValidTime> readCfTimes(const NetCdfFile& file, const std::string& name) {
  std::vector<ValidTime> times;
  for (const double value : file.doubles(name)) {
    if (!(std::abs(value) < 1e11)) throw IoError("The NetCDF file's " + name + " is no time.");
    times.emplace_back(seconds(std::llround(value)));
  }
  return times;
}

void addPackedField(NetCdfFile& file, const PackedField& field,
                    const std::vector<std::string>& dimensions) {
  file.addVariable(field.name, NetCdfFile::Type::Int16, dimensions);
  file.addFill(field.name, kFill);
  file.setNumbers(field.name, "scale_factor", {field.step});
  file.setNumbers(field.name, "add_offset", {0.0});
  file.setText(field.name, "grid_mapping", "crs");
}

void addPackedField(NetCdfFile& file, const std::string& name,
                    const std::vector<std::string>& dimensions, Quantity quantity) {
  addPackedField(file, {name, kPackingStep}, dimensions);
  const bool digital = quantity == Quantity::VilDigital;
  file.setText(
      name, "long_name",
      std::string(quantityName(quantity)) + (digital ? ", digital, on SEVIR's 0-255 scale" : ""));
  file.setText(name, "units", digital ? "1" : std::string(unitText(quantity)));
  if (!digital) nameAsCf(file, name, std::string(unitText(quantity)));
}

void nameAsCf(NetCdfFile& file, const std::string& variable, const std::string& units) {
  const std::pair<const char*, const char*> known[] = {
      {"mm/h", "lwe_precipitation_rate"},
      {"mm", "lwe_thickness_of_precipitation_amount"},
      {"dBZ", "equivalent_reflectivity_factor"},
      {"kg/m2", "atmosphere_mass_content_of_liquid_precipitation"}};
  for (const auto& [unit, name] : known)
    if (units == unit) file.setText(variable, "standard_name", name);
}

void addStateField(NetCdfFile& file, const std::string& name,
                   const std::vector<std::string>& dimensions) {
  file.addVariable(name, NetCdfFile::Type::Int8, dimensions);
  file.setText(name, "long_name", "what is known about the cell");
  file.setFlags(name, "flag_values", {0, 1, 2, 3});
  file.setText(name, "flag_meanings", "measured below_detection missing outside_coverage");
  file.setText(name, "grid_mapping", "crs");
}

void writePackedGrid(NetCdfFile& file, const PackedField& field,
                     const std::vector<std::size_t>& leading, const RadarGrid& grid) {
  std::vector<std::int16_t> values(grid.size());
  std::transform(grid.values().begin(), grid.values().end(), values.begin(),
                 [&](float value) { return packed(value, field.step); });
  file.writeShorts(field.name, slabStart(leading),
                   slabCount(leading, std::size_t(grid.height()), std::size_t(grid.width())),
                   values);
}

void writeStateGrid(NetCdfFile& file, const std::string& name,
                    const std::vector<std::size_t>& leading, const RadarGrid& grid) {
  std::vector<std::int8_t> states(grid.size());
  std::transform(grid.states().begin(), grid.states().end(), states.begin(),
                 [](CellState state) { return std::int8_t(state); });
  file.writeBytes(name, slabStart(leading),
                  slabCount(leading, std::size_t(grid.height()), std::size_t(grid.width())),
                  states);
}

std::shared_ptr<const RadarGrid> readPackedGrid(const NetCdfFile& file, const std::string& name,
                                                const std::string& stateName,
                                                const std::vector<std::size_t>& leading,
                                                Quantity quantity) {
  const std::vector<std::size_t> shape = file.shape(name);
  if (shape.size() != leading.size() + 2) {
    throw IoError("The NetCDF variable " + name + " has an unexpected number of dimensions.");
  }
  const std::size_t height = shape[shape.size() - 2];
  const std::size_t width = shape.back();
  const std::vector<std::size_t> start = slabStart(leading);
  const std::vector<std::size_t> count = slabCount(leading, height, width);
  const std::vector<std::int16_t> values = file.shorts(name, start, count);
  std::vector<std::int8_t> states;
  if (!stateName.empty()) states = file.bytes(stateName, start, count);
  auto grid = std::make_shared<RadarGrid>(int(width), int(height));
  for (std::size_t i = 0; i < values.size(); ++i) {
    CellState state = values[i] == kFill ? CellState::Missing : CellState::Measured;
    if (!states.empty() && states[i] >= 0 && states[i] <= 3) state = CellState(states[i]);
    grid->states()[i] = state;
    if (state == CellState::Measured) grid->values()[i] = float(values[i] * kPackingStep);
    if (state == CellState::BelowDetection) grid->values()[i] = belowDetectionValue(quantity);
  }
  return grid;
}

}  // namespace stormloom
