// Products as CF-1.8 NetCDF.
#include <algorithm>
#include <cmath>

#include "core/cf_grid.h"
#include "core/export_files.h"

namespace stormloom {

namespace {

/// The axes before (y, x): what the maps differ by, each value once.
struct ProductAxes {
  std::vector<double> nSigma;  ///< empty where no intensity was asked for
  std::vector<int> members;    ///< empty where maps are of all members
  std::vector<ValidTime> times;

  std::vector<std::string> dimensions() const {
    std::vector<std::string> names;
    if (!nSigma.empty()) names.push_back("scenario");
    if (!members.empty()) names.push_back("realization");
    names.push_back("time");
    return names;
  }
  std::vector<std::size_t> indexOf(const ProductMap& map) const {
    const auto in = [](const auto& values, const auto& value) {
      return std::size_t(std::ranges::find(values, value) - values.begin());
    };
    std::vector<std::size_t> index;
    if (!nSigma.empty()) index.push_back(in(nSigma, map.nSigma));
    if (!members.empty()) index.push_back(in(members, map.member));
    index.push_back(in(times, map.until));
    return index;
  }
};

template <class Value>
void addOnce(std::vector<Value>& values, const Value& value) {
  if (std::ranges::find(values, value) == values.end()) values.push_back(value);
}

ProductAxes axesOf(const Product& product) {
  ProductAxes axes;
  for (const ProductMap& map : product.maps) {
    if (!std::isnan(map.nSigma)) addOnce(axes.nSigma, map.nSigma);
    if (map.member >= 0) addOnce(axes.members, map.member);
    addOnce(axes.times, map.until);
  }
  std::ranges::sort(axes.times);
  return axes;
}

double secondsOf(ValidTime time) { return double(time.time_since_epoch().count()); }

void writeTimes(NetCdfFile& file, const Product& product, const ProductAxes& axes) {
  std::vector<double> values;
  for (const ValidTime time : axes.times) values.push_back(secondsOf(time));
  file.addDimension("time", values.size());
  file.addVariable("time", NetCdfFile::Type::Double, {"time"});
  file.setText("time", "standard_name", "time");
  file.setText("time", "units", kCfTimeUnit);
  file.setText("time", "calendar", "standard");
  file.setText("time", "axis", "T");
  file.writeDoubles("time", values);
  const bool spans = std::ranges::any_of(
      product.maps, [](const ProductMap& map) { return map.from != map.until; });
  if (!spans) return;
  file.setText("time", "bounds", "time_bnds");
  file.addVariable("time_bnds", NetCdfFile::Type::Double, {"time", "nv"});
  std::vector<double> bounds(2 * values.size());
  for (const ProductMap& map : product.maps) {
    const std::size_t k = axes.indexOf(map).back();
    bounds[2 * k] = secondsOf(map.from);
    bounds[2 * k + 1] = secondsOf(map.until);
  }
  file.writeDoubles("time_bnds", bounds);
}

void writeRunTime(NetCdfFile& file, const Product& product, const ProductAxes& axes) {
  file.addVariable("forecast_reference_time", NetCdfFile::Type::Double, {});
  file.setText("forecast_reference_time", "standard_name", "forecast_reference_time");
  file.setText("forecast_reference_time", "units", kCfTimeUnit);
  file.setText("forecast_reference_time", "calendar", "standard");
  file.writeDoubles("forecast_reference_time",
                    {secondsOf(product.runTime)});
  std::vector<double> periods;
  for (const ValidTime time : axes.times) periods.push_back(double((time - product.runTime).count()));
  file.addVariable("forecast_period", NetCdfFile::Type::Double, {"time"});
  file.setText("forecast_period", "standard_name", "forecast_period");
  file.setText("forecast_period", "units", "s");
  file.writeDoubles("forecast_period", periods);
}

void writeScenarios(NetCdfFile& file, const ProductAxes& axes) {
  if (!axes.nSigma.empty()) {
    file.addDimension("scenario", axes.nSigma.size());
    file.addVariable("n_sigma", NetCdfFile::Type::Double, {"scenario"});
    file.setText("n_sigma", "long_name",
                 "anticipated intensity: standard deviations above what the context lets expect");
    file.setText("n_sigma", "units", "1");
    file.writeDoubles("n_sigma", axes.nSigma);
  }
  if (axes.members.empty()) return;
  file.addDimension("realization", axes.members.size());
  file.addVariable("realization", NetCdfFile::Type::Int32, {"realization"});
  file.setText("realization", "standard_name", "realization");
  file.setText("realization", "units", "1");
  file.writeDoubles("realization", {axes.members.begin(), axes.members.end()});
}

/// The finest round step with which the largest value fits 16 bits.
double packingStepOf(const Product& product) {
  constexpr double kMostSteps = 32000.0;
  double largest = 0.0;
  for (const ProductMap& map : product.maps)
    for (const float value : map.grid->values())
      if (std::isfinite(value)) largest = std::max(largest, double(std::abs(value)));
  for (double unit = 1e-4;; unit *= 10.0)
    for (const double factor : {1.0, 2.0, 5.0})
      if (largest <= kMostSteps * factor * unit) return factor * unit;
}

/// Whether cells are more than measured or outside, which is all that the packed field keeps apart.
bool needsStates(const Product& product) {
  return std::ranges::any_of(product.maps, [](const ProductMap& map) {
    return std::ranges::any_of(map.grid->states(), [](CellState state) {
      return state == CellState::BelowDetection || state == CellState::Missing;
    });
  });
}

void writeGlobals(NetCdfFile& file, const Product& product, const Receipt& receipt) {
  file.setText("", "Conventions", "CF-1.8");
  const std::string& title = product.observed.empty() ? product.longName : product.observed;
  file.setText("", "title", title + (product.synthetic ? ", synthetic event" : ""));
  // CF's institution is who made the data, not who wrote the file.
  file.setText("", "institution", product.attribution.empty() ? "made with Stormloom" : product.attribution);
  file.setText("", "source", product.title);
  file.setText("", "history", receipt.commandLine);
  for (const auto& [name, value] : receiptAttributes(receipt)) file.setText("", name, value);
}

void writeMaps(NetCdfFile& file, const Product& product, const ProductAxes& axes,
               const std::string& coordinates) {
  std::vector<std::string> dimensions = axes.dimensions();
  dimensions.insert(dimensions.end(), {"y", "x"});
  const std::string& name = product.name;
  const PackedField field{name, packingStepOf(product)};
  addPackedField(file, field, dimensions);
  file.setText(name, "long_name", product.longName);
  file.setText(name, "units", product.units);
  nameAsCf(file, name, product.units);
  if (!product.cellMethods.empty()) file.setText(name, "cell_methods", product.cellMethods);
  if (!coordinates.empty()) file.setText(name, "coordinates", coordinates);
  const bool states = needsStates(product);
  if (states) {
    addStateField(file, name + "_state", dimensions);
    file.setText(name, "ancillary_variables", name + "_state");
  }
  for (const ProductMap& map : product.maps) {
    writePackedGrid(file, field, axes.indexOf(map), *map.grid);
    if (states) writeStateGrid(file, name + "_state", axes.indexOf(map), *map.grid);
  }
}

}  // namespace

void writeProductNetCdf(const std::string& path, const Product& product, const Receipt& receipt) {
  NetCdfFile file = NetCdfFile::create(path);
  const ProductAxes axes = axesOf(product);
  writeGlobals(file, product, receipt);
  writeCfGrid(file, product.geo);
  writeScenarios(file, axes);
  writeTimes(file, product, axes);
  std::string coordinates = axes.nSigma.empty() ? "" : "n_sigma";
  if (product.runTime != ValidTime{}) {
    writeRunTime(file, product, axes);
    coordinates = "forecast_reference_time forecast_period" +
                  (coordinates.empty() ? "" : " " + coordinates);
  }
  writeMaps(file, product, axes, coordinates);
  file.commit();
}

}  // namespace stormloom
