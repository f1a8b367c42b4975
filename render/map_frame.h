#pragma once

#include "core/geo_reference.h"

namespace stormloom {

/// Kilometres east and north of a grid's middle: what scenes are drawn in, whatever unit the
/// projection has.
struct MapPoint {
  double east = 0.0;
  double north = 0.0;
};

/// Carries places between a grid's cells, kilometres on its map and longitude/latitude.
class MapFrame {
public:
  explicit MapFrame(const GeoReference& geo);

  const GeoReference& geo() const { return geo_; }
  double kmPerColumn() const { return kmPerColumn_; }
  double kmPerRow() const { return kmPerRow_; }
  double widthKm() const { return kmPerColumn_ * geo_.width(); }
  double heightKm() const { return kmPerRow_ * geo_.height(); }

  MapPoint mapFromCell(CellPoint cell) const {
    return {(cell.col - 0.5 * geo_.width()) * kmPerColumn_,
            (0.5 * geo_.height() - cell.row) * kmPerRow_};
  }
  CellPoint cellFromMap(MapPoint point) const {
    return {point.east / kmPerColumn_ + 0.5 * geo_.width(),
            0.5 * geo_.height() - point.north / kmPerRow_};
  }
  LonLat lonLatFromMap(MapPoint point) const { return geo_.lonLatFromCell(cellFromMap(point)); }
  MapPoint mapFromLonLat(LonLat position) const {
    return mapFromCell(geo_.cellFromLonLat(position));
  }

private:
  GeoReference geo_;
  double kmPerColumn_ = 1.0;
  double kmPerRow_ = 1.0;
};

/// What two linked maps share, even when their projections differ.
struct MapView {
  LonLat center;
  double kmPerPixel = 1.0;
  bool operator==(const MapView& other) const {
    return center.lon == other.center.lon && center.lat == other.center.lat &&
           kmPerPixel == other.kmPerPixel;
  }
};

}  // namespace stormloom
