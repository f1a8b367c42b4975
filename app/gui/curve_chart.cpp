#include "app/gui/curve_chart.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "app/gui/theme.h"

namespace stormloom {
namespace {

constexpr double kLeft = 32, kRight = 10, kTop = 24, kBottom = 22;

double stepFor(double highest) {
  for (const double step : {1.0, 2.0, 5.0, 10.0, 20.0, 50.0})
    if (highest / step <= 4.5) return step;
  return 100.0;
}

QColor colorOf(const Theme& theme, ChartContent::Curve::Color color) {
  switch (color) {
    case ChartContent::Curve::Color::Observed:
      return theme.observed;
    case ChartContent::Curve::Color::Forecast:
      return theme.forecast;
    case ChartContent::Curve::Color::Quiet:
      return theme.quiet;
    case ChartContent::Curve::Color::Text:
      break;
  }
  return theme.text;
}

}  // namespace

CurveChart::CurveChart(QWidget* parent) : QWidget(parent) {}

void CurveChart::setContent(ChartContent content) {
  content_ = std::move(content);
  update();
}

QPointF CurveChart::at(const QPointF& point) const {
  const double span = std::max(1.0, content_.lastMinute - content_.firstMinute);
  const double x = kLeft + (point.x() - content_.firstMinute) / span * (width() - kLeft - kRight);
  const double y = height() - kBottom -
                   point.y() / std::max(1e-6, content_.highest) * (height() - kTop - kBottom);
  return {x, std::clamp(y, kTop, double(height()))};
}

double CurveChart::valueAt(double y) const {
  const double share = (height() - kBottom - y) / std::max(1.0, height() - kTop - kBottom);
  return std::clamp(share, 0.0, 1.0) * content_.highest;
}

void CurveChart::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::of(*this);
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(theme.ground);
  painter.drawRoundedRect(rect(), 8, 8);
  QFont small = font();
  small.setPixelSize(11);
  painter.setFont(small);
  painter.setPen(theme.quiet);
  painter.drawText(QRectF(10, 4, width() - 20, 16), Qt::AlignLeft | Qt::AlignVCenter,
                   painter.fontMetrics().elidedText(content_.title, Qt::ElideRight, width() - 20));
  paintAxes(painter);
  paintBands(painter);
  paintCurves(painter);
}

void CurveChart::paintUntrained(QPainter& painter) const {
  const Theme& theme = Theme::of(*this);
  const auto grey = [&](double from, double to) {
    const QRectF beyond(at({content_.firstMinute, to}), at({content_.lastMinute, from}));
    painter.fillRect(beyond, QBrush(theme.line, Qt::BDiagPattern));
    return beyond;
  };
  if (content_.greyBelow) grey(0.0, *content_.greyBelow);
  if (!content_.greyAbove || *content_.greyAbove >= content_.highest) return;
  const QRectF beyond = grey(*content_.greyAbove, content_.highest);
  painter.setPen(theme.quiet);
  painter.drawText(beyond.adjusted(4, 0, -4, 0), Qt::AlignLeft | Qt::AlignTop, tr("not trained"));
}

void CurveChart::paintAxes(QPainter& painter) const {
  const Theme& theme = Theme::of(*this);
  paintUntrained(painter);
  const double step = stepFor(content_.highest);
  for (double value = 0; value <= content_.highest; value += step) {
    const double y = at({0, value}).y();
    painter.setPen(theme.line);
    painter.drawLine(QPointF(kLeft, y), QPointF(width() - kRight, y));
    painter.setPen(theme.quiet);
    painter.drawText(QRectF(0, y - 8, kLeft - 6, 16), Qt::AlignRight | Qt::AlignVCenter,
                     QString::number(value));
  }
  content_.ticks.empty() ? paintTimeTicks(painter) : paintTicks(painter);
}

void CurveChart::paintTicks(QPainter& painter) const {
  const Theme& theme = Theme::of(*this);
  painter.setPen(theme.quiet);
  for (const ChartContent::Tick& tick : content_.ticks) {
    const double x = std::clamp(at({tick.at, 0}).x(), 16.0, width() - 16.0);
    painter.drawText(QRectF(x - 30, height() - kBottom + 4, 60, 16), Qt::AlignCenter, tick.text);
  }
}

void CurveChart::paintTimeTicks(QPainter& painter) const {
  const Theme& theme = Theme::of(*this);
  const auto label = [&](double minute, Qt::Alignment align, const QString& text) {
    const double x = at({minute, 0}).x();
    const double left = align == Qt::AlignLeft ? x : align == Qt::AlignRight ? x - 80 : x - 40;
    painter.drawText(QRectF(left, height() - kBottom + 4, 80, 16), align | Qt::AlignVCenter, text);
  };
  painter.setPen(theme.quiet);
  label(content_.firstMinute, Qt::AlignLeft, signedText(content_.firstMinute, 0) + tr(" min"));
  label(content_.lastMinute, Qt::AlignRight, signedText(content_.lastMinute, 0) + tr(" min"));
  painter.setPen(theme.text);
  label(0, Qt::AlignHCenter, tr("now"));
  painter.setPen(QPen(theme.text, 1, Qt::DotLine));
  painter.drawLine(at({0, 0}), at({0, content_.highest}));
}

void CurveChart::paintBands(QPainter& painter) const {
  QColor fill = Theme::of(*this).forecast;
  fill.setAlphaF(0.13f);
  for (const ChartContent::Band& band : content_.bands) {
    QPainterPath path;
    bool begun = false;
    const auto add = [&](const QPointF& point) {
      begun ? path.lineTo(at(point)) : path.moveTo(at(point));
      begun = true;
    };
    for (const QPointF& point : band.upper) add(point);
    for (auto point = band.lower.rbegin(); point != band.lower.rend(); ++point) add(*point);
    painter.fillPath(path, fill);
  }
}

void CurveChart::paintCurves(QPainter& painter) const {
  const Theme& theme = Theme::of(*this);
  painter.setBrush(Qt::NoBrush);
  if (content_.level) {
    painter.setPen(QPen(theme.text, 1, Qt::DashDotLine));
    painter.drawLine(at({content_.firstMinute, *content_.level}),
                     at({content_.lastMinute, *content_.level}));
  }
  for (const ChartContent::Curve& curve : content_.curves) {
    QPainterPath path;
    bool begun = false;
    for (const QPointF& point : curve.points) {
      if (!std::isfinite(point.y())) {
        begun = false;
        continue;
      }
      begun ? path.lineTo(at(point)) : path.moveTo(at(point));
      begun = true;
    }
    painter.setPen(QPen(colorOf(theme, curve.color), curve.width,
                        curve.dashed ? Qt::DashLine : Qt::SolidLine));
    painter.drawPath(path);
    if (!curve.dots) continue;
    painter.setBrush(colorOf(theme, curve.color));
    for (const QPointF& point : curve.points) painter.drawEllipse(at(point), 2.5, 2.5);
    painter.setBrush(Qt::NoBrush);
  }
  if (!content_.minuteShown) return;
  painter.setPen(QPen(theme.forecast, 1));
  painter.drawLine(at({*content_.minuteShown, 0}), at({*content_.minuteShown, content_.highest}));
}

}  // namespace stormloom
