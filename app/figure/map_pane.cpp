#include "app/figure/map_pane.h"

#include <QFontMetricsF>
#include <QPainterPath>
#include <cmath>
#include <optional>

#include "app/figure/figure_style.h"
#include "core/coverage.h"

namespace stormloom {

namespace {

namespace style = figure_style;

QPainterPath pathOf(const std::vector<QPointF>& points) {
  QPainterPath path;
  for (std::size_t i = 0; i < points.size(); ++i)
    i == 0 ? path.moveTo(points[i]) : path.lineTo(points[i]);
  return path;
}

/// Where a line meets the lower or left edge of the map: the place of its label.
std::optional<QPointF> crossing(const std::vector<QPointF>& points, const QRect& map,
                                bool meridian) {
  const double edge = meridian ? map.bottom() : map.left();
  for (std::size_t i = 1; i < points.size(); ++i) {
    const double a = (meridian ? points[i - 1].y() : points[i - 1].x()) - edge;
    const double b = (meridian ? points[i].y() : points[i].x()) - edge;
    if ((a <= 0.0) == (b <= 0.0)) continue;
    return points[i - 1] + (points[i] - points[i - 1]) * (a / (a - b));
  }
  return std::nullopt;
}

/// Ends of a line that stops at the very edge are taken for crossings, too.
std::optional<QPointF> edgePoint(const std::vector<QPointF>& points, const QRect& map,
                                 bool meridian) {
  if (const auto crossed = crossing(points, map, meridian)) return crossed;
  for (const QPointF& point : {points.front(), points.back()})
    if (std::abs(meridian ? point.y() - map.bottom() : point.x() - map.left()) < 3.0) return point;
  return std::nullopt;
}

}  // namespace

MapPane::MapPane(const GeoReference& geo, const ColorTable& colors)
    : colors_(colors),
      width_(geo.width()),
      height_(geo.height()),
      paths_(mapPathsInGrid(loadBaseMap(), geo)),
      graticule_(graticuleInGrid(geo, 3)) {}

QPointF MapPane::position(const QRect& map, CellPoint cell) const {
  return {map.left() + cell.col / width_ * map.width(),
          map.top() + cell.row / height_ * map.height()};
}

QImage MapPane::radarImage(const RadarGrid& grid, QSize size) const {
  QImage image(size, QImage::Format_RGB32);
  const QRgb ground = style::kMapGround.rgb();
  for (int y = 0; y < size.height(); ++y) {
    const int row = std::min(int((y + 0.5) / size.height() * height_), height_ - 1);
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
    for (int x = 0; x < size.width(); ++x) {
      const int col = std::min(int((x + 0.5) / size.width() * width_), width_ - 1);
      const CellState state = grid.state(row, col);
      const float value = grid.at(row, col);
      line[x] = ground;
      if (state == CellState::OutsideCoverage)
        line[x] = style::kOutside.rgb();
      else if (state == CellState::Missing)
        line[x] = (x + y) % 6 < 2 ? style::kMissing.rgb() : ground;  // hatched: not "no rain"
      else if (colors_.isDrawn(double(value)))
        line[x] = style::toQColor(colors_.color(double(value))).rgb();
    }
  }
  return image;
}

void MapPane::drawCoverage(QPainter& painter, const QRect& map, const RadarGrid& grid) const {
  painter.setPen(QPen(style::kCoverage, 1.0));
  for (const auto& line : coverageEdge(grid)) {
    std::vector<QPointF> points;
    for (const CellPoint& cell : line) points.push_back(position(map, cell));
    painter.drawPath(pathOf(points));
  }
}

void MapPane::drawLines(QPainter& painter, const QRect& map) const {
  for (const MapPath& path : paths_) {
    const bool coast = path.kind == MapLine::Kind::Coast || path.kind == MapLine::Kind::Lake;
    QColor color = coast ? style::kCoast : style::kBorder;
    color.setAlpha(coast ? 220 : 200);
    std::vector<QPointF> points;
    points.reserve(path.points.size());
    for (const CellPoint& cell : path.points) points.push_back(position(map, cell));
    painter.setPen(QPen(color, path.kind == MapLine::Kind::State ? 0.8 : 1.1));
    painter.drawPath(pathOf(points));
  }
}

void MapPane::drawGraticule(QPainter& painter, const QRect& map) const {
  painter.setPen(QPen(style::kGraticule, 1.0, Qt::DotLine));
  for (const Graticule::Line& line : graticule_.lines) {
    for (const auto& piece : line.pieces) {
      std::vector<QPointF> points;
      for (const CellPoint& cell : piece) points.push_back(position(map, cell));
      painter.drawPath(pathOf(points));
    }
  }
}

void MapPane::drawLabels(QPainter& painter, const QRect& map) const {
  const QFontMetricsF metrics(painter.font());
  for (const Graticule::Line& line : graticule_.lines) {
    const QString text = QString::fromStdString(line.meridian ? meridianText(line.degrees)
                                                              : parallelText(line.degrees));
    for (const auto& piece : line.pieces) {
      std::vector<QPointF> points;
      for (const CellPoint& cell : piece) points.push_back(position(map, cell));
      if (points.empty()) continue;
      const auto place = edgePoint(points, map, line.meridian);
      if (!place) continue;
      QRectF plate(0.0, 0.0, metrics.horizontalAdvance(text) + 6.0, metrics.height());
      if (line.meridian)
        plate.moveCenter({place->x(), map.bottom() - plate.height() / 2.0 - 1.0});
      else
        plate.moveCenter({map.left() + plate.width() / 2.0 + 2.0, place->y()});
      if (!QRectF(map).contains(plate)) continue;
      if (!line.meridian && plate.bottom() > map.bottom() - metrics.height() * 1.3) continue;
      QColor ground = style::kGround;
      ground.setAlpha(170);
      painter.fillRect(plate, ground);
      painter.setPen(style::kText);
      painter.drawText(plate, Qt::AlignCenter, text);
      break;
    }
  }
}

void MapPane::draw(QPainter& painter, const QRect& map, const RadarGrid& grid,
                   const QFont& font) const {
  painter.save();
  painter.setClipRect(map);
  painter.drawImage(map.topLeft(), radarImage(grid, map.size()));
  painter.setRenderHint(QPainter::Antialiasing);
  drawGraticule(painter, map);
  drawCoverage(painter, map, grid);
  drawLines(painter, map);
  painter.setFont(font);
  drawLabels(painter, map);
  painter.restore();
}

}  // namespace stormloom
