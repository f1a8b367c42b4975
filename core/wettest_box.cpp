#include "core/wettest_box.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/errors.h"
#include "core/resample.h"

namespace stormloom {
namespace {

/// Sums over any rectangle in four reads.
class SummedArea {
public:
  SummedArea(int width, int height)
      : width_(width), sums_(std::size_t(width + 1) * (height + 1), 0.0) {}
  void put(int row, int col, double value) {
    at(row + 1, col + 1) = value + at(row, col + 1) + at(row + 1, col) - at(row, col);
  }
  double sum(int top, int left, int bottom, int right) const {
    return at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left);
  }

private:
  double& at(int row, int col) { return sums_[std::size_t(row) * (width_ + 1) + col]; }
  double at(int row, int col) const { return sums_[std::size_t(row) * (width_ + 1) + col]; }
  int width_;
  std::vector<double> sums_;
};

constexpr int kMostCellsAside = 1200;  // the source is thinned to about this many columns
constexpr double kLeastKnown = 0.9;

/// The part of a box that lies on the raster.
struct Window {
  int top, left, bottom, right;
  double cells() const { return double(bottom - top) * (right - left); }
  double sum(const SummedArea& area) const { return area.sum(top, left, bottom, right); }
};

Window around(int row, int col, int halfRows, int halfCols, int height, int width) {
  return {std::max(0, row - halfRows), std::max(0, col - halfCols),
          std::min(height, row + halfRows + 1), std::min(width, col + halfCols + 1)};
}

}  // namespace

LonLat wettestBox(const GeoReference& geo, const RadarGrid& grid, Quantity quantity,
                  double sideMeters) {
  const int thin = std::max(1, std::max(grid.width(), grid.height()) / kMostCellsAside);
  const int width = (grid.width() + thin - 1) / thin, height = (grid.height() + thin - 1) / thin;
  SummedArea rain(width, height), unknown(width, height);
  for (int row = 0; row < height; ++row) {
    for (int col = 0; col < width; ++col) {
      const int sourceRow = std::min(row * thin + thin / 2, grid.height() - 1);
      const int sourceCol = std::min(col * thin + thin / 2, grid.width() - 1);
      const CellState state = grid.state(sourceRow, sourceCol);
      const double digital = state == CellState::Measured
                                 ? digitalFromValue(grid.at(sourceRow, sourceCol), quantity)
                                 : 0.0;
      rain.put(row, col, digital);
      unknown.put(row, col, state > CellState::BelowDetection ? 1.0 : 0.0);
    }
  }
  double best = -1.0;
  CellPoint bestMiddle{0.5 * grid.width(), 0.5 * grid.height()};
  const int stride = std::max(1, std::min(width, height) / 100);
  for (int row = 0; row < height; row += stride) {
    const double cellMeters =
        thin * cellSizeMetersAt(geo, {0.5 * grid.width(), (row + 0.5) * thin});
    // Columns shrink towards the poles on longitude/latitude grids: both half sides from the local
    // cell.
    const LonLat here = geo.lonLatFromCell({0.5 * grid.width(), (row + 0.5) * thin});
    const double aspect = geo.isGeographic() ? std::cos(here.lat * std::numbers::pi / 180.0) : 1.0;
    const int halfRows = int(0.5 * sideMeters / cellMeters * std::sqrt(aspect));
    const int halfCols = int(0.5 * sideMeters / cellMeters / std::sqrt(std::max(aspect, 0.05)));
    for (int col = 0; col < width; col += stride) {
      const double cells = double(2 * halfRows + 1) * (2 * halfCols + 1);
      const Window box = around(row, col, halfRows, halfCols, height, width);
      const double known = (box.cells() - box.sum(unknown)) / cells;
      // The inner boxes count again: of all boxes that hold a storm, the one with the storm in its
      // middle.
      double sum = 0.0;
      for (const int part : {1, 2, 4}) {
        sum += around(row, col, halfRows / part, halfCols / part, height, width).sum(rain);
      }
      // Boxes that see enough always come before those that do not.
      const double score = known >= kLeastKnown ? 1e9 + sum / cells : known * sum / cells;
      if (score <= best) continue;
      best = score;
      bestMiddle = {(col + 0.5) * thin, (row + 0.5) * thin};
    }
  }
  return geo.lonLatFromCell(bestMiddle);
}

std::pair<int, int> wettestCell(const RadarGrid& grid) {
  std::pair<int, int> best = {grid.height() / 2, grid.width() / 2};
  float most = 0.0f;
  for (int row = 0; row < grid.height(); ++row)
    for (int col = 0; col < grid.width(); ++col)
      if (grid.hasValue(row, col) && grid.at(row, col) > most) {
        most = grid.at(row, col);
        best = {row, col};
      }
  return best;
}

}  // namespace stormloom
