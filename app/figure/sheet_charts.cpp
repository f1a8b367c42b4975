// The two sheets that are no maps: mean intensity over time, and skill scores.
#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <span>

#include "app/figure/figure_drawing.h"
#include "app/figure/sheet_painter.h"
#include "core/box_mean.h"
#include "core/skill_scores.h"

namespace stormloom {

namespace {

namespace style = figure_style;

constexpr double kDigitalScale = 255.0;
constexpr int kValueSteps = 5;

using Point = ChartPoint;
using Curve = std::vector<Point>;

Curve curveOf(const FrameSequence& frames, ValidTime runTime) {
  Curve curve;
  for (const Frame& frame : frames.frames)
    curve.push_back({double((frame.validTime - runTime).count()) / 60.0,
                     frame.grid ? meanOfBox(*frame.grid) : std::nan("")});
  return curve;
}

QPainterPath pathOf(const ChartAxes& axes, const Curve& curve) {
  QPainterPath path;
  bool started = false;
  for (const Point& point : curve) {
    if (std::isnan(point.value)) continue;
    started ? path.lineTo(axes.at(point)) : path.moveTo(axes.at(point));
    started = true;
  }
  return path;
}

/// 1, 2 or 5 times a power of ten, so that about `wanted` steps make the range.
double roundStep(double range, int wanted) {
  const double raw = std::max(range, 1e-9) / wanted;
  const double unit = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (unit * factor >= raw) return unit * factor;
  return unit * 10.0;
}

/// The band between mu - width sigma and mu + width sigma.
QPainterPath fan(const ChartAxes& axes, const AnticipatedIntensity& anticipated, const Curve& times,
                 double width) {
  const std::size_t leads = std::min(anticipated.mu.size(), times.size());
  const auto bound = [&](std::size_t k, double side) {
    const double value =
        std::max(0.0, anticipated.mu[k] + side * width * anticipated.sigma[k]) * kDigitalScale;
    return axes.at({times[k].minutes, value});
  };
  QPainterPath path;
  for (std::size_t k = 0; k < leads; ++k)
    k == 0 ? path.moveTo(bound(k, 1.0)) : path.lineTo(bound(k, 1.0));
  for (std::size_t k = leads; k-- > 0;) path.lineTo(bound(k, -1.0));
  path.closeSubpath();
  return path;
}

Curve scaled(const std::vector<double>& values, const Curve& times) {
  Curve curve;
  for (std::size_t k = 0; k < std::min(values.size(), times.size()); ++k)
    curve.push_back({times[k].minutes, values[k] * kDigitalScale});
  return curve;
}

double largestOf(const Curve& curve) {
  double largest = 0.0;
  for (const Point& point : curve) largest = std::fmax(largest, point.value);
  return largest;
}

/// What the chart must be able to show, and where.
ChartAxes axesFor(const ResultFile& result, const QRectF& plot) {
  ChartAxes axes;
  axes.plot = plot;
  const Curve past = curveOf(result.context, result.runTime);
  axes.fromMinutes = past.front().minutes;
  axes.toMinutes = curveOf(result.members.front().frames, result.runTime).back().minutes;
  double largest = largestOf(past);
  for (const ScenarioMember& member : result.members)
    largest = std::fmax(largest, largestOf(curveOf(member.frames, result.runTime)));
  for (std::size_t k = 0; k < result.anticipated.mu.size(); ++k)
    largest = std::fmax(
        largest, kDigitalScale * (result.anticipated.mu[k] + 2.0 * result.anticipated.sigma[k]));
  const double step = roundStep(largest * 1.05, kValueSteps);
  axes.top = std::max(step, std::ceil(largest * 1.05 / step) * step);
  return axes;
}

}  // namespace

void SheetPainter::drawAxes(QPainter& painter, const ChartAxes& axes) const {
  const double step = roundStep(axes.top, kValueSteps);
  for (double value = 0.0; value <= axes.top + 0.5 * step; value += step) {
    const QPointF left = axes.at({axes.fromMinutes, value});
    painter.setPen(QPen(theme_.graticule, 0.4));
    painter.drawLine(left, {axes.plot.right(), left.y()});
    put(painter, QRectF(left.x() - 30.0, left.y() - 6.0, 26.0, 12.0),
        QString::number(value, 'g', 4), 7.0, theme_.quietText,
        int(Qt::AlignRight) | int(Qt::AlignVCenter));
  }
  const double minuteStep = std::max(10.0, roundStep(axes.toMinutes - axes.fromMinutes, 8));
  for (double minutes = std::ceil(axes.fromMinutes / minuteStep) * minuteStep;
       minutes <= axes.toMinutes + 0.1; minutes += minuteStep) {
    const QPointF foot = axes.at({minutes, 0.0});
    painter.setPen(QPen(theme_.graticule, 0.4));
    painter.drawLine(foot, foot + QPointF(0.0, 3.0));
    const QString text = minutes == 0.0
                             ? QString("now")
                             : QString("%1%2").arg(minutes < 0 ? "−" : "+").arg(std::abs(minutes));
    put(painter, QRectF(foot.x() - 24.0, foot.y() + 3.0, 48.0, 10.0), text, 7.0, theme_.quietText,
        int(Qt::AlignHCenter) | int(Qt::AlignVCenter));
  }
  put(painter, QRectF(axes.plot.left(), axes.plot.bottom() + 14.0, axes.plot.width(), 10.0),
      "minutes from the run time; mean on the 0-255 scale", 7.0, theme_.quietText,
      int(Qt::AlignHCenter) | int(Qt::AlignVCenter));
  painter.setPen(QPen(theme_.text, 0.8));
  painter.drawLine(axes.at({0.0, 0.0}), axes.at({0.0, axes.top}));
}

/// Members thin, what was asked of them thick, the scenario's name at the end.
void SheetPainter::drawMembers(QPainter& painter, const ChartAxes& axes) const {
  const ResultFile& result = content_.result;
  const Curve times = curveOf(result.members.front().frames, result.runTime);
  std::vector<std::pair<double, QString>> labels;
  for (const ScenarioMember& member : result.members) {
    const Curve curve = curveOf(member.frames, result.runTime);
    painter.setPen(QPen(theme_.forecast, 0.7));
    painter.drawPath(pathOf(axes, curve));
    painter.setPen(QPen(theme_.forecast, 1.8, Qt::DashDotLine));
    painter.drawPath(pathOf(axes, scaled(member.commanded, times)));
    if (member.member == 0)
      labels.emplace_back(axes.at(curve.back()).y(), memberText(member, false));
  }
  std::sort(labels.begin(), labels.end());
  double last = -1e9;
  for (const auto& [y, text] : labels) {
    last = std::max(y, last + 9.0);
    put(painter, QRectF(axes.plot.right() + 5.0, last - 6.0, 54.0, 12.0), text, 7.5,
        theme_.forecast);
  }
}

/// What each kind of line means, on as many lines as it needs.
void SheetPainter::drawKey(QPainter& painter, const QRectF& room) const {
  constexpr double kLine = 11.0;
  constexpr double kSample = 20.0;
  struct Entry {
    QString text;
    QPen pen;
  };
  const bool scenarios = !std::isnan(content_.result.members.front().nSigma);
  std::vector<Entry> entries = {
      {content_.result.context.synthetic ? "synthetic past" : "observed", QPen(theme_.past, 1.6)}};
  if (content_.truth)
    entries.push_back({content_.result.context.synthetic ? "synthetic truth" : "observed later",
                       QPen(theme_.past, 1.2, Qt::DotLine)});
  entries.push_back({"members", QPen(theme_.forecast, 0.7)});
  if (scenarios) {
    entries.push_back({"asked for", QPen(theme_.forecast, 1.8, Qt::DashDotLine)});
    QColor band = theme_.forecast;
    band.setAlphaF(0.28f);
    entries.push_back({"expected", QPen(theme_.quietText, 0.9, Qt::DashLine)});
    entries.push_back({"expected ± 1 and 2 σ", QPen(band, 6.0, Qt::SolidLine, Qt::FlatCap)});
  }
  QFont font = figure_drawing::font(7);
  font.setPixelSize(7);
  const QFontMetricsF metrics(font);
  QPointF at = room.topLeft();
  for (const Entry& entry : entries) {
    const double width = kSample + 4.0 + metrics.horizontalAdvance(entry.text) * 1.1 + 12.0;
    if (at.x() + width > room.right() + 12.0 && at.x() > room.left())
      at = {room.left(), at.y() + kLine};
    painter.setPen(entry.pen);
    painter.drawLine(QPointF(at.x(), at.y() + kLine / 2.0),
                     QPointF(at.x() + kSample, at.y() + kLine / 2.0));
    put(painter, QRectF(at.x() + kSample + 4.0, at.y(), width - kSample - 4.0, kLine), entry.text,
        7.0, theme_.quietText);
    at.rx() += width;
  }
}

void SheetPainter::drawFan(QPainter& painter, const QRectF& room) const {
  constexpr double kKey = 24.0;
  const ResultFile& result = content_.result;
  const double top = drawTitle(painter, room, "Mean intensity of the box");
  const ChartAxes axes = axesFor(result, QRectF(room.left() + 30.0, top + 4.0, room.width() - 90.0,
                                                room.bottom() - top - 30.0 - kKey));
  drawKey(painter, QRectF(axes.plot.left(), room.bottom() - kKey, axes.plot.width(), kKey));
  drawAxes(painter, axes);
  const Curve times = curveOf(result.members.front().frames, result.runTime);
  QColor band = theme_.forecast;
  band.setAlphaF(0.14f);
  for (const double width : {2.0, 1.0})
    painter.fillPath(fan(axes, result.anticipated, times, width), band);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(theme_.quietText, 0.9, Qt::DashLine));
  painter.drawPath(pathOf(axes, scaled(result.anticipated.mu, times)));
  painter.setPen(QPen(theme_.past, 1.6));
  painter.drawPath(pathOf(axes, curveOf(result.context, result.runTime)));
  if (content_.truth) {
    painter.setPen(QPen(theme_.past, 1.2, Qt::DotLine));
    painter.drawPath(pathOf(axes, curveOf(*content_.truth, result.runTime)));
  }
  drawMembers(painter, axes);
}

namespace {

constexpr double kScoreRow = 12.0;
constexpr double kScoreHead = kScoreRow + 2.0;
constexpr double kScoreNotes = 24.0;

}  // namespace

double SheetPainter::heightOfScores(std::size_t rows) const {
  return drawnTitleHeight() + kScoreHead + kScoreNotes + kScoreRow * double(rows);
}

std::size_t SheetPainter::scoresIn(double height) const {
  const double room = height - heightOfScores(0);
  return room < kScoreRow ? 1 : std::size_t(room / kScoreRow);
}

void SheetPainter::drawScores(QPainter& painter, const QRectF& room) const {
  double y = drawTitle(painter, room, "Skill against what was observed");
  std::vector<QString> header = {"forecast", "member", "lead"};
  for (const float threshold : kSevirThresholds)
    header.push_back(QString("CSI %1").arg(int(threshold)));
  header.insert(header.end(), {"FSS 74", "MAE", "CRPS"});
  const double first = room.width() * 0.12;
  const double other = (room.width() - first) / double(header.size() - 1);
  const auto cell = [&](std::size_t column, const QString& text, const QColor& color, bool bold) {
    const double x = column == 0 ? room.left() : room.left() + first + double(column - 1) * other;
    const double width = column == 0 ? first : other - 2.0;
    put(painter, QRectF(x, y, width, kScoreRow), text, 7.5, color,
        int(column == 0 ? Qt::AlignLeft : Qt::AlignRight) | int(Qt::AlignVCenter), bold);
  };
  for (std::size_t c = 0; c < header.size(); ++c) cell(c, header[c], theme_.text, true);
  y += kScoreHead;
  painter.setPen(QPen(theme_.text, 0.6));
  painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y));
  const auto text = [](double value, int places) {
    return std::isnan(value) ? QString("n/a") : QString::number(value, 'f', places);
  };
  const std::size_t from = std::min(options_.firstScore, content_.scores.size());
  const std::size_t shown = std::min(scoresIn(room.height()), content_.scores.size() - from);
  for (const LeadScores& scores : std::span(content_.scores).subspan(from, shown)) {
    std::vector<QString> row = {std::isnan(scores.nSigma) ? QString::fromStdString(scores.model)
                                                          : scenarioText(scores.nSigma),
                                QString::number(scores.member + 1),
                                QString("+%1 min").arg(scores.leadMinutes)};
    for (const double csi : scores.csi) row.push_back(text(csi, 3));
    row.insert(row.end(),
               {text(scores.fss.size() > 1 ? scores.fss[1] : std::nan(""), 3),
                text(kDigitalScale * scores.mae, 2), text(kDigitalScale * scores.crps, 2)});
    for (std::size_t c = 0; c < row.size(); ++c)
      cell(c, row[c], c == 0 ? theme_.forecast : theme_.text, false);
    y += kScoreRow;
  }
  QString note = QString(
                     "CSI and FSS (in squares of %1 cells) at or above thresholds on the 0-255 "
                     "scale, 1 is best; MAE and CRPS on that scale, 0 is best.")
                     .arg(kFssNeighbourhood);
  const std::size_t left = content_.scores.size() - from - shown;
  if (left > 0) note = QString("%1 more rows in the table of \"verify\". ").arg(left) + note;
  put(painter, QRectF(room.left(), y + 4.0, room.width(), kScoreRow), note, 7.0, theme_.quietText);
}

}  // namespace stormloom
