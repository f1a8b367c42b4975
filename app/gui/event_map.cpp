#include "app/gui/event_map.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "app/gui/theme.h"

namespace stormloom {
namespace {

constexpr double kCell = 10000.0;
constexpr int kColumns = 500, kRows = 320;
constexpr double kReach = 12.0;  // pixels within which a click means a point

/// The contiguous USA in SEVIR's own projection.
GeoReference usa() { return {kSevirProjection, -2500000.0, 1600000.0, kCell, kCell, kColumns, kRows}; }

}  // namespace

EventMap::EventMap(QWidget* parent) : QWidget(parent), geo_(usa()) {
  setMinimumSize(260, 180);
  setCursor(Qt::CrossCursor);
  setAccessibleName(tr("Map of the events"));
  setToolTip(tr("Click a point to choose its event; draw a frame to see only the events in it."));
}

void EventMap::setBaseMap(const std::vector<MapLine>& lines) {
  lines_ = mapPathsInGrid(lines, geo_);
  update();
}

void EventMap::setPoints(std::vector<LonLat> points) {
  points_.clear();
  for (const LonLat& point : points) points_.push_back(geo_.cellFromLonLat(point));
  chosen_ = -1;
  update();
}

void EventMap::setChosen(int index) {
  chosen_ = index;
  update();
}

void EventMap::clearArea() {
  frame_ = {};
  update();
}

/// As large as the widget allows, in its middle.
QPointF EventMap::place(CellPoint cell) const {
  const double scale = std::min(double(width()) / kColumns, double(height()) / kRows);
  return {0.5 * width() + (cell.col - 0.5 * kColumns) * scale, 0.5 * height() + (cell.row - 0.5 * kRows) * scale};
}

CellPoint EventMap::cellAt(QPointF at) const {
  const double scale = std::min(double(width()) / kColumns, double(height()) / kRows);
  return {(at.x() - 0.5 * width()) / scale + 0.5 * kColumns, (at.y() - 0.5 * height()) / scale + 0.5 * kRows};
}

int EventMap::nearest(QPointF at) const {
  int best = -1;
  double least = kReach;
  for (std::size_t k = 0; k < points_.size(); ++k) {
    const QPointF off = place(points_[k]) - at;
    const double distance = std::hypot(off.x(), off.y());
    if (distance < least) {
      least = distance;
      best = int(k);
    }
  }
  return best;
}

void EventMap::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::of(*this);
  QPainter painter(this);
  painter.fillRect(rect(), theme.ground);
  painter.setRenderHint(QPainter::Antialiasing);
  for (const MapPath& line : lines_) {
    painter.setPen(QPen(line.kind == MapLine::Kind::Coast ? theme.quiet : theme.line, 1));
    QPolygonF points;
    for (const CellPoint& cell : line.points) points << place(cell);
    painter.drawPolyline(points);
  }
  QColor seen = theme.observed;
  seen.setAlphaF(points_.size() > 500 ? 0.35f : 0.8f);
  painter.setPen(Qt::NoPen);
  painter.setBrush(seen);
  const double size = points_.size() > 500 ? 2.0 : 4.0;
  for (const CellPoint& cell : points_) painter.drawEllipse(place(cell), size, size);
  if (chosen_ >= 0 && chosen_ < int(points_.size())) {
    painter.setBrush(theme.forecast);
    painter.setPen(QPen(theme.text, 1.5));
    painter.drawEllipse(place(points_[std::size_t(chosen_)]), 6.0, 6.0);
  }
  if (frame_.isValid()) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.forecast, 1.5, Qt::DashLine));
    painter.drawRect(QRectF(place({frame_.left(), frame_.top()}), place({frame_.right(), frame_.bottom()})));
  }
}

void EventMap::mousePressEvent(QMouseEvent* event) { pressed_ = event->position(); }

void EventMap::mouseMoveEvent(QMouseEvent* event) {
  if (!pressed_ || (event->position() - *pressed_).manhattanLength() < 8) return;
  const CellPoint from = cellAt(*pressed_), to = cellAt(event->position());
  frame_ = QRectF(QPointF(from.col, from.row), QPointF(to.col, to.row)).normalized();
  update();
}

void EventMap::mouseReleaseEvent(QMouseEvent* event) {
  if (!pressed_) return;
  const bool dragged = (event->position() - *std::exchange(pressed_, std::nullopt)).manhattanLength() >= 8;
  if (!dragged) {
    const int index = nearest(event->position());
    if (index >= 0) return Q_EMIT pointChosen(index);
    clearArea();
    return Q_EMIT areaDrawn(std::nullopt);
  }
  LonLatBox box{180.0, 90.0, -180.0, -90.0};
  for (const double u : {0.0, 0.5, 1.0}) {
    for (const double v : {0.0, 0.5, 1.0}) {
      const LonLat at = geo_.lonLatFromCell({frame_.left() + u * frame_.width(), frame_.top() + v * frame_.height()});
      box = {std::min(box.west, at.lon), std::min(box.south, at.lat), std::max(box.east, at.lon),
             std::max(box.north, at.lat)};
    }
  }
  Q_EMIT areaDrawn(box);
}

}  // namespace stormloom
