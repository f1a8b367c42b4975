#include "core/radar_grid.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/errors.h"

namespace stormloom {

RadarGrid::RadarGrid(int width, int height) : width_(width), height_(height) {
  constexpr std::int64_t kMostCells = std::int64_t(1) << 30;
  if (width < 1 || height < 1 || std::int64_t(width) * height > kMostCells) {
    throw IoError("A raster of " + std::to_string(width) + " x " + std::to_string(height) +
                  " cells cannot be used.");
  }
  values_.assign(std::size_t(width) * height, std::numeric_limits<float>::quiet_NaN());
  states_.assign(values_.size(), CellState::Missing);
}

GridSummary summarize(const RadarGrid& grid) {
  GridSummary summary;
  summary.min = std::numeric_limits<float>::infinity();
  summary.max = -std::numeric_limits<float>::infinity();
  std::size_t known = 0;
  std::size_t finite = 0;
  std::size_t wet = 0;
  std::size_t missing = 0;
  double sum = 0.0;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const CellState state = grid.states()[i];
    if (state > CellState::BelowDetection) {
      missing += state == CellState::Missing;
      continue;
    }
    ++known;
    const float value = grid.values()[i];
    const bool belowDetection = state == CellState::BelowDetection;
    wet += !belowDetection && (value > 0.0f || grid.values()[i] < 0.0f);
    if (!std::isfinite(value)) continue;
    summary.min = std::min(summary.min, value);
    summary.max = std::max(summary.max, value);
    sum += value;
    ++finite;
  }
  if (finite == 0) summary.min = summary.max = std::numeric_limits<float>::quiet_NaN();
  summary.mean = finite > 0 ? sum / double(finite) : std::numeric_limits<double>::quiet_NaN();
  summary.wetFraction = known > 0 ? double(wet) / double(known) : 0.0;
  summary.missingFraction = double(missing) / double(grid.size());
  summary.outsideFraction = double(grid.size() - known - missing) / double(grid.size());
  return summary;
}

}  // namespace stormloom
