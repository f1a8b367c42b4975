#include "core/contour_lines.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <unordered_map>

namespace stormloom {
namespace {

/// A square between four cell centres, with its corners in the order NW, NE, SE, SW. Row and column
/// are those of the north-western centre and begin at -1: one ring of nothing lies around the grid.
class Tracer {
public:
  Tracer(const RadarGrid& grid, double level) : grid_(grid), level_(level) {}

  std::vector<std::vector<CellPoint>> lines() {
    for (int row = -1; row < grid_.height(); ++row)
      for (int col = -1; col < grid_.width(); ++col) crossSquare(row, col);
    std::vector<std::vector<CellPoint>> all;
    while (!next_.empty()) all.push_back(walk(next_.begin()->first));
    return all;
  }

private:
  using Edge = std::int64_t;

  double valueAt(int row, int col) const {
    const bool inside = row >= 0 && col >= 0 && row < grid_.height() && col < grid_.width();
    return inside && grid_.hasValue(row, col) ? double(grid_.at(row, col)) : NAN;
  }
  bool isInside(int row, int col) const { return valueAt(row, col) >= level_; }

  /// Two edges start at each centre: 0 to the east, 1 to the south.
  Edge edgeAt(int row, int col, int direction) const {
    return ((Edge(row) + 1) * (grid_.width() + 2) + col + 1) * 2 + direction;
  }

  CellPoint pointOn(Edge edge) const {
    const int direction = int(edge % 2);
    const int row = int(edge / 2 / (grid_.width() + 2)) - 1;
    const int col = int(edge / 2 % (grid_.width() + 2)) - 1;
    const double a = valueAt(row, col);
    const double b = direction == 0 ? valueAt(row, col + 1) : valueAt(row + 1, col);
    const double way = std::isfinite(a) && std::isfinite(b) ? (level_ - a) / (b - a) : 0.5;
    return direction == 0 ? CellPoint{col + 0.5 + way, row + 0.5}
                          : CellPoint{col + 0.5, row + 0.5 + way};
  }

  void crossSquare(int row, int col) {
    const std::array<bool, 4> in{isInside(row, col), isInside(row, col + 1),
                                 isInside(row + 1, col + 1), isInside(row + 1, col)};
    const std::array<Edge, 4> sides{edgeAt(row, col, 0), edgeAt(row, col + 1, 1),
                                    edgeAt(row + 1, col, 0), edgeAt(row, col, 1)};
    // Clockwise around the square, the line comes in where the corners go from inside to outside
    // and leaves by the next side where they go from outside to inside. In a saddle the two inner
    // corners stay apart.
    for (int side = 0; side < 4; ++side) {
      if (!(in[std::size_t(side)] && !in[std::size_t((side + 1) % 4)])) continue;
      int leave = (side + 1) % 4;
      while (in[std::size_t(leave)] || !in[std::size_t((leave + 1) % 4)]) leave = (leave + 1) % 4;
      // The inside corner before `side` is the one cut off in a saddle: go back to its other side.
      const int before = (side + 3) % 4;
      const bool saddle = in[std::size_t(side)] && !in[std::size_t((side + 1) % 4)] &&
                          in[std::size_t((side + 2) % 4)] && !in[std::size_t(before)];
      next_[sides[std::size_t(side)]] = sides[std::size_t(saddle ? before : leave)];
    }
  }

  std::vector<CellPoint> walk(Edge start) {
    std::vector<CellPoint> line{pointOn(start)};
    for (Edge at = start;;) {
      const auto found = next_.find(at);
      if (found == next_.end()) return line;
      at = found->second;
      next_.erase(found);
      line.push_back(pointOn(at));
    }
  }

  const RadarGrid& grid_;
  double level_;
  std::unordered_map<Edge, Edge> next_;
};

}  // namespace

std::vector<std::vector<CellPoint>> contourLines(const RadarGrid& grid, double level) {
  return Tracer(grid, level).lines();
}

std::vector<std::vector<CellPoint>> hatchLines(const RadarGrid& grid, double level, int spacing) {
  std::vector<std::vector<CellPoint>> strokes;
  const auto isInside = [&](int row, int col) {
    return grid.hasValue(row, col) && grid.at(row, col) >= level;
  };
  // Along each diagonal from the lower left to the upper right: row + col = diagonal.
  for (int diagonal = 0; diagonal < grid.width() + grid.height() - 1; diagonal += spacing) {
    int start = -1;
    const int last = std::min(diagonal, grid.width() - 1);
    for (int col = std::max(0, diagonal - grid.height() + 1); col <= last + 1; ++col) {
      const bool inside = col <= last && isInside(diagonal - col, col);
      if (inside && start < 0) start = col;
      if (inside || start < 0) continue;
      strokes.push_back({{double(start), double(diagonal - start + 1)},
                         {double(col), double(diagonal - col + 1)}});
      start = -1;
    }
  }
  return strokes;
}

}  // namespace stormloom
