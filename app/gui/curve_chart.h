#pragma once

#include <QColor>
#include <QWidget>
#include <optional>
#include <vector>

namespace stormloom {

/// What a chart draws over time (minutes count from the run time) or, with ticks of its own, over
/// something else.
struct ChartContent {
  struct Curve {
    enum class Color { Observed, Forecast, Quiet, Text };
    std::vector<QPointF> points;  ///< minute, value
    Color color = Color::Text;
    double width = 1.5;
    bool dashed = false;
    bool dots = false;  ///< each point marked
  };
  struct Tick {
    double at = 0.0;
    QString text;
  };
  struct Band {
    std::vector<QPointF> upper, lower;
  };
  QString title;
  std::vector<Band> bands;
  std::vector<Curve> curves;
  std::vector<Tick> ticks;          ///< of the lower axis; none: first minute, now, last minute
  std::vector<QPointF> handles;     ///< what a hand may move up and down
  std::optional<double> greyAbove;  ///< beyond what the models were trained on
  std::optional<double> greyBelow;
  std::optional<double> level;        ///< a threshold across
  std::optional<double> minuteShown;  ///< of the time bar, where it is a forecast's
  double firstMinute = -60, lastMinute = 60, highest = 60;
};

/// Lines, bands and a threshold over time, in the desk's two colours.
class CurveChart : public QWidget {
  Q_OBJECT
public:
  explicit CurveChart(QWidget* parent = nullptr);
  void setContent(ChartContent content);
  const ChartContent& content() const { return content_; }
  QSize minimumSizeHint() const override { return {220, 110}; }
  QSize sizeHint() const override { return {272, 168}; }

protected:
  void paintEvent(QPaintEvent* event) override;

  QPointF at(const QPointF& point) const;
  double valueAt(double y) const;  ///< of a pixel's row, within the axis

private:
  void paintUntrained(QPainter& painter) const;
  void paintAxes(QPainter& painter) const;
  void paintTimeTicks(QPainter& painter) const;
  void paintTicks(QPainter& painter) const;
  void paintBands(QPainter& painter) const;
  void paintCurves(QPainter& painter) const;

  ChartContent content_;
};

}  // namespace stormloom
