#include "app/gui/rail_icons.h"

#include <QPainter>
#include <QPainterPath>
#include <QPixmap>

namespace stormloom {
namespace {

constexpr int kSide = 20;

void drawLayers(QPainter& painter) {
  for (const double y : {6.0, 10.0, 14.0})
    painter.drawPolyline(QPolygonF({{2, y}, {10, y - 4}, {18, y}, {10, y + 4}, {2, y}}));
}

void drawEvents(QPainter& painter) {
  painter.drawArc(QRectF(3, 3, 14, 14), 30 * 16, 300 * 16);
  painter.drawArc(QRectF(7, 7, 6, 6), 0, 360 * 16);
  painter.drawLine(QPointF(10, 10), QPointF(17, 4));
}

void drawExport(QPainter& painter) {
  painter.drawLine(QPointF(10, 3), QPointF(10, 12));
  painter.drawPolyline(QPolygonF({{6, 9}, {10, 13}, {14, 9}}));
  painter.drawPolyline(QPolygonF({{3, 13}, {3, 17}, {17, 17}, {17, 13}}));
}

void drawClock(QPainter& painter) {
  painter.drawEllipse(QRectF(3, 3, 14, 14));
  painter.drawPolyline(QPolygonF({{10, 6}, {10, 10}, {13, 12}}));
}

void draw(RailIcon icon, QPainter& painter) {
  switch (icon) {
    case RailIcon::Desk:
      for (const QPointF corner : {QPointF(3, 3), QPointF(11, 3), QPointF(3, 11), QPointF(11, 11)})
        painter.drawRect(QRectF(corner, QSizeF(6, 6)));
      return;
    case RailIcon::Events:
      return drawEvents(painter);
    case RailIcon::Layers:
      return drawLayers(painter);
    case RailIcon::Attention:  // an eye
      painter.drawArc(QRectF(2, 4, 16, 16), 35 * 16, 110 * 16);
      painter.drawArc(QRectF(2, 0, 16, 16), 215 * 16, 110 * 16);
      painter.drawEllipse(QRectF(7.5, 7.5, 5, 5));
      return;
    case RailIcon::Lessons:  // an open book
      painter.drawPolyline(
          QPolygonF({{10, 5}, {3, 4}, {3, 15}, {10, 16}, {17, 15}, {17, 4}, {10, 5}}));
      painter.drawLine(QPointF(10, 5), QPointF(10, 16));
      return;
    case RailIcon::Scores:
      for (const auto& [x, top] : {std::pair{5, 11}, {10, 4}, {15, 8}})
        painter.drawLine(QPointF(x, top), QPointF(x, 17));
      return;
    case RailIcon::Export:
      return drawExport(painter);
    case RailIcon::Journal:
      return drawClock(painter);
    case RailIcon::Keys:
      painter.drawRoundedRect(QRectF(2, 5, 16, 10), 2, 2);
      for (const double x : {5.0, 8.5, 12.0, 15.0}) painter.drawPoint(QPointF(x, 8.5));
      painter.drawLine(QPointF(6, 12), QPointF(14, 12));
      return;
  }
}

}  // namespace

QIcon railIcon(RailIcon icon, const QColor& color) {
  QIcon made;
  for (const int scale : {1, 2, 4}) {
    QPixmap pixmap(kSide * scale, kSide * scale);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(scale, scale);
    painter.setPen(QPen(color, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    draw(icon, painter);
    painter.end();
    made.addPixmap(pixmap);
  }
  return made;
}

}  // namespace stormloom
