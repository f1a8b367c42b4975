#pragma once

#include <vector>

#include "render/map_frame.h"

namespace stormloom {

/// Where the cells of one grid lie on a map that may have another projection: worked out at nodes
/// a 32nd of the grid apart and linear in between, below a hundredth of a cell beside the truth for
/// boxes and countries.
class RasterPlacement {
public:
  RasterPlacement(const GeoReference& grid, const MapFrame& map);

  const GeoReference& grid() const { return grid_; }
  /// Not finite where the map's projection ends.
  MapPoint mapFromCell(CellPoint cell) const;

  /// Nodes per side, and one of them; node 0 of both is the outer corner in the north-west.
  int nodes() const { return nodes_; }
  CellPoint cellOfNode(int row, int col) const;
  MapPoint node(int row, int col) const {
    return points_[std::size_t(row) * std::size_t(nodes_) + std::size_t(col)];
  }

private:
  GeoReference grid_;
  int nodes_;
  std::vector<MapPoint> points_;
};

}  // namespace stormloom
