#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace stormloom {

/// What is known about one cell. The three kinds of "no value" are never mixed up.
enum class CellState : std::uint8_t { Measured, BelowDetection, Missing, OutsideCoverage };

/// Row-major raster of one radar quantity. Row 0 is the northern edge.
/// Missing and outside cells hold NaN; cells below detection hold belowDetectionValue(quantity).
class RadarGrid {
 public:
  /// Every cell starts as Missing.
  RadarGrid(int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  std::size_t size() const { return values_.size(); }
  float at(int row, int col) const { return values_[index(row, col)]; }
  CellState state(int row, int col) const { return states_[index(row, col)]; }
  bool hasValue(int row, int col) const { return state(row, col) <= CellState::BelowDetection; }
  void set(int row, int col, float value, CellState state) {
    values_[index(row, col)] = value;
    states_[index(row, col)] = state;
  }
  std::span<const float> values() const { return values_; }
  std::span<float> values() { return values_; }
  std::span<const CellState> states() const { return states_; }
  std::span<CellState> states() { return states_; }

 private:
  std::size_t index(int row, int col) const { return std::size_t(row) * width_ + col; }

  int width_;
  int height_;
  std::vector<float> values_;
  std::vector<CellState> states_;
};

/// Smallest, largest and mean value, and how much of the raster is what; measured cells only.
struct GridSummary {
  float min = 0.0f;
  float max = 0.0f;
  double mean = 0.0;           ///< below detection counts as no rain (linear quantities) or is left out (dBZ)
  double wetFraction = 0.0;    ///< of the cells with a value: rain or VIL above 0, reflectivity detected
  double missingFraction = 0.0;  ///< of all cells
  double outsideFraction = 0.0;  ///< of all cells
};
GridSummary summarize(const RadarGrid& grid);

}  // namespace stormloom
