#pragma once

#include <QPainter>
#include <QString>
#include <memory>

#include "app/figure/figure_map.h"
#include "app/figure/sheet.h"

namespace stormloom {

struct ChartPoint {
  double minutes = 0.0;  ///< from the run time
  double value = 0.0;
};

/// Where numbers lie on a chart.
struct ChartAxes {
  QRectF plot;
  double fromMinutes = 0.0;
  double toMinutes = 1.0;
  double top = 1.0;  ///< largest value

  QPointF at(ChartPoint point) const {
    return {plot.left() + (point.minutes - fromMinutes) / (toMinutes - fromMinutes) * plot.width(),
            plot.bottom() - point.value / top * plot.height()};
  }
};

/// Draws sheets in units of a point (1/72 inch). First asked how tall it will be, then to draw.
class SheetPainter {
public:
  SheetPainter(const SheetContent& content, const SheetOptions& options);
  double heightFor(double width) const;
  void draw(QPainter& painter, const QRectF& room) const;
  /// Rows of the table of scores that fit in this height.
  std::size_t scoresIn(double height) const;

private:
  struct Row {
    QString name;
    QString detail;
    PaneKind kind;
    std::vector<const Frame*> frames;
  };

  std::vector<Row> stripRows() const;
  void drawStrip(QPainter& painter, const QRectF& room) const;
  void drawStamps(QPainter& painter, const QRectF& room) const;
  void drawFan(QPainter& painter, const QRectF& room) const;
  void drawAxes(QPainter& painter, const ChartAxes& axes) const;
  void drawKey(QPainter& painter, const QRectF& room) const;
  void drawMembers(QPainter& painter, const ChartAxes& axes) const;
  void drawScores(QPainter& painter, const QRectF& room) const;
  void drawMap(QPainter& painter, const QRectF& place, const Frame& frame, PaneKind kind) const;
  void drawLegend(QPainter& painter, const QRectF& room) const;
  double heightOfScores(std::size_t rows) const;
  static double drawnTitleHeight();
  double drawTitle(QPainter& painter, const QRectF& room, const QString& text) const;
  void put(QPainter& painter, const QRectF& room, const QString& text, double size,
           const QColor& color, int align = int(Qt::AlignLeft) | int(Qt::AlignVCenter),
           bool bold = false) const;
  int columnsOfStamps() const;
  double aspect() const;

  const SheetContent& content_;
  SheetOptions options_;
  const figure_style::Theme& theme_;
  FigureMap map_;
};

/// "+2 σ", "forecast" for NaN.
QString scenarioText(double nSigma);
/// "+2 σ, member 3"
QString memberText(const ScenarioMember& member, bool nameMember);

}  // namespace stormloom
