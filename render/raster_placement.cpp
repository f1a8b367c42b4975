#include "render/raster_placement.h"

#include <algorithm>

namespace stormloom {

RasterPlacement::RasterPlacement(const GeoReference& grid, const MapFrame& map)
    : grid_(grid), nodes_(grid == map.geo() ? 2 : 33) {
  const bool same = grid == map.geo();
  points_.reserve(std::size_t(nodes_) * std::size_t(nodes_));
  for (int row = 0; row < nodes_; ++row)
    for (int col = 0; col < nodes_; ++col) {
      const CellPoint cell = cellOfNode(row, col);
      points_.push_back(same ? map.mapFromCell(cell)
                             : map.mapFromLonLat(grid.lonLatFromCell(cell)));
    }
}

CellPoint RasterPlacement::cellOfNode(int row, int col) const {
  const double pieces = nodes_ - 1;
  return {grid_.width() * col / pieces, grid_.height() * row / pieces};
}

// Beyond the grid the outermost pieces go on.
MapPoint RasterPlacement::mapFromCell(CellPoint cell) const {
  const int pieces = nodes_ - 1;
  const double x = cell.col / grid_.width() * pieces, y = cell.row / grid_.height() * pieces;
  const int col = int(std::clamp(x, 0.0, pieces - 1.0)), row = int(std::clamp(y, 0.0, pieces - 1.0));
  const double s = x - col, t = y - row;
  const MapPoint a = node(row, col), b = node(row, col + 1), c = node(row + 1, col),
                 d = node(row + 1, col + 1);
  return {(1 - t) * ((1 - s) * a.east + s * b.east) + t * ((1 - s) * c.east + s * d.east),
          (1 - t) * ((1 - s) * a.north + s * b.north) + t * ((1 - s) * c.north + s * d.north)};
}

}  // namespace stormloom
