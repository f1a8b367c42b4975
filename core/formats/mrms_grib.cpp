// MRMS, NOAA/NSSL's Multi-Radar Multi-Sensor system: GRIB2 with local tables (discipline 209,
// centre 161). Codes of "no value": the MRMS table of GRIB2 products
// (nssl.noaa.gov/projects/mrms/operational/tables.php).
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string_view>

#include "core/errors.h"
#include "core/formats/file_bytes.h"
#include "core/formats/format_reader.h"
#include "core/formats/gdal_file.h"

namespace stormloom {
namespace {

constexpr std::uint64_t kMostCells = std::uint64_t(1) << 27;  // the largest product has 98 million
constexpr std::size_t kMostUnzipped = std::size_t(1) << 29;

std::string metadata(GDALRasterBand& band, const char* key) {
  const char* value = band.GetMetadataItem(key);
  return value != nullptr ? value : "";
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

struct Meaning {
  Quantity quantity;
  double factor = 1.0;  ///< to the quantity's unit
};

/// "RadarOnly_QPE_01H", "MultiSensor_QPE_01H_Pass2", "GaugeCorrQPE01H", "RadarOnly_QPE_15M": over how many minutes rain was
/// added up; 0 for what is no such sum of at most an hour.
double minutesOfSum(const std::string& element) {
  const std::size_t at = element.find("QPE");
  int count = 0;
  char unit = 0;
  if (at == std::string::npos || std::sscanf(element.c_str() + at + 3, "%*[_]%2d%c", &count, &unit) != 2) {
    if (at == std::string::npos || std::sscanf(element.c_str() + at + 3, "%2d%c", &count, &unit) != 2) return 0.0;
  }
  const double minutes = unit == 'H' ? 60.0 * count : unit == 'M' ? double(count) : 0.0;
  return minutes <= 60.0 ? minutes : 0.0;
}

/// Nothing for what is no radar quantity.
std::optional<Meaning> meaningOf(GDALRasterBand& band) {
  const std::string unit = metadata(band, "GRIB_UNIT");
  const std::string element = metadata(band, "GRIB_ELEMENT");
  if (contains(unit, "mm/h")) return Meaning{Quantity::RainRate};
  if (contains(unit, "dBZ")) return Meaning{Quantity::Reflectivity};
  if (contains(unit, "kg/m^2") && contains(element, "VIL") && !contains(element, "Max")) return Meaning{Quantity::VilMass};
  if (contains(unit, "kg/(m^2 s)") && contains(element, "RATE")) return Meaning{Quantity::RainRate, 3600.0};
  if (element == "PrecipFlag") return Meaning{Quantity::PrecipitationType};
  if (const double minutes = minutesOfSum(element); minutes > 0.0 && contains(unit, "mm"))
    return Meaning{Quantity::RainRate, 60.0 / minutes};
  return {};
}

[[noreturn]] void refuseUnknown(GDALRasterBand& band, const std::string& path) {
  const std::string unit = metadata(band, "GRIB_UNIT");
  const std::string element = metadata(band, "GRIB_ELEMENT");
  throw IoError(
      path + ": its product \"" + element + "\" in " + unit +
      " is no rain rate, reflectivity, VIL or precipitation flag. Choose one of those MRMS "
      "products.");
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

/// A model's frame is valid later than the run that made it.
std::optional<seconds> leadOf(GDALRasterBand& band) {
  const long lead = std::strtol(metadata(band, "GRIB_FORECAST_SECONDS").c_str(), nullptr, 10);
  if (lead <= 0 || lead > 10'000'000) return {};
  return seconds(lead);
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

/// `absent` stands in cells that the message's own bitmap leaves out (9999 by GDAL): NaN where it
/// has none.
void markStates(RadarGrid& grid, Quantity quantity, double factor, float absent) {
  for (std::size_t i = 0; i < grid.size(); ++i) {
    float& value = grid.values()[i];
    const CellState state = value == absent ? CellState::OutsideCoverage : stateOf(value, quantity);
    grid.states()[i] = state;
    if (factor != 1.0) value = float(factor * double(value));
    if (state == CellState::BelowDetection) value = belowDetectionValue(quantity);
    if (state > CellState::BelowDetection) value = std::numeric_limits<float>::quiet_NaN();
  }
}

std::shared_ptr<const RadarGrid> gridOf(GDALRasterBand& band, const Meaning& meaning,
                                        const std::string& path) {
  auto grid = std::make_shared<RadarGrid>(band.GetXSize(), band.GetYSize());
  readBand(band, *grid, path);
  int has = 0;
  const double absent = band.GetNoDataValue(&has);
  markStates(*grid, meaning.quantity, meaning.factor, has != 0 ? float(absent) : std::nanf(""));
  return grid;
}

FileSequences sequencesFrom(GDALDataset& dataset, bool isMrms, const std::string& path,
                            const ReadOptions& options) {
  checkRasterSize(dataset, path);
  const GeoReference geo = geoOf(dataset, path);
  FileSequences sequences;
  for (int k = 1; k <= std::min(dataset.GetRasterCount(), 64) && !options.stop.stop_requested();
       ++k) {
    GDALRasterBand& band = *dataset.GetRasterBand(k);
    const std::optional<Meaning> known = meaningOf(band);
    if (!known) continue;
    const Meaning& meaning = *known;
    FrameSequence sequence{.quantity = meaning.quantity, .geo = geo};
    sequence.product = (isMrms ? "MRMS " : "GRIB2 ") + metadata(band, "GRIB_ELEMENT");
    if (const auto lead = leadOf(band); lead && !isMrms)
      markForecast(sequence, validTimeOf(band, path) - *lead);
    if (isMrms) sequence.attribution = "NOAA/NSSL Multi-Radar Multi-Sensor system, public domain";
    addFrame(sequence,
             {.validTime = validTimeOf(band, path),
              .grid = options.framesToo ? gridOf(band, meaning, path) : nullptr,
              .source = path},
             options);
    sequences.push_back(std::move(sequence));
  }
  if (sequences.empty() && !options.stop.stop_requested()) refuseUnknown(*dataset.GetRasterBand(1), path);
  return sequences;
}

/// Big-endian numbers of a GRIB2 message; reading past its end is an IoError.
class Message {
public:
  Message(const std::string& bytes, const std::string& path) : bytes_(bytes), path_(path) {
    if (bytes.size() >= 8 && bytes.compare(0, 4, "GRIB") == 0 && bytes[7] == 1) {
      throw IoError(path + ": it is GRIB of the first edition, which is not opened. "
                    "Fetch the product as GRIB2.");
    }
    if (bytes.size() < 16 || bytes.compare(0, 4, "GRIB") != 0 || bytes[7] != 2) {
      throw IoError(path + ": it is no GRIB2 message. The file is damaged: fetch it again.");
    }
    if (number(8, 8) > bytes.size()) refuse("it ends before its message does");
  }

  std::uint64_t number(std::size_t at, int count) const {
    if (at > bytes_.size() || bytes_.size() - at < std::size_t(count)) {
      refuse("it ends before its message does");
    }
    std::uint64_t value = 0;
    for (int k = 0; k < count; ++k) value = value << 8 | std::uint8_t(bytes_[at + std::size_t(k)]);
    return value;
  }

  /// Where section `wanted` starts, looking from `from` on.
  std::size_t section(std::uint64_t wanted, std::size_t from = 16) const {
    for (std::size_t at = from;;) {
      const std::uint64_t length = number(at, 4);
      if (length < 5 || length > bytes_.size() - at) refuse("its sections do not fit together");
      if (number(at + 4, 1) == wanted) return at;
      at += length;
    }
  }

  [[noreturn]] void refuse(const std::string& why) const {
    throw IoError(path_ + ": " + why + ". The file is damaged or incomplete: fetch it again.");
  }

  std::string_view bytes(std::size_t at, std::size_t count) const {
    if (at > bytes_.size() || bytes_.size() - at < count) refuse("it ends before its message does");
    return std::string_view(bytes_).substr(at, count);
  }

private:
  const std::string& bytes_;
  const std::string& path_;
};

/// CRC-32 as PNG has it (ISO 3309), a byte at a time by table.
std::uint32_t crc32Of(std::string_view bytes) {
  static const std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t n = 0; n < 256; ++n) {
      std::uint32_t c = n;
      for (int k = 0; k < 8; ++k) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
      made[n] = c;
    }
    return made;
  }();
  std::uint32_t crc = 0xffffffffu;
  for (const char c : bytes) crc = table[(crc ^ std::uint8_t(c)) & 0xff] ^ (crc >> 8);
  return crc ^ 0xffffffffu;
}

/// Every chunk's checksum, before the decoder sees it: GDAL's would print and go on with half a
/// picture. The picture's size must be the grid's.
void checkPng(const Message& message, std::size_t at, std::size_t end, std::uint64_t columns,
              std::uint64_t rows) {
  at += 8;  // signature
  if (message.number(at + 8, 4) != columns || message.number(at + 12, 4) != rows) {
    message.refuse("its picture has another size than its grid");
  }
  while (at + 12 <= end) {
    const std::uint64_t length = message.number(at, 4);
    if (length > end - at - 12) break;
    const std::string_view body = message.bytes(at + 4, length + 4);
    if (crc32Of(body) != message.number(at + 8 + length, 4))
      message.refuse("its checksums do not agree");
    if (body.substr(0, 4) == "IEND") return;
    at += 12 + length;
  }
  message.refuse("its picture is cut off");
}

/// Looked at before GDAL may allocate or decode anything for a damaged header.
void checkMessage(const std::string& bytes, const std::string& path) {
  const Message message(bytes, path);
  const std::size_t grid = message.section(3);
  if (message.number(grid + 12, 2) != 0) {
    throw IoError(path +
                  ": its grid is no longitude/latitude grid, as MRMS has. Other grids in "
                  "GRIB2 cannot be opened.");
  }
  const std::uint64_t columns = message.number(grid + 30, 4);
  const std::uint64_t rows = message.number(grid + 34, 4);
  if (columns * rows > kMostCells || columns * rows == 0 ||
      message.number(grid + 6, 4) != columns * rows) {
    throw IoError(path + ": its header names a raster of " + std::to_string(columns) + " x " +
                  std::to_string(rows) + " cells, as no MRMS product has. Fetch the file again.");
  }
  if ((message.number(grid + 71, 1) & 0x80) != 0) {
    throw IoError(path + ": its rows run from the east, and only those from the west can be placed. "
                         "Fetch the product of another service.");
  }
  const std::size_t packing = message.section(5, grid);
  constexpr std::uint64_t kPng = 41;
  if (message.number(packing + 9, 2) != kPng) return;
  const std::size_t data = message.section(7, packing);
  checkPng(message, data + 5, data + std::size_t(message.number(data, 4)), columns, rows);
}

}  // namespace

FileSequences readMrmsGrib(const std::string& path, const ReadOptions& options) {
  std::string bytes = contentOf(path, kMostUnzipped);
  if (const std::size_t heading = bytes.substr(0, kLongestHeading).find("GRIB"); heading != std::string::npos)
    bytes.erase(0, heading);
  checkMessage(bytes, path);
  constexpr int kMrmsDiscipline = 209;
  const bool isMrms = std::uint8_t(bytes[6]) == kMrmsDiscipline;
  const GdalMemoryFile file(std::move(bytes));
  return sequencesFrom(*openWithGdal(file.name(), "GRIB", path), isMrms, path, options);
}

}  // namespace stormloom
