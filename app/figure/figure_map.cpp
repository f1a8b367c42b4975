#include "app/figure/figure_map.h"

#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <optional>

#include "app/figure/figure_style.h"
#include "core/coverage.h"

namespace stormloom {

namespace {

namespace style = figure_style;

constexpr QRgb kHatched = 1;  // no colour: pictures are opaque

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

FigureMap::FigureMap(const GeoReference& geo, const ColorTable& colors,
                     const figure_style::Theme& theme, const std::vector<PlaceName>& towns)
    : colors_(colors),
      theme_(theme),
      width_(geo.width()),
      height_(geo.height()),
      paths_(mapPathsInGrid(loadBaseMap(), geo)),
      graticule_(graticuleInGrid(geo, 3)) {
  if (towns.empty()) return;
  const LonLatBox box = geo.bounds();
  for (const PlaceName& town : towns) {
    if (town.at.lat < box.south || town.at.lat > box.north) continue;
    const CellPoint at = geo.cellFromLonLat(town.at);
    if (at.col > 0.0 && at.col < width_ && at.row > 0.0 && at.row < height_)
      towns_.push_back({at, QString::fromStdString(town.name)});
  }
}

QPointF FigureMap::position(const QRect& map, CellPoint cell) const {
  return {map.left() + cell.col / width_ * map.width(),
          map.top() + cell.row / height_ * map.height()};
}

std::vector<QRgb> FigureMap::cellColors(const RadarGrid& grid, const ColorTable& colors) const {
  std::vector<QRgb> out(grid.size(), theme_.mapGround.rgb());
  for (std::size_t cell = 0; cell < grid.size(); ++cell) {
    const CellState state = grid.states()[cell];
    const double value = double(grid.values()[cell]);
    if (state == CellState::OutsideCoverage)
      out[cell] = theme_.outside.rgb();
    else if (state == CellState::Missing)
      out[cell] = kHatched;
    else if (colors.isDrawn(value))
      out[cell] = style::onGround(colors.stepAt(value), theme_.mapGround).rgb();
  }
  return out;
}

QImage FigureMap::radarImage(const RadarGrid& grid, QSize size, const ColorTable& colors) const {
  QImage image(size, QImage::Format_RGB32);
  const std::vector<QRgb> cells = cellColors(grid, colors);
  const QRgb ground = theme_.mapGround.rgb();
  const QRgb hatching = theme_.missing.rgb();
  std::vector<int> columns(std::size_t(size.width()));
  for (int x = 0; x < size.width(); ++x)
    columns[std::size_t(x)] = std::min(int((x + 0.5) / size.width() * width_), width_ - 1);
  for (int y = 0; y < size.height(); ++y) {
    const int row = std::min(int((y + 0.5) / size.height() * height_), height_ - 1);
    const QRgb* from = cells.data() + std::size_t(row) * std::size_t(width_);
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
    for (int x = 0; x < size.width(); ++x) {
      line[x] = from[columns[std::size_t(x)]];
      if (line[x] == kHatched) line[x] = (x + y) % 6 < 2 ? hatching : ground;  // not "no rain"
    }
  }
  return image;
}

/// What does not change from frame to frame is drawn once for each size of map.
const QImage& FigureMap::overlay(QSize size, const QFont& font) const {
  if (overlay_.size() == size && overlayFont_ == font) return overlay_;
  overlay_ = QImage(size, QImage::Format_ARGB32_Premultiplied);
  overlay_.fill(Qt::transparent);
  overlayFont_ = font;
  QPainter painter(&overlay_);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
  const QRect map({0, 0}, size);
  drawGraticule(painter, map);
  drawLines(painter, map, 1.0);
  painter.setFont(font);
  drawLabels(painter, map);
  drawTowns(painter, map);
  return overlay_;
}

void FigureMap::drawCoverage(QPainter& painter, const QRect& map, const RadarGrid& grid) const {
  painter.setPen(QPen(theme_.coverage, 1.0));
  drawPaths(painter, map, coverageEdge(grid));
}

void FigureMap::drawPaths(QPainter& painter, const QRect& map,
                          const std::vector<std::vector<CellPoint>>& paths) const {
  for (const auto& line : paths) {
    std::vector<QPointF> points;
    for (const CellPoint& cell : line) points.push_back(position(map, cell));
    painter.drawPath(pathOf(points));
  }
}

void FigureMap::drawSigns(QPainter& painter, const QRect& map, const PictureSigns& signs) const {
  painter.save();
  painter.setClipRect(map);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(theme_.text, 0.7));
  drawPaths(painter, map, signs.hatching);
  painter.setPen(QPen(theme_.forecast, 1.0));
  drawPaths(painter, map, signs.outlines);
  painter.setPen(QPen(Qt::white, 1.4));
  drawPaths(painter, map, signs.contour);
  painter.restore();
}

void FigureMap::drawLines(QPainter& painter, const QRect& map, double thickness) const {
  for (const MapPath& path : paths_) {
    const bool coast = path.kind == MapLine::Kind::Coast || path.kind == MapLine::Kind::Lake;
    QColor color = coast ? theme_.coast : theme_.border;
    color.setAlpha(coast ? 220 : 200);
    std::vector<QPointF> points;
    points.reserve(path.points.size());
    for (const CellPoint& cell : path.points) points.push_back(position(map, cell));
    painter.setPen(QPen(color, thickness * (path.kind == MapLine::Kind::State ? 0.8 : 1.1)));
    painter.drawPath(pathOf(points));
  }
}

void FigureMap::drawGraticule(QPainter& painter, const QRect& map) const {
  painter.setPen(QPen(theme_.graticule, 1.0, Qt::DotLine));
  for (const Graticule::Line& line : graticule_.lines) drawPaths(painter, map, line.pieces);
}

void FigureMap::drawLabels(QPainter& painter, const QRect& map) const {
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
      QColor ground = theme_.ground;
      ground.setAlpha(170);
      painter.fillRect(plate, ground);
      painter.setPen(theme_.text);
      painter.drawText(plate, Qt::AlignCenter, text);
      break;
    }
  }
}

/// Larger towns first; a name that would lie on another, or where labels, north and scale lie, is
/// left out.
void FigureMap::drawTowns(QPainter& painter, const QRect& map) const {
  const QFontMetricsF metrics(painter.font());
  const double line = metrics.height(), dot = line / 5.0;
  const double linesOfRoom = double(map.width()) * map.height() / (line * line);
  const auto most = std::size_t(std::clamp(linesOfRoom / 150.0, 2.0, 20.0));
  const QRectF room = QRectF(map).adjusted(5 * line, 3 * line, -4 * line, -4.5 * line);
  std::vector<QRectF> taken;
  for (const Town& town : towns_) {
    if (taken.size() == most) return;
    const QPointF at = position(map, town.at);
    const QRectF plate(at.x() - 2 * dot, at.y() - line / 2.0,
                       metrics.horizontalAdvance(town.name) + 6 * dot, line);
    const auto covers = [&](const QRectF& other) { return other.intersects(plate); };
    if (!room.contains(plate) || std::ranges::any_of(taken, covers)) continue;
    taken.push_back(plate);
    QColor ground = theme_.ground;
    ground.setAlpha(120);
    painter.fillRect(plate, ground);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme_.text);
    painter.drawEllipse(at, dot, dot);
    painter.setPen(theme_.text);
    painter.drawText(plate.adjusted(4 * dot, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, town.name);
  }
}

void FigureMap::draw(QPainter& painter, const QRect& map, const RadarGrid& grid, const QFont& font,
                     const ColorTable& colors) const {
  painter.drawImage(map.topLeft(), radarImage(grid, map.size(), colors));
  drawCoverage(painter, map, grid);
  painter.drawImage(map.topLeft(), overlay(map.size(), font));
}

void FigureMap::drawPlain(QPainter& painter, const QRect& map, const RadarGrid& grid,
                          double pixelsPerUnit) const {
  painter.save();
  painter.setClipRect(map);
  painter.drawImage(map, radarImage(grid, map.size() * pixelsPerUnit, colors_));
  painter.setRenderHint(QPainter::Antialiasing);
  drawCoverage(painter, map, grid);
  drawLines(painter, map, 0.4);
  painter.restore();
}

}  // namespace stormloom
