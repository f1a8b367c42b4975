// MRMS, NOAA/NSSL's Multi-Radar Multi-Sensor system: GRIB2 with local tables (discipline 209,
// centre 161). Codes of "no value": the MRMS table of GRIB2 products
// (nssl.noaa.gov/projects/mrms/operational/tables.php).
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>

#include "core/errors.h"
#include "core/formats/format_reader.h"
#include "core/formats/gdal_file.h"

namespace stormloom {
namespace {

constexpr int kLongestSide = 20000;
constexpr std::int64_t kMostCells = std::int64_t(1) << 27;  // the largest product has 98 million
constexpr std::size_t kMostUnzipped = std::size_t(1) << 29;

std::string metadata(GDALRasterBand& band, const char* key) {
  const char* value = band.GetMetadataItem(key);
  return value != nullptr ? value : "";
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

Quantity quantityOf(GDALRasterBand& band, const std::string& path) {
  const std::string unit = metadata(band, "GRIB_UNIT");
  const std::string element = metadata(band, "GRIB_ELEMENT");
  if (contains(unit, "mm/h")) return Quantity::RainRate;
  if (contains(unit, "dBZ")) return Quantity::Reflectivity;
  if (contains(unit, "kg/m^2") && contains(element, "VIL")) return Quantity::VilMass;
  throw IoError(path + ": its product \"" + element + "\" in " + unit +
                " is no rain rate, reflectivity or VIL. Choose one of those MRMS products.");
}

/// Valid time in seconds since 1970, as the header says; GDAL writes it as a number, older ones
/// with "sec UTC".
ValidTime validTimeOf(GDALRasterBand& band, const std::string& path) {
  const std::string text = metadata(band, "GRIB_VALID_TIME");
  char* end = nullptr;
  const long long time = std::strtoll(text.c_str(), &end, 10);
  if (text.empty() || end == text.c_str() || time <= 0 || time > 32503680000) {
    throw IoError(path + ": it has no valid time. Fetch the file again from its producer.");
  }
  return ValidTime(seconds(time));
}

/// The header's last point is rounded to a millionth of a degree, so GDAL's cells are 2e-11 degree
/// too small: taken back to the round number where that moves no cell by more than a thousandth of
/// itself.
double rounded(double value, double digits, double tolerance) {
  const double round = std::round(value * digits) / digits;
  return std::abs(round - value) <= tolerance ? round : value;
}

GeoReference geoOf(GDALDataset& dataset, const std::string& path) {
  double t[6] = {};
  const int width = dataset.GetRasterXSize();
  const int height = dataset.GetRasterYSize();
  const bool known = dataset.GetGeoTransform(t) == CE_None && t[2] == 0.0 && t[4] == 0.0 &&
                     std::all_of(t, t + 6, [](double v) { return std::isfinite(v); });
  const OGRSpatialReference* system = dataset.GetSpatialRef();
  if (!known || system == nullptr || !system->IsGeographic() || !(t[1] > 0.0) || !(t[5] < 0.0) ||
      !(t[3] <= 90.5) || !(t[3] + t[5] * height >= -90.5) || !(std::abs(t[0]) <= 360.0) ||
      !(t[1] * width <= 360.5)) {
    throw IoError(path +
                  ": its grid is no longitude/latitude grid from north to south, as MRMS "
                  "has. Other grids in GRIB2 cannot be opened.");
  }
  const double cellWidth = rounded(t[1], 1e5, 1e-3 * t[1] / width);
  const double cellHeight = rounded(-t[5], 1e5, 1e-3 * -t[5] / height);
  // The header names the ellipsoid of 1965; the producer means WGS 84: no shift of datum.
  return GeoReference("+proj=longlat +datum=WGS84 +no_defs", rounded(t[0], 1e6, 1e-7),
                      rounded(t[3], 1e6, 1e-7), cellWidth, cellHeight, width, height);
}

/// -999 and -3 lie outside all radars, -99 is below detection (reflectivity), -1 is missing.
CellState stateOf(float value, Quantity quantity) {
  if (!std::isfinite(value)) return CellState::Missing;
  if (value <= -900.0f) return CellState::OutsideCoverage;
  if (quantity == Quantity::Reflectivity) {
    return value <= -98.0f ? CellState::BelowDetection : CellState::Measured;
  }
  if (value >= 0.0f) return CellState::Measured;
  if (value <= -98.0f) return CellState::BelowDetection;
  return value <= -2.5f ? CellState::OutsideCoverage : CellState::Missing;
}

void markStates(RadarGrid& grid, Quantity quantity) {
  for (std::size_t i = 0; i < grid.size(); ++i) {
    float& value = grid.values()[i];
    const CellState state = stateOf(value, quantity);
    grid.states()[i] = state;
    if (state == CellState::BelowDetection) value = belowDetectionValue(quantity);
    if (state > CellState::BelowDetection) value = std::numeric_limits<float>::quiet_NaN();
  }
}

std::shared_ptr<const RadarGrid> gridOf(GDALRasterBand& band, Quantity quantity,
                                        const std::string& path) {
  auto grid = std::make_shared<RadarGrid>(band.GetXSize(), band.GetYSize());
  const GdalReasons reasons;
  const CPLErr status =
      band.RasterIO(GF_Read, 0, 0, grid->width(), grid->height(), grid->values().data(),
                    grid->width(), grid->height(), GDT_Float32, 0, 0, nullptr);
  if (status != CE_None) {
    throw IoError(path + ": its values cannot be read (" + reasons.text() +
                  "). The file is damaged or incomplete: fetch it again.");
  }
  markStates(*grid, quantity);
  return grid;
}

void checkSize(GDALDataset& dataset, const std::string& path) {
  const std::int64_t width = dataset.GetRasterXSize();
  const std::int64_t height = dataset.GetRasterYSize();
  if (width > kLongestSide || height > kLongestSide || width * height > kMostCells) {
    throw IoError(path + ": a raster of " + std::to_string(width) + " x " + std::to_string(height) +
                  " cells is larger than any MRMS product.");
  }
}

FileSequences sequencesFrom(GDALDataset& dataset, const std::string& path,
                            const ReadOptions& options) {
  checkSize(dataset, path);
  const GeoReference geo = geoOf(dataset, path);
  FileSequences sequences;
  for (int k = 1; k <= std::min(dataset.GetRasterCount(), 64) && !options.stop.stop_requested();
       ++k) {
    GDALRasterBand& band = *dataset.GetRasterBand(k);
    FrameSequence sequence{.quantity = quantityOf(band, path), .geo = geo};
    sequence.product = "MRMS " + metadata(band, "GRIB_ELEMENT");
    sequence.attribution = "NOAA/NSSL Multi-Radar Multi-Sensor system, public domain";
    addFrame(sequence,
             {.validTime = validTimeOf(band, path),
              .grid = options.framesToo ? gridOf(band, sequence.quantity, path) : nullptr,
              .source = path},
             options);
    sequences.push_back(std::move(sequence));
  }
  return sequences;
}

bool isGzip(const std::string& path) {
  char start[2] = {};
  std::ifstream(path, std::ios::binary).read(start, 2);
  return start[0] == '\x1f' && start[1] == '\x8b';
}

/// Section 0 of GRIB2 tells the length of the whole message, section 3 the grid's size: looked at
/// before GDAL may allocate for a damaged header.
void checkMessage(const std::string& start, std::uint64_t fileBytes, const std::string& path) {
  const auto number = [&](std::size_t at, int bytes) {
    std::uint64_t value = 0;
    for (int k = 0; k < bytes; ++k) value = value << 8 | std::uint8_t(start[at + std::size_t(k)]);
    return value;
  };
  if (start.size() < 37 || start.compare(0, 4, "GRIB") != 0 || start[7] != 2) {
    throw IoError(path + ": it is no GRIB2 message. The file is damaged: fetch it again.");
  }
  if (number(8, 8) > fileBytes) {
    throw IoError(path +
                  ": it ends before its message does. The file is incomplete: fetch it "
                  "again.");
  }
  std::size_t at = 16;
  while (at + 5 <= start.size() && start[at + 4] != 3) {
    const std::uint64_t length = number(at, 4);
    if (length < 5 || length > start.size()) break;
    at += length;
  }
  if (at + 38 > start.size() || start[at + 4] != 3) {
    throw IoError(path + ": its description of the grid is damaged. Fetch the file again.");
  }
  if (number(at + 30, 4) * number(at + 34, 4) > std::uint64_t(kMostCells)) {
    throw IoError(path + ": its header names a raster of " + std::to_string(number(at + 30, 4)) +
                  " x " + std::to_string(number(at + 34, 4)) +
                  " cells, larger than any MRMS product. Fetch the file again.");
  }
}

std::string startOf(const std::string& path, std::size_t bytes) {
  std::string start(bytes, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(start.data(), std::streamsize(bytes));
  start.resize(std::size_t(std::max<std::streamsize>(0, file.gcount())));
  return start;
}

std::uint64_t sizeOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  return file ? std::uint64_t(file.tellg()) : 0;
}

}  // namespace

FileSequences readMrmsGrib(const std::string& path, const ReadOptions& options) {
  if (!isGzip(path)) {
    checkMessage(startOf(path, 65536), sizeOf(path), path);
    return sequencesFrom(*openWithGdal(path, "GRIB", path), path, options);
  }
  std::string bytes = unzippedStart(path, kMostUnzipped);
  if (bytes.size() == kMostUnzipped) {
    throw IoError(path + ": unpacked it is larger than any MRMS file. Fetch it again.");
  }
  checkMessage(bytes, bytes.size(), path);
  const GdalMemoryFile unzipped(std::move(bytes));
  return sequencesFrom(*openWithGdal(unzipped.name(), "GRIB", path), path, options);
}

}  // namespace stormloom
