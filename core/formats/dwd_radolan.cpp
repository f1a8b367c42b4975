// DWD's RADOLAN and RADVOR composites, binary: RX (dBZ, a byte a cell), RY, RW, RZ and their kin
// (rain, 12 bits and four flags a cell). Rows come from the south.
#include <cmath>
#include <limits>

#include "core/errors.h"
#include "core/formats/file_bytes.h"
#include "core/formats/format_reader.h"
#include "core/formats/radolan_header.h"

namespace stormloom {
namespace {

constexpr std::size_t kMostBytes = std::size_t(1) << 27;
constexpr unsigned kValueBits = 0x0fff, kNoValue = 0x2000, kNegative = 0x4000, kClutter = 0x8000;
constexpr int kByteNoValue = 250, kByteClutter = 249;
constexpr int kLongestMinutes = 60;

/// What one product's cells are.
struct Layout {
  Quantity quantity;
  int bytesACell;
};

Layout layoutOf(const RadolanHeader& header, const std::string& path) {
  for (const char* dbz : {"RX", "EX", "WX"}) {
    if (header.product == dbz) return {Quantity::Reflectivity, 1};
  }
  if (header.product == "WN") return {Quantity::Reflectivity, 2};
  for (const char* rain :
       {"RY", "RW", "RZ", "RH", "RB", "RK", "RL", "RU", "RQ", "RV", "RE", "RS", "YW", "RC"}) {
    if (header.product == rain) return {Quantity::RainRate, 2};
  }
  throw IoError(path + ": the RADOLAN product " + header.product +
                " is no rain or reflectivity of at most an hour. Choose RX, RY, RW or YW.");
}

void setReflectivity(RadarGrid& grid, int row, int col, double code) {
  const bool found = code > 0.0;  // RVP6 units: 0 is no echo
  grid.set(row, col, found ? float(code / 2.0 - 32.5) : belowDetectionValue(Quantity::Reflectivity),
           found ? CellState::Measured : CellState::BelowDetection);
}

/// Everything starts as Missing: clutter stays so.
void setByte(RadarGrid& grid, int row, int col, int code) {
  if (code == kByteNoValue) grid.set(row, col, std::nanf(""), CellState::OutsideCoverage);
  if (code < kByteClutter) setReflectivity(grid, row, col, code);
}

void setWord(RadarGrid& grid, int row, int col, unsigned word, Quantity quantity, double factor) {
  if (word & kNoValue) {
    grid.set(row, col, std::nanf(""), CellState::OutsideCoverage);
  } else if (!(word & (kClutter | kNegative))) {
    const double value = (word & kValueBits) * factor;
    if (quantity == Quantity::Reflectivity)
      setReflectivity(grid, row, col, value);
    else
      grid.set(row, col, float(value), CellState::Measured);
  }
}

std::shared_ptr<const RadarGrid> gridOf(const RadolanHeader& header, const Layout& layout,
                                        double factor, const std::string& bytes) {
  auto grid = std::make_shared<RadarGrid>(header.columns, header.rows);
  const auto byteAt = [&](std::size_t at) {
    return unsigned(static_cast<unsigned char>(bytes[header.valuesAt + at]));
  };
  for (int south = 0; south < header.rows; ++south) {
    const int row = header.rows - 1 - south;
    for (int col = 0; col < header.columns; ++col) {
      const std::size_t cell = std::size_t(south) * std::size_t(header.columns) + std::size_t(col);
      if (layout.bytesACell == 1)
        setByte(*grid, row, col, int(byteAt(cell)));
      else
        setWord(*grid, row, col, byteAt(2 * cell) | byteAt(2 * cell + 1) << 8, layout.quantity,
                factor);
    }
  }
  return grid;
}

double factorOf(const RadolanHeader& header, const Layout& layout, const std::string& path) {
  if (layout.quantity == Quantity::Reflectivity) return header.precision;
  if (header.intervalMinutes < 1 || header.intervalMinutes > kLongestMinutes) {
    throw IoError(path + ": it adds rain up over " + std::to_string(header.intervalMinutes) +
                  " minutes; at most an hour can be used as a rain rate. Choose RY, RW or YW.");
  }
  return header.precision * 60.0 / header.intervalMinutes;
}

GeoReference geoOf(const RadolanHeader& header, const std::string& path) {
  const auto geo = radolanGrid(header.rows, header.columns, header.formatVersion >= 5);
  if (geo) return *geo;
  throw IoError(path + ": a RADOLAN grid of " + std::to_string(header.rows) + " x " +
                std::to_string(header.columns) +
                " cells is none that DWD describes. Fetch the file again.");
}

}  // namespace

FileSequences readRadolan(const std::string& path, const ReadOptions& options) {
  const std::string bytes = contentOf(path, kMostBytes);
  const std::string product = bytes.substr(0, 2);
  if (product == "PG" || product == "PC" || product == "PF" || product == "PX") {
    throw IoError(path + ": the RADOLAN product " + product +
                  " holds classes of colours, no values. Choose RX, WN, RY, RW or YW.");
  }
  const RadolanHeader header = radolanHeaderFrom(bytes, path);
  const Layout layout = layoutOf(header, path);
  const double factor = factorOf(header, layout, path);
  const std::size_t cells = std::size_t(header.rows) * std::size_t(header.columns);
  if (bytes.size() - header.valuesAt < cells * std::size_t(layout.bytesACell)) {
    throw IoError(path + ": it ends before its values do. The file is incomplete: fetch it again.");
  }
  FrameSequence sequence{.quantity = layout.quantity, .geo = geoOf(header, path)};
  sequence.product = "DWD " + header.product;
  if (header.leadMinutes > 0) markForecast(sequence, header.time);
  sequence.attribution = "Deutscher Wetterdienst";
  addFrame(sequence,
           {.validTime = header.time + minutes(header.leadMinutes),
            .grid = options.framesToo ? gridOf(header, layout, factor, bytes) : nullptr,
            .source = path},
           options);
  return {std::move(sequence)};
}

}  // namespace stormloom
