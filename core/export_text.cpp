// Product files that are text, and numpy arrays.
#include <cmath>
#include <cstdio>
#include <cstring>

#include "core/color_table.h"
#include "core/errors.h"
#include "core/export_files.h"
#include "core/markup_text.h"
#include "core/receipt_in_file.h"
#include "core/regions.h"
#include "core/scratch_file.h"

namespace stormloom {

namespace {

std::string number(double value, int places) {
  if (!std::isfinite(value)) return {};
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", places, value);
  return text;
}

std::string shortNumber(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

Json coordinates(const std::vector<Ring>& rings) {
  Json list = Json::array();
  for (const Ring& ring : rings) {
    Json points = Json::array();
    for (const LonLat& point : ring)
      points.push(std::vector<double>{std::round(point.lon * 1e6) / 1e6,
                                      std::round(point.lat * 1e6) / 1e6});
    list.push(points);
  }
  return list;
}

Json geometryOf(const Region& region) {
  if (region.polygons.size() == 1)
    return Json::object(
        {{"type", "Polygon"}, {"coordinates", coordinates(region.polygons.front())}});
  Json list = Json::array();
  for (const auto& rings : region.polygons) list.push(coordinates(rings));
  return Json::object({{"type", "MultiPolygon"}, {"coordinates", list}});
}

double leadMinutes(const Product& product, const ProductMap& map) {
  return double((map.until - product.runTime).count()) / 60.0;
}

Json featureOf(const Product& product, const ProductMap& map, double threshold,
               const Region& region) {
  Json properties = Json::object({{"product", product.name},
                                  {"threshold", threshold},
                                  {"units", product.units},
                                  {"time", isoText(map.until)}});
  if (map.from != map.until) properties.set("time_from", isoText(map.from));
  if (product.runTime != ValidTime{}) properties.set("lead_minutes", leadMinutes(product, map));
  if (!std::isnan(map.nSigma)) properties.set("n_sigma", map.nSigma);
  if (map.member >= 0) properties.set("realization", map.member);
  properties.set("cells", region.cells);
  properties.set("area_km2", std::round(region.areaKm2 * 10.0) / 10.0);
  properties.set("mean", std::round(region.mean * 1000.0) / 1000.0);
  properties.set("max", std::round(region.largest * 1000.0) / 1000.0);
  if (product.synthetic) properties.set("synthetic", true);
  return Json::object(
      {{"type", "Feature"}, {"properties", properties}, {"geometry", geometryOf(region)}});
}

/// Centres of the first and last cells of an axis of the map.
Json axisOf(const char* name, double firstEdge, double step, int cells) {
  return Json::object({{"name", name},
                       {"first", firstEdge + 0.5 * step},
                       {"last", firstEdge + (double(cells) - 0.5) * step},
                       {"step", step},
                       {"cells", cells}});
}

/// What a bare array cannot say: its axes (map, y, x), unit and place.
Json arrayWords(const Product& product) {
  Json maps = Json::array();
  for (const ProductMap& map : product.maps) {
    Json one = Json::object({{"from", isoText(map.from)}, {"until", isoText(map.until)}});
    if (product.runTime != ValidTime{}) one.set("lead_minutes", leadMinutes(product, map));
    if (!std::isnan(map.nSigma)) one.set("n_sigma", map.nSigma);
    if (map.member >= 0) one.set("realization", map.member);
    maps.push(one);
  }
  const GeoReference& geo = product.geo;
  return Json::object({{"product", product.name},
                       {"long_name", product.longName},
                       {"units", product.units},
                       {"axes", std::vector<std::string>{"map", "y", "x"}},
                       {"map", maps},
                       {"y", axisOf("y", geo.top(), -geo.cellHeight(), geo.height())},
                       {"x", axisOf("x", geo.left(), geo.cellWidth(), geo.width())},
                       {"projection", geo.projection()}});
}

std::string kmlColor(const Product& product, double threshold) {
  const Rgb color = colorTableFor(product.quantity).color(threshold);
  char text[16];
  std::snprintf(text, sizeof text, "a0%02x%02x%02x", color.blue, color.green, color.red);
  return text;
}

std::string kmlRing(const char* boundary, const Ring& ring) {
  std::string text = std::string("<") + boundary + "><LinearRing><coordinates>";
  for (const LonLat& point : ring) text += number(point.lon, 6) + "," + number(point.lat, 6) + " ";
  return text + "</coordinates></LinearRing></" + boundary + ">";
}

std::string placemark(const Product& product, std::size_t index, double threshold,
                      const std::vector<Region>& regions) {
  const ProductMap& map = product.maps[index];
  std::string text = "<Placemark><name>" +
                     markupText("at or above " + shortNumber(threshold) + ", " + mapTitle(map)) +
                     "</name><styleUrl>#t" + shortNumber(threshold) +
                     "</styleUrl><TimeSpan><begin>" + isoText(map.from) + "</begin><end>" +
                     isoText(shownUntil(product, index)) + "</end></TimeSpan><MultiGeometry>\n";
  for (const Region& region : regions)
    for (const auto& rings : region.polygons) {
      text += "<Polygon>";
      for (std::size_t k = 0; k < rings.size(); ++k)
        text += kmlRing(k == 0 ? "outerBoundaryIs" : "innerBoundaryIs", rings[k]);
      text += "</Polygon>\n";
    }
  return text + "</MultiGeometry></Placemark>\n";
}

/// Mean and largest value of the known cells, and the share of them at or above a threshold.
struct MapNumbers {
  explicit MapNumbers(const RadarGrid& grid) {
    for (std::size_t cell = 0; cell < grid.size(); ++cell)
      if (grid.states()[cell] <= CellState::BelowDetection)
        values.push_back(double(grid.values()[cell]));
  }
  double mean() const {
    double sum = 0.0;
    for (const double value : values) sum += value;
    return sum / double(values.size());
  }
  double largest() const {
    double most = std::nan("");
    for (const double value : values) most = std::fmax(most, value);
    return most;
  }
  double shareAbove(double threshold) const {
    double count = 0.0;
    for (const double value : values) count += value >= threshold;
    return count / double(values.size());
  }
  std::vector<double> values;
};

}  // namespace

std::string mapTitle(const ProductMap& map) {
  std::string text;
  if (!std::isnan(map.nSigma))
    text += "n=" + std::string(map.nSigma > 0.0 ? "+" : "") + shortNumber(map.nSigma) + ", ";
  if (map.member >= 0) text += "member " + std::to_string(map.member + 1) + ", ";
  return text + isoText(map.until);
}

ValidTime shownUntil(const Product& product, std::size_t map) {
  const ProductMap& here = product.maps[map];
  if (here.from != here.until) return here.until;
  const ProductMap* next = map + 1 < product.maps.size() ? &product.maps[map + 1] : nullptr;
  if (next && next->until > here.until) return next->until;
  const ProductMap* before = map > 0 ? &product.maps[map - 1] : nullptr;
  if (before && before->until < here.until) return here.until + (here.until - before->until);
  return here.until + minutes(10);
}

void writeNpy(const std::string& path, const Product& product, const Receipt& receipt) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" +
                       std::to_string(product.maps.size()) + ", " +
                       std::to_string(product.geo.height()) + ", " +
                       std::to_string(product.geo.width()) + "), }";
  header.append(63 - (10 + header.size()) % 64, ' ');  // the values begin at a multiple of 64
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += char(header.size() & 0xFF);
  bytes += char(header.size() >> 8);
  bytes += header;
  for (const ProductMap& map : product.maps)
    bytes.append(reinterpret_cast<const char*>(map.grid->values().data()),
                 map.grid->size() * sizeof(float));
  writeWithSidecar(path, bytes,
                   "{\"stormloom\": " + receiptText(receipt) +
                       ",\n\"array\": " + arrayWords(product).dump(0) + "}\n");
}

void writeGeoJson(const std::string& path, const Product& product,
                  const std::vector<double>& thresholds, const Receipt& receipt) {
  Json features = Json::array();
  for (const ProductMap& map : product.maps)
    for (const double threshold : thresholds)
      for (const Region& region : regionsAbove(*map.grid, product.geo, threshold))
        features.push(featureOf(product, map, threshold, region));
  // The receipt stands first and exactly as everywhere else, so that it is found.
  writeWholeFile(path, "{\"type\": \"FeatureCollection\",\n\"stormloom\": " + receiptText(receipt) +
                           ",\n\"features\": " + features.dump(0) + "}\n");
}

void writeKml(const std::string& path, const Product& product,
              const std::vector<double>& thresholds, const Receipt& receipt) {
  std::string kml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>\n<name>" +
      markupText(product.title) + "</name>\n<description>" + markupText(product.longName) +
      "</description>\n<ExtendedData><Data name=\"stormloom_receipt\"><value>" +
      receiptText(receipt) + "</value></Data></ExtendedData>\n";
  for (const double threshold : thresholds) {
    const std::string color = kmlColor(product, threshold);
    kml += "<Style id=\"t" + shortNumber(threshold) + "\"><LineStyle><color>ff" + color.substr(2) +
           "</color><width>1.5</width></LineStyle><PolyStyle><color>" + color +
           "</color></PolyStyle></Style>\n";
  }
  for (std::size_t index = 0; index < product.maps.size(); ++index)
    for (const double threshold : thresholds) {
      const auto regions = regionsAbove(*product.maps[index].grid, product.geo, threshold);
      if (!regions.empty()) kml += placemark(product, index, threshold, regions);
    }
  writeWholeFile(path, kml + "</Document></kml>\n");
}

void writeSeriesCsv(const std::string& path, const Product& product,
                    const std::vector<double>& thresholds, const Receipt& receipt) {
  std::string csv = "product,units,n_sigma,member,from,until,lead_minutes,cells_known,mean,max";
  for (const double threshold : thresholds) csv += ",share_above_" + shortNumber(threshold);
  csv += "\n";
  for (const ProductMap& map : product.maps) {
    const MapNumbers numbers(*map.grid);
    const bool forecast = product.runTime != ValidTime{};
    csv += product.name + "," + product.units + "," +
           (std::isnan(map.nSigma) ? "" : shortNumber(map.nSigma)) + "," +
           (map.member < 0 ? "" : std::to_string(map.member + 1)) + "," + isoText(map.from) + "," +
           isoText(map.until) + "," + (forecast ? shortNumber(leadMinutes(product, map)) : "") +
           "," + std::to_string(numbers.values.size()) + "," + number(numbers.mean(), 4) + "," +
           number(numbers.largest(), 4);
    for (const double threshold : thresholds) csv += "," + number(numbers.shareAbove(threshold), 6);
    csv += "\n";
  }
  writeWithSidecar(path, csv, receiptText(receipt) + "\n");
}

}  // namespace stormloom
