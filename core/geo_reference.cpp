#include "core/geo_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "core/errors.h"

namespace stormloom {
namespace {

constexpr int kPointsAnEdge = 1024;

bool hasGeographicText(const std::string& projection) {
  return projection.find("+proj=longlat") != std::string::npos ||
         projection.find("+proj=latlong") != std::string::npos || projection.starts_with("GEOGC") ||
         projection.starts_with("GEODCRS");
}

/// Projections are costly to make and not to be shared between threads: each thread keeps its own.
const MapProjection& projectionOfThisThread(const std::string& projection) {
  thread_local std::unordered_map<std::string, MapProjection> known;
  const auto found = known.find(projection);
  if (found != known.end()) return found->second;
  return known.emplace(projection, MapProjection(projection)).first->second;
}

/// Grows a box point by point; longitudes are continued across the date line from the first point.
class BoxOfPoints {
public:
  void add(LonLat point) {
    if (!std::isfinite(point.lon) || !std::isfinite(point.lat)) return;
    if (empty_) {
      box_ = {point.lon, point.lat, point.lon, point.lat};
      last_ = point.lon;
      empty_ = false;
      return;
    }
    last_ = point.lon - 360.0 * std::round((point.lon - last_) / 360.0);
    box_.west = std::min(box_.west, last_);
    box_.east = std::max(box_.east, last_);
    box_.south = std::min(box_.south, point.lat);
    box_.north = std::max(box_.north, point.lat);
  }
  LonLatBox box() const { return box_; }

private:
  LonLatBox box_;
  double last_ = 0.0;
  bool empty_ = true;
};

}  // namespace

GeoReference::GeoReference(std::string projection, double left, double top, double cellWidth,
                           double cellHeight, int width, int height)
    : projection_(std::move(projection)),
      left_(left),
      top_(top),
      cellWidth_(cellWidth),
      cellHeight_(cellHeight),
      width_(width),
      height_(height) {
  const bool finite = std::isfinite(left) && std::isfinite(top) && std::isfinite(cellWidth) &&
                      std::isfinite(cellHeight);
  if (!finite || cellWidth <= 0.0 || cellHeight <= 0.0 || width < 1 || height < 1) {
    throw IoError("A georeference without a usable corner, cell size or extent.");
  }
}

bool GeoReference::isGeographic() const { return hasGeographicText(projection_); }

LonLat GeoReference::lonLatFromCell(CellPoint cell) const {
  return projectionOfThisThread(projection_).inverse(pointFromCell(cell));
}

CellPoint GeoReference::cellFromLonLat(LonLat position) const {
  ProjectedPoint point = projectionOfThisThread(projection_).forward(position);
  if (isGeographic()) {  // the turn of the globe that the grid lies in (0..360 or -180..180)
    point.x -= 360.0 * std::floor((point.x - left_) / 360.0);
  }
  return cellFromPoint(point);
}

LonLatBox GeoReference::bounds() const {
  BoxOfPoints box;
  const auto along = [&](CellPoint from, CellPoint to) {
    for (int k = 0; k < kPointsAnEdge; ++k) {
      const double share = double(k) / kPointsAnEdge;
      box.add(lonLatFromCell(
          {from.col + share * (to.col - from.col), from.row + share * (to.row - from.row)}));
    }
  };
  const CellPoint corners[] = {
      {0, 0}, {double(width_), 0}, {double(width_), double(height_)}, {0, double(height_)}};
  for (int k = 0; k < 4; ++k) along(corners[k], corners[(k + 1) % 4]);
  LonLatBox bounds = box.box();
  for (const double pole : {-90.0, 90.0}) {  // an edge around a pole does not reach it
    if (isGeographic()) break;
    const CellPoint cell = cellFromLonLat({0.0, pole});
    if (cell.col > 0 && cell.col < width_ && cell.row > 0 && cell.row < height_) {
      bounds = {-180.0, std::min(bounds.south, pole), 180.0, std::max(bounds.north, pole)};
    }
  }
  return bounds;
}

}  // namespace stormloom
