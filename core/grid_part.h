#pragma once

#include "core/geo_reference.h"
#include "core/radar_grid.h"

namespace stormloom {

/// Whole cells of a raster, from row and column on.
struct CellWindow {
  int row = 0, col = 0, height = 1, width = 1;
  bool operator==(const CellWindow&) const = default;
};

/// What a map shows: kilometres to the east and north around a place.
struct SeenPart {
  LonLat center;
  double widthKm = 0.0, heightKm = 0.0;
};

/// The cells around another grid, `margin` of its size more on every side; at least one cell.
CellWindow windowAround(const GeoReference& geo, const GeoReference& around, double margin);
/// The cells that such a map shows of the grid, kilometres measured at the grid's middle as maps do;
/// the whole grid where it shows none of it.
CellWindow windowOf(const GeoReference& geo, const SeenPart& seen);

/// The window must lie inside.
GeoReference partOf(const GeoReference& geo, const CellWindow& window);
RadarGrid partOf(const RadarGrid& grid, const CellWindow& window);

}  // namespace stormloom
