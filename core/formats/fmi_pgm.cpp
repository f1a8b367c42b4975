// The Finnish Meteorological Institute's PGM composites. The head names the projection and the
// outer corners; the sphere stands nowhere: a radius of 6371288 m gives back the head's metres per
// pixel.
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

#include "core/errors.h"
#include "core/formats/coded_values.h"
#include "core/formats/file_bytes.h"
#include "core/formats/format_reader.h"
#include "core/formats/pgm_header.h"
#include "core/formats/packed_file.h"
#include "core/formats/time_in_name.h"

namespace stormloom {
namespace {

constexpr std::size_t kMostBytes = std::size_t(1) << 29;
constexpr double kSphereMeters = 6371288.0;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw IoError(path + ": " + why + ". FMI's PGM composites have it: fetch the file again.");
}

const std::string& note(const PgmHeader& header, const std::string& key, const std::string& path) {
  const auto found = header.notes.find(key);
  if (found == header.notes.end()) refuse(path, "its head has no line \"" + key + "\"");
  return found->second;
}

template <int count>
std::array<double, count> numbers(const PgmHeader& header, const std::string& key,
                                  const std::string& path) {
  std::array<double, count> values{};
  const char* text = note(header, key, path).c_str();
  for (double& value : values) {
    char* end = nullptr;
    value = std::strtod(text, &end);
    if (end == text || !std::isfinite(value)) {
      refuse(path, "its line \"" + key + "\" holds no usable numbers");
    }
    text = end;
  }
  return values;
}

GeoReference geoOf(const PgmHeader& header, const std::string& path) {
  if (note(header, "type", path) != "stereographic") {
    refuse(path, "its projection \"" + note(header, "type", path) + "\" is not stereographic");
  }
  const double lon = numbers<1>(header, "centrallongitude", path)[0];
  const double lat = numbers<1>(header, "centrallatitude", path)[0];
  const double trueLat = numbers<1>(header, "truelatitude", path)[0];
  const auto [west, south] = numbers<2>(header, "bottomleft", path);
  const auto [east, north] = numbers<2>(header, "topright", path);
  char projection[160];
  std::snprintf(projection, sizeof projection,
                "+proj=stere +lat_0=%.10g +lat_ts=%.10g +lon_0=%.10g +R=%.0f +units=m", lat,
                trueLat, lon, kSphereMeters);
  const MapProjection map(projection);
  const ProjectedPoint lower = map.forward({west, south});
  const ProjectedPoint upper = map.forward({east, north});
  const double width = upper.x - lower.x, height = upper.y - lower.y;
  if (!(width > 0.0) || !(height > 0.0)) refuse(path, "its corners do not span a grid");
  return GeoReference(projection, lower.x, upper.y, width / header.width, height / header.height,
                      header.width, header.height);
}

std::shared_ptr<const RadarGrid> gridOf(const PgmHeader& header, const std::string& bytes) {
  auto grid = std::make_shared<RadarGrid>(header.width, header.height);
  for (std::size_t i = 0; i < grid->size(); ++i) {
    grid->values()[i] = float(static_cast<unsigned char>(bytes[header.pixelsAt + i]));
  }
  valuesFromCodes(*grid, Quantity::Reflectivity,
                  {.gain = 0.5, .offset = -32.0, .outside = 255.0, .belowDetection = 0.0});
  return grid;
}

}  // namespace

FileSequences readFmiPgm(const std::string& path, const ReadOptions& options) {
  const std::string bytes = contentOf(path, kMostBytes);
  const PgmHeader header = pgmHeaderFrom(bytes, path);
  const std::string& parameter = note(header, "param", path);
  if (parameter.find("Reflectivity") == std::string::npos) {
    refuse(path, "its parameter \"" + parameter + "\" is no reflectivity");
  }
  const auto written = header.notes.find("obstime");
  std::optional<ValidTime> time = written == header.notes.end() ? std::nullopt : timeFromDigits(written->second);
  if (!time) time = timeInName(fileNameOf(path));
  if (!time) refuse(path, "it has no valid time (obstime)");
  FrameSequence sequence{.quantity = Quantity::Reflectivity, .geo = geoOf(header, path)};
  requirePlace(sequence.geo, path);
  const auto product = header.notes.find("productname");
  sequence.product = "FMI" + (product == header.notes.end() ? "" : " " + product->second);
  sequence.attribution = "Finnish Meteorological Institute, CC BY 4.0";
  addFrame(sequence,
           {.validTime = *time,
            .grid = options.framesToo ? gridOf(header, bytes) : nullptr,
            .source = path},
           options);
  return {std::move(sequence)};
}

}  // namespace stormloom
