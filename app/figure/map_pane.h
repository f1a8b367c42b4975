#pragma once

#include <QFont>
#include <QImage>
#include <QPainter>
#include <vector>

#include "core/base_map.h"
#include "core/color_table.h"
#include "core/radar_grid.h"

namespace stormloom {

/// Draws one place: radar cells exactly in the colours of the legend, map lines and graticule.
class MapPane {
public:
  MapPane(const GeoReference& geo, const ColorTable& colors);
  void draw(QPainter& painter, const QRect& map, const RadarGrid& grid, const QFont& font) const;

private:
  QImage radarImage(const RadarGrid& grid, QSize size) const;
  void drawCoverage(QPainter& painter, const QRect& map, const RadarGrid& grid) const;
  void drawLines(QPainter& painter, const QRect& map) const;
  void drawGraticule(QPainter& painter, const QRect& map) const;
  void drawLabels(QPainter& painter, const QRect& map) const;
  QPointF position(const QRect& map, CellPoint cell) const;

  const ColorTable& colors_;
  int width_;
  int height_;
  std::vector<MapPath> paths_;
  Graticule graticule_;
};

}  // namespace stormloom
