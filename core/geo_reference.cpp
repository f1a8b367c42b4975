#include "core/geo_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "core/errors.h"

namespace stormloom {
namespace {

constexpr int kPointsAnEdge = 256;

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
/// Keeps where along the edge each side was reached.
class BoxOfPoints {
public:
  void add(LonLat point, double along) {
    if (!std::isfinite(point.lon) || !std::isfinite(point.lat)) return;
    if (empty_) last_ = point.lon;
    last_ = continued(point.lon, last_);
    const LonLat here{last_, point.lat};
    if (empty_ || here.lon < sides_[0].at.lon) sides_[0] = {here, along};
    if (empty_ || here.lat < sides_[1].at.lat) sides_[1] = {here, along};
    if (empty_ || here.lon > sides_[2].at.lon) sides_[2] = {here, along};
    if (empty_ || here.lat > sides_[3].at.lat) sides_[3] = {here, along};
    empty_ = false;
  }

  /// Seeks the farthest point of each side within `step` around the one that was found there.
  template <typename PointAt>
  LonLatBox refined(PointAt pointAt, double step) const {
    const double west = farthest(0, pointAt, step, [](LonLat p) { return -p.lon; }).lon;
    const double south = farthest(1, pointAt, step, [](LonLat p) { return -p.lat; }).lat;
    const double east = farthest(2, pointAt, step, [](LonLat p) { return p.lon; }).lon;
    const double north = farthest(3, pointAt, step, [](LonLat p) { return p.lat; }).lat;
    return {west, south, east, north};
  }

private:
  struct Side {
    LonLat at;
    double along = 0.0;
  };
  static double continued(double lon, double near) {
    return lon - 360.0 * std::round((lon - near) / 360.0);
  }

  template <typename PointAt, typename Height>
  LonLat farthest(int side, PointAt pointAt, double step, Height height) const {
    LonLat best = sides_[side].at;
    double low = sides_[side].along - step, high = sides_[side].along + step;
    for (int k = 0; k < 40; ++k) {  // thirds of a hill with one top
      const double thirds[] = {low + (high - low) / 3.0, high - (high - low) / 3.0};
      double heights[2];
      for (int i = 0; i < 2; ++i) {
        LonLat point = pointAt(thirds[i]);
        point.lon = continued(point.lon, sides_[side].at.lon);
        heights[i] = height(point);
        if (heights[i] > height(best)) best = point;  // false where it lies nowhere
      }
      (heights[0] < heights[1] ? low : high) = thirds[heights[0] < heights[1] ? 0 : 1];
    }
    return best;
  }

  Side sides_[4];  ///< west, south, east, north
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

bool GeoReference::hasCellsOf(const GeoReference& other) const {
  const auto near = [](double a, double b, double cell) { return std::abs(a - b) < 1e-3 * cell; };
  return projection_ == other.projection_ && width_ == other.width_ && height_ == other.height_ &&
         near(left_, other.left_, cellWidth_) && near(top_, other.top_, cellHeight_) &&
         near(right(), other.right(), cellWidth_) && near(bottom(), other.bottom(), cellHeight_);
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
  const CellPoint corners[] = {
      {0, 0}, {double(width_), 0}, {double(width_), double(height_)}, {0, double(height_)}};
  // 0 to 4 is once around the edge, corner by corner.
  const auto pointAt = [&](double along) {
    const double round = along - 4.0 * std::floor(along / 4.0);
    const int side = std::min(3, int(round));
    const CellPoint from = corners[side], to = corners[(side + 1) % 4];
    const double share = round - side;
    return lonLatFromCell(
        {from.col + share * (to.col - from.col), from.row + share * (to.row - from.row)});
  };
  BoxOfPoints box;
  for (int k = 0; k < 4 * kPointsAnEdge; ++k)
    box.add(pointAt(double(k) / kPointsAnEdge), double(k) / kPointsAnEdge);
  LonLatBox bounds = box.refined(pointAt, 1.0 / kPointsAnEdge);
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
