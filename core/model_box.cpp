#include "core/model_box.h"

#include <cmath>

#include "core/model_grid.h"

namespace stormloom {

LonLat middleOf(const GeoReference& geo) {
  return geo.lonLatFromCell({0.5 * geo.width(), 0.5 * geo.height()});
}

bool holds(const GeoReference& grid, LonLat place) {
  const CellPoint at = grid.cellFromLonLat(place);
  return at.col >= 0.0 && at.row >= 0.0 && at.col < grid.width() && at.row < grid.height();
}

LonLat snappedBoxMiddle(LonLat middle) {
  return {std::round(100.0 * middle.lon) / 100.0, std::round(100.0 * middle.lat) / 100.0};
}

GeoReference boxMovedTo(const GeoReference& box, LonLat middle) {
  const std::string projection = boxProjection(middle);
  const ProjectedPoint at = MapProjection(projection).forward(middle);
  return GeoReference(projection, at.x - 0.5 * box.width() * box.cellWidth(),
                      at.y + 0.5 * box.height() * box.cellHeight(), box.cellWidth(),
                      box.cellHeight(), box.width(), box.height());
}

}  // namespace stormloom
