#pragma once

#include <QFont>
#include <QImage>
#include <QPainter>
#include <vector>

#include "app/figure/figure_style.h"
#include "core/base_map.h"
#include "core/color_table.h"
#include "core/picture_signs.h"
#include "core/place_names.h"
#include "core/radar_grid.h"

namespace stormloom {

/// Draws one place: radar cells exactly in the colours of the legend, map lines and graticule.
class FigureMap {
public:
  /// `towns`: the largest of those that lie on the map are named.
  FigureMap(const GeoReference& geo, const ColorTable& colors, const figure_style::Theme& theme,
            const std::vector<PlaceName>& towns = {});
  /// With graticule, lines and labels, where the painter's unit is a pixel. `colors`: of this grid.
  void draw(QPainter& painter, const QRect& map, const RadarGrid& grid, const QFont& font,
            const ColorTable& colors) const;
  void draw(QPainter& painter, const QRect& map, const RadarGrid& grid, const QFont& font) const {
    draw(painter, map, grid, font, colors_);
  }
  /// Threshold, hatching and members' outlines over a map that is drawn.
  void drawSigns(QPainter& painter, const QRect& map, const PictureSigns& signs) const;
  /// Without graticule and labels, with thin lines: for small maps. `pixelsPerUnit`: how finely
  /// radar cells are drawn where the painter's unit is no pixel.
  void drawPlain(QPainter& painter, const QRect& map, const RadarGrid& grid,
                 double pixelsPerUnit) const;

private:
  struct Town {
    CellPoint at;
    QString name;
  };
  std::vector<QRgb> cellColors(const RadarGrid& grid, const ColorTable& colors) const;
  QImage radarImage(const RadarGrid& grid, QSize size, const ColorTable& colors) const;
  void drawPaths(QPainter& painter, const QRect& map,
                 const std::vector<std::vector<CellPoint>>& paths) const;
  const QImage& overlay(QSize size, const QFont& font) const;
  void drawCoverage(QPainter& painter, const QRect& map, const RadarGrid& grid) const;
  void drawLines(QPainter& painter, const QRect& map, double thickness) const;
  void drawGraticule(QPainter& painter, const QRect& map) const;
  void drawLabels(QPainter& painter, const QRect& map) const;
  void drawTowns(QPainter& painter, const QRect& map) const;
  QPointF position(const QRect& map, CellPoint cell) const;

  const ColorTable& colors_;
  const figure_style::Theme& theme_;
  int width_;
  int height_;
  std::vector<MapPath> paths_;
  Graticule graticule_;
  std::vector<Town> towns_;  ///< largest first
  mutable QImage overlay_;
  mutable QFont overlayFont_;
};

}  // namespace stormloom
