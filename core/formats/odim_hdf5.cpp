// ODIM_H5, "EUMETNET OPERA weather radar information model for implementation with the HDF5 file
// format", version 2. Attributes of a lower group win over those of the groups above it.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <set>

#include "core/errors.h"
#include "core/formats/coded_values.h"
#include "core/formats/earth_names.h"
#include "core/formats/format_reader.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/swiss_grid.h"
#include "core/formats/time_in_name.h"
#include "core/formats/unit_text.h"

namespace stormloom {
namespace {

constexpr double kMostCells = 1 << 27;
constexpr std::size_t kMostGroups = 1000;

/// "20180824" and "180000".
std::optional<ValidTime> timeFromOdim(const std::optional<std::string>& date,
                                      const std::optional<std::string>& time) {
  if (!date || !time || date->size() != 8 || time->size() < 4) return {};
  return timeFromDigits(*date + (time->size() >= 6 ? time->substr(0, 6) : time->substr(0, 4)));
}

/// National files give the cell in kilometres now and then although the projection is in metres,
/// and in metres although it is in degrees: the corners decide.
double cellSize(double scale, double count, double extent, bool inDegrees,
                const std::string& path) {
  for (const double unit : {1.0, 1000.0}) {
    if (std::abs(scale * unit * count - extent) < 0.01 * std::abs(extent)) return scale * unit;
  }
  if (inDegrees && scale >= 10.0 && extent > 0.0) return extent / count;
  throw IoError(path +
                ": its corners are not as far apart as its cells say (where/xscale, yscale). "
                "Fetch the file again.");
}

/// "+init=epsg:3067" names a file of PROJ's, which is not opened; the number alone says the same.
/// Corners are projected to metres whatever unit the text asks for.
std::string usableProjection(std::string projdef) {
  const std::size_t init = projdef.find("init=epsg:");
  if (init != std::string::npos) {
    const std::string code = projdef.substr(init + 10);
    projdef = "EPSG:" + code.substr(0, code.find_first_not_of("0123456789"));
  }
  if (projdef == "EPSG:4326" || projdef == "epsg:4326") return "+proj=longlat +datum=WGS84";
  const std::size_t kilometres = projdef.find("+units=km");
  if (kilometres != std::string::npos) projdef.replace(kilometres, 9, "+units=m");
  return withKnownEarth(projdef);
}

/// The grid's outer corners on its own map: upper left and lower right, or what the other two say.
struct Corners {
  ProjectedPoint upperLeft, lowerRight;
};

Corners cornersOf(const Hdf5File& file, const std::string& where, const std::string& projdef) {
  const MapProjection projection(projdef);
  const auto corner = [&](const std::string& name) -> std::optional<ProjectedPoint> {
    if (!file.number(where, name + "_lon") || !file.number(where, name + "_lat")) return {};
    return projection.forward({file.needed(where, name + "_lon"), file.needed(where, name + "_lat")});
  };
  const auto ul = corner("UL"), lr = corner("LR"), ll = corner("LL"), ur = corner("UR");
  if (ul && lr) return {*ul, *lr};
  if (ll && ur) return {{ll->x, ur->y}, {ur->x, ll->y}};
  throw IoError("Its corners (where/UL_lon and so on) are not there.");
}

GeoReference geoOf(const Hdf5File& file, const std::string& dataset) {
  // OPERA has one grid a file; some national files describe it for each dataset.
  const std::string where = file.has(dataset + "/where") && file.text(dataset + "/where", "projdef")
                                ? dataset + "/where"
                                : "/where";
  const std::string projdef = usableProjection(file.text(where, "projdef").value_or(""));
  const double width = file.needed(where, "xsize");
  const double height = file.needed(where, "ysize");
  const bool placed = !projdef.empty() && (file.number(where, "UL_lon") || file.number(where, "LL_lon"));
  if (!placed && width == kSwissColumns && height == kSwissRows) return swissRadarGrid();
  if (projdef.empty()) {
    throw IoError(file.path() + ": it names no map projection (where/projdef). Fetch it again.");
  }
  if (!(width >= 1.0) || !(height >= 1.0) || !(width * height <= kMostCells)) {
    throw IoError(file.path() +
                  ": its size (where/xsize, ysize) is no usable one. Fetch it again.");
  }
  Corners corners;
  try {
    corners = cornersOf(file, where, projdef);
  } catch (const IoError& error) {
    throw IoError(file.path() + ": it cannot be placed on the map. " + error.what());
  }
  const auto [upperLeft, lowerRight] = corners;
  const bool inDegrees = projdef.find("longlat") != std::string::npos || projdef.find("latlon") != std::string::npos;
  const auto cell = [&](const char* scale, double count, double extent) {
    const auto written = file.number(where, scale);  // without one the corners say it
    return written ? cellSize(*written, count, extent, inDegrees, file.path()) : extent / count;
  };
  const double cellWidth = cell("xscale", width, lowerRight.x - upperLeft.x);
  const double cellHeight = cell("yscale", height, upperLeft.y - lowerRight.y);
  if (!(cellWidth > 0.0) || !(cellHeight > 0.0)) {
    throw IoError(file.path() + ": its cells have no size. Fetch the file again.");
  }
  // Rounded corners disagree with projection, scale and size by metres: both corners share the
  // difference.
  const double left = 0.5 * (upperLeft.x + lowerRight.x - cellWidth * width);
  const double top = 0.5 * (upperLeft.y + lowerRight.y + cellHeight * height);
  return GeoReference(projdef, left, top, cellWidth, cellHeight, int(width), int(height));
}

/// One data array with the attributes that hold for it.
class OdimArray {
public:
  OdimArray(const Hdf5File& file, std::string dataset, std::string data)
      : file_(file),
        groups_{dataset + "/" + data + "/what", dataset + "/what", "/what"},
        data_(dataset + "/" + data + "/data") {}

  std::optional<std::string> text(const std::string& name) const {
    for (const std::string& group : groups_) {
      if (auto value = file_.has(group) ? file_.text(group, name) : std::nullopt) return value;
    }
    return {};
  }
  std::optional<double> number(const std::string& name) const {
    for (const std::string& group : groups_) {
      if (auto value = file_.has(group) ? file_.number(group, name) : std::nullopt) return value;
    }
    return {};
  }
  const std::string& data() const { return data_; }

private:
  const Hdf5File& file_;
  std::vector<std::string> groups_;
  std::string data_;
};

struct Meaning {
  Quantity quantity;
  double factor = 1.0;
  double sumMinutes = 0.0;  ///< of sums: over how long
};

/// Nothing for arrays that are no radar picture (quality, height, ...).
std::optional<Meaning> meaningOf(const OdimArray& array) {
  const std::string quantity = array.text("quantity").value_or("");
  if (quantity == "RATE") return Meaning{Quantity::RainRate};
  if (quantity == "VIL") return Meaning{Quantity::VilMass};
  for (const char* name : {"DBZH", "DBZV", "TH", "TV", "DBZ", "DBZHC", "DBZVC", "DBZ_MAX"}) {
    if (quantity == name) return Meaning{Quantity::Reflectivity};
  }
  if (quantity != "ACRR") return {};
  const auto start = timeFromOdim(array.text("startdate"), array.text("starttime"));
  const auto end = timeFromOdim(array.text("enddate"), array.text("endtime"));
  // Some services end an interval with its last second: 12:00:00 to 12:04:59 are five minutes.
  const double lasting = start && end ? double((*end - *start).count()) : 0.0;
  const double whole = 60.0 * std::round(lasting / 60.0);
  const double minutesLong = (std::abs(lasting - whole) <= 1.0 ? whole : lasting) / 60.0;
  if (!(minutesLong > 0.0) || minutesLong > 60.0) return {};
  return Meaning{Quantity::RainRate, 60.0 / minutesLong, minutesLong};
}

std::shared_ptr<const RadarGrid> gridOf(const Hdf5File& file, const OdimArray& array,
                                        const GeoReference& geo, Meaning meaning) {
  const ValueCodes codes{.gain = array.number("gain").value_or(1.0),
                         .offset = array.number("offset").value_or(0.0),
                         .factor = meaning.factor,
                         .outside = array.number("nodata"),
                         .belowDetection = array.number("undetect")};
  if (!std::isfinite(codes.gain) || !std::isfinite(codes.offset) || codes.gain == 0.0) {
    throw IoError(file.path() + ": gain or offset of " + array.data() +
                  " is no usable number. Fetch the file again.");
  }
  auto grid = std::make_shared<RadarGrid>(geo.width(), geo.height());
  file.readPlane(array.data(), *grid);
  valuesFromCodes(*grid, meaning.quantity, codes);
  return grid;
}

/// "ORG:247" is OPERA itself; of others the file says who they are and nothing of a licence.
std::string attributionOf(const std::string& source) {
  if (source.find("ORG:247") != std::string::npos) return "EUMETNET OPERA (" + source + ")";
  return source.empty() ? "" : "ODIM source " + source;
}

/// By number, whether or not some are left out.
std::vector<std::string> numberedGroups(const Hdf5File& file, const std::string& parent,
                                        const std::string& prefix) {
  std::map<int, std::string> groups;
  for (const std::string& name : file.namesIn(parent.empty() ? "/" : parent)) {
    int number = 0;
    const char* const end = name.data() + name.size();
    const bool isNumbered = name.starts_with(prefix) &&
                            std::from_chars(name.data() + prefix.size(), end, number).ptr == end && number >= 1;
    if (isNumbered && groups.size() < kMostGroups) groups.emplace(number, name);
  }
  std::vector<std::string> names;
  for (const auto& [number, name] : groups) names.push_back(name);
  return names;
}

/// What tells apart products of one quantity, service and time: CAPPIs of several heights, sums of
/// several lengths.
std::string layerOf(const OdimArray& array, const Meaning& meaning) {
  std::string layer = array.text("product").value_or("");
  if (const auto height = array.number("prodpar")) {
    char text[32];
    std::snprintf(text, sizeof text, " %g", *height);
    layer += text;
  }
  if (meaning.sumMinutes > 0.0) layer = namedBySum(layer, meaning.sumMinutes);
  return layer.empty() || layer.front() == ',' ? layer : " " + layer;
}

std::optional<ValidTime> endOf(const OdimArray& array) {
  return timeFromOdim(array.text("enddate"), array.text("endtime"));
}

/// The end of an interval that lies behind the file's nominal time, as DWD's nowcasts
/// (composite_rv_..._015-hd5) have it: sums from that time on, and other quantities of some minutes
/// later. The scans of an observed composite begin before its nominal time or soon after it.
std::optional<ValidTime> endAhead(const OdimArray& array, ValidTime nominal) {
  const auto start = timeFromOdim(array.text("startdate"), array.text("starttime")),
             end = endOf(array);
  const bool isSum = array.text("quantity") == std::optional<std::string>("ACRR");
  const minutes scanning(isSum ? 0 : 5);
  return start && end && *end > nominal && *start >= nominal + scanning ? end : std::nullopt;
}

/// Whether datasets of the same quantity end at different times: a series in one file. Otherwise
/// the nominal time holds, which the scans of a composite surround.
bool holdsManyTimes(const Hdf5File& file) {
  std::map<std::string, ValidTime> ends;  // by quantity
  for (const std::string& dataset : numberedGroups(file, "", "dataset")) {
    const OdimArray array(file, "/" + dataset, "data1");
    const auto end = endOf(array);
    if (!end) continue;
    const auto [known, isNew] = ends.emplace(array.text("quantity").value_or(""), *end);
    if (!isNew && known->second != *end) return true;
  }
  return false;
}

ValidTime nominalTime(const Hdf5File& file) {
  const auto time = timeFromOdim(file.text("/what", "date"), file.text("/what", "time"));
  if (!time) {
    throw IoError(file.path() +
                  ": it has no valid time (what/date and what/time). Fetch it again.");
  }
  return *time;
}

/// What may be chosen: datasets, arrays in them, and quantities.
std::vector<std::string> partsOf(const Hdf5File& file) {
  std::vector<std::string> parts;
  for (const std::string& dataset : numberedGroups(file, "", "dataset")) {
    parts.push_back(dataset);
    for (const std::string& data : numberedGroups(file, "/" + dataset, "data")) {
      parts.push_back(dataset + "/" + data);
      const std::string quantity = OdimArray(file, "/" + dataset, data).text("quantity").value_or("");
      if (!quantity.empty() && std::ranges::find(parts, quantity) == parts.end()) parts.push_back(quantity);
    }
  }
  return parts;
}

void requireImage(const Hdf5File& file) {
  const std::string object = file.text("/what", "object").value_or("");
  if (object == "COMP" || object == "IMAGE") return;
  if (object == "PVOL" || object == "SCAN" || object == "ELEV" || object == "AZIM") {
    throw IoError(file.path() + ": it is a single radar's polar scan or volume (ODIM " + object +
                  "). Choose the service's composite, which covers a map.");
  }
  throw IoError(file.path() + ": it is an ODIM file of the kind \"" + object +
                "\", no composite. Choose a composite.");
}

}  // namespace

bool isOdimHdf5(const std::string& path) {
  const Hdf5File file(path);
  return file.has("/what") && file.text("/what", "object").has_value();
}

FileSequences readOdimHdf5(const std::string& path, const ReadOptions& options) {
  const Hdf5File file(path);
  requireImage(file);
  const ValidTime time = nominalTime(file);
  const bool manyTimes = holdsManyTimes(file);
  FileSequences sequences;
  bool sumsToo = false;
  requirePart(path, options, partsOf(file));
  for (const std::string& dataset : numberedGroups(file, "", "dataset")) {
    for (const std::string& data : numberedGroups(file, "/" + dataset, "data")) {
      if (options.stop.stop_requested()) return sequences;
      const OdimArray array(file, "/" + dataset, data);
      if (!isWantedPart(options, {dataset, dataset + "/" + data, array.text("quantity").value_or("")})) continue;
      const std::optional<Meaning> meaning = meaningOf(array);
      sumsToo = sumsToo || array.text("quantity") == std::optional<std::string>("ACRR");
      if (!meaning || !file.has(array.data())) continue;
      FrameSequence sequence{.quantity = meaning->quantity, .geo = geoOf(file, "/" + dataset)};
      sequence.sumMinutes = meaning->sumMinutes;
      requirePlace(sequence.geo, path);
      const std::string quantity = array.text("quantity").value_or("");
      sequence.product = "ODIM " + quantity + " " + file.text("/what", "source").value_or("");
      sequence.product += layerOf(array, *meaning);
      sequence.attribution = attributionOf(file.text("/what", "source").value_or(""));
      const auto ahead = endAhead(array, time);
      if (ahead) markForecast(sequence, time);
      addFrame(sequence,
               {.validTime = ahead       ? *ahead
                             : manyTimes ? endOf(array).value_or(time)
                                         : time,
                .grid = options.framesToo ? gridOf(file, array, sequence.geo, *meaning) : nullptr,
                .source = path},
               options);
      sequences.push_back(std::move(sequence));
    }
  }
  if (sequences.empty() && sumsToo) {
    throw IoError(path + ": its sums of rain do not say over how long (startdate, starttime, enddate, endtime), or it "
                         "is more than an hour. Choose a rain rate or a shorter sum.");
  }
  if (sequences.empty()) {
    throw IoError(path +
                  ": this ODIM composite has no rain rate, reflectivity or VIL. Choose a "
                  "product that has.");
  }
  return sequences;
}

}  // namespace stormloom
