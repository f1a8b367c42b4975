#include "core/coverage.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "core/contour_lines.h"

namespace stormloom {
namespace {

constexpr double kMostCells = 400000;  // that a line is sought in

/// 1 where radars cover, 0 elsewhere, at every `step`-th cell.
RadarGrid coveredMask(const RadarGrid& grid, int step) {
  RadarGrid mask((grid.width() + step - 1) / step, (grid.height() + step - 1) / step);
  for (int row = 0; row < mask.height(); ++row) {
    for (int col = 0; col < mask.width(); ++col) {
      const int y = std::min(row * step + step / 2, grid.height() - 1);
      const int x = std::min(col * step + step / 2, grid.width() - 1);
      const bool covered = grid.state(y, x) != CellState::OutsideCoverage;
      mask.set(row, col, covered ? 1.0f : 0.0f, CellState::Measured);
    }
  }
  return mask;
}

std::string percentText(std::size_t part, std::size_t whole) {
  const double percent = 100.0 * double(part) / double(whole);
  char text[32];
  std::snprintf(text, sizeof text, percent < 9.95 ? "%.1f %%" : "%.0f %%", percent);
  return percent < 0.05 ? "less than 0.1 %" : text;
}

}  // namespace

std::vector<std::vector<CellPoint>> coverageEdge(const RadarGrid& grid) {
  if (std::ranges::find(grid.states(), CellState::OutsideCoverage) == grid.states().end())
    return {};
  const int step = std::max(1, int(std::ceil(std::sqrt(double(grid.size()) / kMostCells))));
  auto lines = contourLines(coveredMask(grid, step), 0.5);
  for (auto& line : lines) {
    for (CellPoint& point : line) {
      point.col = std::min(point.col * step, double(grid.width()));
      point.row = std::min(point.row * step, double(grid.height()));
    }
  }
  return lines;
}

std::string withoutValueText(const RadarGrid& grid) {
  std::array<std::size_t, 4> count{};
  for (const CellState state : grid.states()) ++count[std::size_t(state)];
  const std::size_t missing = count[std::size_t(CellState::Missing)];
  const std::size_t outside = count[std::size_t(CellState::OutsideCoverage)];
  std::string text;
  if (missing > 0) text = percentText(missing, grid.size()) + " missing";
  if (outside > 0)
    text += (text.empty() ? "" : ", ") + percentText(outside, grid.size()) + " outside coverage";
  return text;
}

}  // namespace stormloom
