#pragma once

#include <string>

namespace stormloom {

struct LonLat {
  double lon = 0.0;
  double lat = 0.0;
};

/// Coordinates in a projection, metres (degrees for longitude/latitude grids).
struct ProjectedPoint {
  double x = 0.0;
  double y = 0.0;
};

/// Continuous cell coordinates: (0, 0) is the outer corner of the north-western cell, +0.5 its centre.
struct CellPoint {
  double col = 0.0;
  double row = 0.0;
};

/// Smallest longitude/latitude box around the densified outer edge of a grid (pixel edges, not centres).
struct LonLatBox {
  double west = 0.0;
  double south = 0.0;
  double east = 0.0;
  double north = 0.0;
};

/// Where a raster lies: projection, outer north-western corner and cell size. North-up grids only.
class GeoReference {
 public:
  /// `projection` is a PROJ string or WKT; lengths in the projection's unit, metres (degrees for +proj=longlat).
  GeoReference(std::string projection, double left, double top, double cellWidth,
               double cellHeight, int width, int height);

  const std::string& projection() const { return projection_; }
  double left() const { return left_; }
  double top() const { return top_; }
  double cellWidth() const { return cellWidth_; }
  double cellHeight() const { return cellHeight_; }
  int width() const { return width_; }
  int height() const { return height_; }
  double right() const { return left_ + cellWidth_ * width_; }
  double bottom() const { return top_ - cellHeight_ * height_; }
  bool isGeographic() const;

  ProjectedPoint pointFromCell(CellPoint cell) const {
    return {left_ + cell.col * cellWidth_, top_ - cell.row * cellHeight_};
  }
  CellPoint cellFromPoint(ProjectedPoint point) const {
    return {(point.x - left_) / cellWidth_, (top_ - point.y) / cellHeight_};
  }
  /// WGS 84; on spheres latitude is used as it is, without a shift of datum (NaN where the projection ends).
  LonLat lonLatFromCell(CellPoint cell) const;
  CellPoint cellFromLonLat(LonLat position) const;
  LonLatBox bounds() const;

  bool operator==(const GeoReference&) const = default;
  /// Whether the cells are the same but for rounding: a thousandth of one anywhere.
  bool hasCellsOf(const GeoReference& other) const;

 private:
  std::string projection_;
  double left_;
  double top_;
  double cellWidth_;
  double cellHeight_;
  int width_;
  int height_;
};

/// Many points at once (PROJ contexts are per thread inside). Points that cannot be projected become NaN.
class MapProjection {
 public:
  explicit MapProjection(const std::string& projection);
  ~MapProjection();
  MapProjection(MapProjection&&) noexcept;
  MapProjection& operator=(MapProjection&&) noexcept;
  ProjectedPoint forward(LonLat position) const;
  LonLat inverse(ProjectedPoint point) const;

 private:
  struct Impl;
  Impl* impl_;
};

/// SEVIR's projection (spec/models.md section 10, data README): the USA.
inline constexpr const char* kSevirProjection =
    "+proj=laea +lat_0=38 +lon_0=-98 +units=m +a=6370997 +b=6370997";

}  // namespace stormloom
