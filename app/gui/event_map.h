#pragma once

#include <QPointF>
#include <QRectF>
#include <QWidget>
#include <optional>
#include <vector>

#include "core/base_map.h"

namespace stormloom {

/// A small map of the USA with a point for each event. A click chooses the nearest one, a drawn frame limits the area.
class EventMap : public QWidget {
  Q_OBJECT
public:
  explicit EventMap(QWidget* parent = nullptr);
  void setBaseMap(const std::vector<MapLine>& lines);
  void setPoints(std::vector<LonLat> points);
  void setChosen(int index);  ///< -1: none
  void clearArea();
  QSize sizeHint() const override { return {460, 320}; }

Q_SIGNALS:
  void pointChosen(int index);
  /// Longitudes and latitudes of the drawn frame; nothing once it is taken away.
  void areaDrawn(std::optional<stormloom::LonLatBox> area);

protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

private:
  QPointF place(CellPoint cell) const;
  CellPoint cellAt(QPointF place) const;
  int nearest(QPointF place) const;

  GeoReference geo_;  ///< one cell of 10 km a unit
  std::vector<MapPath> lines_;
  std::vector<CellPoint> points_;
  int chosen_ = -1;
  std::optional<QPointF> pressed_;
  QRectF frame_;  ///< in cells
};

}  // namespace stormloom
