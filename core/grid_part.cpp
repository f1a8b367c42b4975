#include "core/grid_part.h"

#include <algorithm>
#include <cmath>

#include "core/place_names.h"

namespace stormloom {
namespace {

CellWindow wholeOf(const GeoReference& geo) { return {0, 0, geo.height(), geo.width()}; }

/// The cells from one corner to the other that a grid has.
CellWindow inside(const GeoReference& geo, CellPoint northWest, CellPoint southEast) {
  const int left = int(std::clamp(northWest.col, 0.0, double(geo.width() - 1)));
  const int top = int(std::clamp(northWest.row, 0.0, double(geo.height() - 1)));
  const int right = int(std::clamp(southEast.col, 0.0, double(geo.width() - 1)));
  const int bottom = int(std::clamp(southEast.row, 0.0, double(geo.height() - 1)));
  return {top, left, std::max(1, bottom + 1 - top), std::max(1, right + 1 - left)};
}

}  // namespace

CellWindow windowAround(const GeoReference& geo, const GeoReference& around, double margin) {
  double west = 1e9, east = -1e9, north = 1e9, south = -1e9;
  for (int i = 0; i <= 16; ++i) {
    for (const double across : {0.0, 1.0}) {
      for (const bool row : {false, true}) {
        const double a = (row ? across : i / 16.0) * around.width(),
                     b = (row ? i / 16.0 : across) * around.height();
        const CellPoint at = geo.cellFromLonLat(around.lonLatFromCell({a, b}));
        if (!std::isfinite(at.col) || !std::isfinite(at.row)) continue;
        west = std::min(west, at.col), east = std::max(east, at.col);
        north = std::min(north, at.row), south = std::max(south, at.row);
      }
    }
  }
  const double wide = margin * std::max(0.0, east - west),
               high = margin * std::max(0.0, south - north);
  return inside(geo, {west - wide, north - high}, {east + wide, south + high});
}

CellWindow windowOf(const GeoReference& geo, const SeenPart& seen) {
  const CellPoint middle{0.5 * geo.width(), 0.5 * geo.height()};
  const auto lengthKm = [&](double cols, double rows) {
    return kilometresBetween(geo.lonLatFromCell({middle.col - cols, middle.row - rows}),
                             geo.lonLatFromCell({middle.col + cols, middle.row + rows}));
  };
  const CellPoint at = geo.cellFromLonLat(seen.center);
  const double cols = seen.widthKm / lengthKm(0.5, 0.0) / 2.0;
  const double rows = seen.heightKm / lengthKm(0.0, 0.5) / 2.0;
  const bool meets = at.col + cols > 0.0 && at.col - cols < geo.width() && at.row + rows > 0.0 &&
                     at.row - rows < geo.height();
  if (!meets || !std::isfinite(cols) || !std::isfinite(rows)) return wholeOf(geo);
  constexpr double kRounding = 1e-6;  // an edge on a cell's edge is not that of the next cell
  return inside(geo, {at.col - cols + kRounding, at.row - rows + kRounding},
                {at.col + cols - kRounding, at.row + rows - kRounding});
}

GeoReference partOf(const GeoReference& geo, const CellWindow& window) {
  const ProjectedPoint corner = geo.pointFromCell({double(window.col), double(window.row)});
  return {geo.projection(),  corner.x,     corner.y,     geo.cellWidth(),
          geo.cellHeight(), window.width, window.height};
}

RadarGrid partOf(const RadarGrid& grid, const CellWindow& window) {
  RadarGrid part(window.width, window.height);
  for (int row = 0; row < window.height; ++row)
    for (int col = 0; col < window.width; ++col) {
      const int r = window.row + row, c = window.col + col;
      part.set(row, col, grid.at(r, c), grid.state(r, c));
    }
  return part;
}

}  // namespace stormloom
