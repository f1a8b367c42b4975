#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "core/quantity.h"

namespace stormloom {

/// What is known about one cell. The three kinds of "no value" are never mixed up.
enum class CellState : std::uint8_t { Measured, BelowDetection, Missing, OutsideCoverage };

/// Values and states of a raster's cells: memory of its own, or a shared mapping that a decoder
/// process filled.
class CellMemory {
public:
  explicit CellMemory(std::size_t count);  ///< values NaN, states Missing
  /// `owner` keeps both arrays alive.
  CellMemory(std::shared_ptr<void> owner, float* values, CellState* states, std::size_t count);
  CellMemory(const CellMemory& other);  ///< always into memory of its own
  CellMemory& operator=(const CellMemory& other);
  CellMemory(CellMemory&& other) noexcept = default;
  CellMemory& operator=(CellMemory&& other) noexcept = default;

  std::span<float> values() const { return values_; }
  std::span<CellState> states() const { return states_; }

private:
  std::shared_ptr<void> owner_;
  std::span<float> values_;
  std::span<CellState> states_;
};

/// Row-major raster of one radar quantity. Row 0 is the northern edge.
/// Missing and outside cells hold NaN; cells below detection hold belowDetectionValue(quantity).
class RadarGrid {
public:
  /// Every cell starts as Missing.
  RadarGrid(int width, int height);
  /// Cells that are there already, as many as width * height.
  RadarGrid(int width, int height, CellMemory cells);

  int width() const { return width_; }
  int height() const { return height_; }
  std::size_t size() const { return cells_.values().size(); }
  float at(int row, int col) const { return cells_.values()[index(row, col)]; }
  CellState state(int row, int col) const { return cells_.states()[index(row, col)]; }
  bool hasValue(int row, int col) const { return state(row, col) <= CellState::BelowDetection; }
  void set(int row, int col, float value, CellState state) {
    cells_.values()[index(row, col)] = value;
    cells_.states()[index(row, col)] = state;
  }
  std::span<const float> values() const { return cells_.values(); }
  std::span<float> values() { return cells_.values(); }
  std::span<const CellState> states() const { return cells_.states(); }
  std::span<CellState> states() { return cells_.states(); }

private:
  std::size_t index(int row, int col) const { return std::size_t(row) * width_ + col; }

  int width_;
  int height_;
  CellMemory cells_;
};

/// Smallest, largest and mean value, and how much of the raster is what; measured cells only.
struct GridSummary {
  float min = 0.0f;
  float max = 0.0f;
  double mean =
      0.0;  ///< below detection counts as no rain (linear quantities) or is left out (dBZ)
  double wetFraction =
      0.0;  ///< of the cells with a value: rain or VIL above 0, reflectivity detected
  double missingFraction = 0.0;  ///< of all cells
  double outsideFraction = 0.0;  ///< of all cells
};
GridSummary summarize(const RadarGrid& grid, Quantity quantity = Quantity::RainRate);

}  // namespace stormloom
