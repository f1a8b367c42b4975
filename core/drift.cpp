#include "core/drift.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/errors.h"

namespace stormloom {
namespace {

/// Half the resolution, cells without a value as dry: enough for a common drift.
struct Coarse {
  int width, height;
  std::vector<float> values;
  float at(int row, int col) const { return values[std::size_t(row) * width + col]; }
};

Coarse halved(const RadarGrid& grid) {
  Coarse out{grid.width() / 2, grid.height() / 2, {}};
  out.values.reserve(std::size_t(out.width) * out.height);
  for (int row = 0; row < out.height; ++row) {
    for (int col = 0; col < out.width; ++col) {
      float sum = 0.0f;
      for (int i = 0; i < 4; ++i) {
        const int r = 2 * row + i / 2, c = 2 * col + i % 2;
        if (grid.hasValue(r, c) && std::isfinite(grid.at(r, c)))
          sum += std::fmax(0.0f, grid.at(r, c));
      }
      out.values.push_back(sum / 4);
    }
  }
  return out;
}

/// Correlation of `earlier` moved by (rows, cols) with `later`, over the cells both cover.
double likenessAt(const Coarse& earlier, const Coarse& later, int rows, int cols) {
  double ab = 0.0, aa = 0.0, bb = 0.0;
  for (int row = std::max(0, rows); row < std::min(later.height, later.height + rows); ++row) {
    for (int col = std::max(0, cols); col < std::min(later.width, later.width + cols); ++col) {
      const double a = earlier.at(row - rows, col - cols), b = later.at(row, col);
      ab += a * b;
      aa += a * a;
      bb += b * b;
    }
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0.0;
}

/// Where a parabola through three neighbours has its top, from the middle one.
double topOf(double before, double at, double after) {
  const double bend = before - 2 * at + after;
  return bend < -1e-12 ? std::clamp(0.5 * (before - after) / bend, -0.5, 0.5) : 0.0;
}

}  // namespace

Drift driftBetween(const RadarGrid& earlier, const RadarGrid& later, int largestShift) {
  if (earlier.width() != later.width() || earlier.height() != later.height())
    throw UsageError("A drift needs two rasters of one size.");
  const Coarse a = halved(earlier), b = halved(later);
  const int most = std::min({(largestShift + 1) / 2, a.width / 4, a.height / 4});
  int bestRow = 0, bestCol = 0;
  double best = -1.0;
  for (int rows = -most; rows <= most; ++rows) {
    for (int cols = -most; cols <= most; ++cols) {
      const double likeness = likenessAt(a, b, rows, cols);
      if (likeness <= best) continue;
      best = likeness;
      bestRow = rows;
      bestCol = cols;
    }
  }
  if (best <= 0.0) return {};
  const auto beside = [&](int rows, int cols) {
    return likenessAt(a, b, bestRow + rows, bestCol + cols);
  };
  return {2 * (bestCol + topOf(beside(0, -1), best, beside(0, 1))),
          2 * (bestRow + topOf(beside(-1, 0), best, beside(1, 0))), best};
}

}  // namespace stormloom
