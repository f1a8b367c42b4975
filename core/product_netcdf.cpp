// Products as CF-1.8 NetCDF.
#include <algorithm>
#include <cmath>

#include "core/cf_grid.h"
#include "core/export_files.h"

namespace stormloom {

namespace {

std::vector<double> secondsOf(const Product& product, ValidTime ProductMap::*time) {
  std::vector<double> values;
  for (const ProductMap& map : product.maps)
    values.push_back(double((map.*time).time_since_epoch().count()));
  return values;
}

/// One map after the other in time makes a time axis; maps of several members share times, so they
/// get an axis of their own.
bool timesRise(const Product& product) {
  return std::adjacent_find(product.maps.begin(), product.maps.end(),
                            [](const ProductMap& a, const ProductMap& b) {
                              return a.until >= b.until;
                            }) == product.maps.end();
}

void writeTimes(NetCdfFile& file, const Product& product, const std::string& axis) {
  file.addDimension(axis, product.maps.size());
  file.addVariable("time", NetCdfFile::Type::Double, {axis});
  file.setText("time", "standard_name", "time");
  file.setText("time", "units", kCfTimeUnit);
  file.setText("time", "calendar", "standard");
  if (axis == "time") file.setText("time", "axis", "T");
  file.writeDoubles("time", secondsOf(product, &ProductMap::until));
  const bool spans = std::any_of(product.maps.begin(), product.maps.end(),
                                 [](const ProductMap& map) { return map.from != map.until; });
  if (!spans) return;
  file.setText("time", "bounds", "time_bnds");
  file.addVariable("time_bnds", NetCdfFile::Type::Double, {axis, "nv"});
  std::vector<double> bounds;
  const std::vector<double> from = secondsOf(product, &ProductMap::from);
  const std::vector<double> until = secondsOf(product, &ProductMap::until);
  for (std::size_t k = 0; k < from.size(); ++k) bounds.insert(bounds.end(), {from[k], until[k]});
  file.writeDoubles("time_bnds", bounds);
}

void writeRunTime(NetCdfFile& file, const Product& product) {
  file.addVariable("forecast_reference_time", NetCdfFile::Type::Double, {});
  file.setText("forecast_reference_time", "standard_name", "forecast_reference_time");
  file.setText("forecast_reference_time", "units", kCfTimeUnit);
  file.setText("forecast_reference_time", "calendar", "standard");
  file.writeDoubles("forecast_reference_time",
                    {double(product.runTime.time_since_epoch().count())});
}

/// n and member of each map, where maps have some.
std::string writeWhose(NetCdfFile& file, const Product& product, const std::string& axis) {
  std::vector<double> n;
  std::vector<double> members;
  for (const ProductMap& map : product.maps) {
    n.push_back(map.nSigma);
    members.push_back(double(map.member));
  }
  std::string names;
  if (!std::isnan(n.front())) {
    file.addVariable("n_sigma", NetCdfFile::Type::Double, {axis});
    file.setText("n_sigma", "long_name", "anticipated intensity in standard deviations");
    file.setText("n_sigma", "units", "1");
    file.writeDoubles("n_sigma", n);
    names += " n_sigma";
  }
  if (members.front() >= 0.0) {
    file.addVariable("realization", NetCdfFile::Type::Int32, {axis});
    file.setText("realization", "standard_name", "realization");
    file.setText("realization", "units", "1");
    file.writeDoubles("realization", members);
    names += " realization";
  }
  return names;
}

}  // namespace

void writeProductNetCdf(const std::string& path, const Product& product, const Receipt& receipt) {
  NetCdfFile file = NetCdfFile::create(path);
  file.setText("", "Conventions", "CF-1.8");
  file.setText("", "title", product.longName + (product.synthetic ? ", synthetic event" : ""));
  file.setText("", "institution", "made with Stormloom");
  file.setText("", "source", product.title);
  file.setText("", "history", receipt.commandLine);
  for (const auto& [name, value] : receiptAttributes(receipt)) file.setText("", name, value);
  writeCfGrid(file, product.geo);
  const std::string axis = timesRise(product) ? "time" : "map";
  writeTimes(file, product, axis);
  std::string coordinates = axis == "time" ? "" : "time";
  if (product.runTime != ValidTime{}) {
    writeRunTime(file, product);
    coordinates += " forecast_reference_time";
  }
  coordinates += writeWhose(file, product, axis);
  file.addVariable(product.name, NetCdfFile::Type::Float, {axis, "y", "x"});
  file.setText(product.name, "long_name", product.longName);
  file.setText(product.name, "units", product.units);
  file.setText(product.name, "grid_mapping", "crs");
  if (!product.cellMethods.empty()) file.setText(product.name, "cell_methods", product.cellMethods);
  if (const auto at = coordinates.find_first_not_of(' '); at != std::string::npos)
    file.setText(product.name, "coordinates", coordinates.substr(at));
  for (std::size_t k = 0; k < product.maps.size(); ++k)
    writeFloatGrid(file, product.name, {k}, *product.maps[k].grid);
  file.commit();
}

}  // namespace stormloom
