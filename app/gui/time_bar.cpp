#include "app/gui/time_bar.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "app/gui/theme.h"
#include "core/standing_still.h"

namespace stormloom {
namespace {

constexpr double kTrackTop = 28;
constexpr double kTrackHeight = 20;
constexpr double kSide = 34;

QColor cellColor(const Theme& theme, const TimeCell& cell) {
  return cell.forecast ? theme.forecast : cell.synthetic ? theme.synthetic : theme.observed;
}

QString leadText(ValidTime time, ValidTime now) {
  const auto lead = std::chrono::duration_cast<minutes>(time - now).count();
  return signedText(double(lead), 0) + " min";
}

double medianStep(const std::vector<TimeCell>& cells) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < cells.size(); ++i)
    steps.push_back(double((cells[i].time - cells[i - 1].time).count()));
  if (steps.empty()) return 300.0;
  std::nth_element(steps.begin(), steps.begin() + steps.size() / 2, steps.end());
  return std::max(1.0, steps[steps.size() / 2]);
}

}  // namespace

TimeBar::TimeBar(QWidget* parent) : QWidget(parent) {
  setMouseTracking(false);
  setToolTip(tr("Click or drag to a time. Left and Right step, Space plays."));
}

void TimeBar::setCells(std::vector<TimeCell> cells, ValidTime now) {
  cells_ = std::move(cells);
  now_ = now;
  stepSeconds_ = medianStep(cells_);
  current_ = std::clamp(current_, 0, std::max(0, int(cells_.size()) - 1));
  update();
}

void TimeBar::setCurrent(int index) {
  if (index == current_) return;
  current_ = index;
  update();
}

// A frame's cell ends at its valid time: it shows what was measured until then.
double TimeBar::xFromTime(ValidTime time) const {
  const double first = -stepSeconds_;
  const double span = double((cells_.back().time - cells_.front().time).count()) - first;
  return kSide +
         (double((time - cells_.front().time).count()) - first) / span * (width() - 2 * kSide);
}

QRectF TimeBar::cellRect(int index) const {
  const TimeCell& cell = cells_.at(std::size_t(index));
  const seconds step(static_cast<long>(stepSeconds_));
  ValidTime from = cell.time - step;
  if (index > 0) {  // forecasts come on the model's own clock and follow without a gap
    const ValidTime before = cells_[std::size_t(index) - 1].time;
    from = cell.forecast ? before : std::max(from, before);
  }
  const double left = xFromTime(from), right = xFromTime(cell.time);
  return {left, kTrackTop, std::max(1.0, right - left), kTrackHeight};
}

void TimeBar::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::of(*this);
  QPainter painter(this);
  if (cells_.empty()) {
    painter.setPen(theme.quiet);
    painter.drawText(rect(), Qt::AlignCenter, tr("Times appear here when radar files are open"));
    return;
  }
  painter.fillRect(QRectF(kSide, kTrackTop, width() - 2 * kSide, kTrackHeight), theme.ground);
  for (int i = 0; i < int(cells_.size()); ++i) {
    const TimeCell& cell = cells_[std::size_t(i)];
    QRectF box = cellRect(i);
    if (box.width() > 4) box.adjust(0.5, 0, -0.5, 0);
    QColor fill = cellColor(theme, cell);
    fill.setAlphaF(i == current_ ? 1.0 : cell.forecast ? 0.34 : 0.42);
    painter.fillRect(box, fill);
    if (cell.forecast && i != current_)
      painter.fillRect(QRectF(box.left(), box.bottom() - 2, box.width(), 2),
                       cellColor(theme, cell));
    if (cell.still < kTellsStill) continue;
    const double hatched = (cell.still >= kStandsStill ? 1.0 : cell.still) * box.height();
    painter.fillRect(QRectF(box.left(), box.bottom() - hatched, box.width(), hatched),
                     QBrush(theme.text, Qt::BDiagPattern));
  }
  painter.setRenderHint(QPainter::Antialiasing);
  const double head = cellRect(current_).center().x();
  painter.setPen(Qt::NoPen);
  painter.setBrush(cellColor(theme, cells_[std::size_t(current_)]));
  painter.drawRoundedRect(QRectF(head - 3.5, kTrackTop - 5, 7, kTrackHeight + 10), 2, 2);
  paintLabels(painter);
}

void TimeBar::paintLabels(QPainter& painter) const {
  const Theme& theme = Theme::of(*this);
  const double below = kTrackTop + kTrackHeight + 6;
  const auto label = [&](double x, double y, const QColor& color, const QString& text) {
    const double w = painter.fontMetrics().horizontalAdvance(text) + 4;
    painter.setPen(color);
    painter.drawText(QRectF(std::clamp(x - w / 2, 2.0, std::max(2.0, width() - w - 2)), y, w, 18),
                     Qt::AlignCenter, text);
  };
  const TimeCell& at = cells_[std::size_t(current_)];
  const QString here = QString::fromStdString(clockText(at.time)) +
                       (at.forecast ? ", " + leadText(at.time, now_) : QString());
  const double head = cellRect(current_).center().x();
  label(head, below, cellColor(theme, at), here);
  const double first = cellRect(0).center().x(),
               last = cellRect(int(cells_.size()) - 1).center().x();
  if (head - first > 150)
    label(first + 34, below, theme.quiet,
          QString::fromStdString(clockText(cells_.front().time)) + tr(" observed"));
  if (last - head > 150)
    label(last - 30, below, theme.quiet,
          QString::fromStdString(clockText(cells_.back().time)) +
              (cells_.back().forecast ? tr(" forecast") : tr(" latest")));
  if (now_ < cells_.front().time || now_ > cells_.back().time) return;
  const double now = xFromTime(now_);
  painter.fillRect(QRectF(now - 1, kTrackTop - 8, 2, kTrackHeight + 14), theme.text);
  label(now, 2, theme.text, tr("now %1 UTC").arg(QString::fromStdString(clockText(now_))));
}

void TimeBar::seek(double x) {
  if (cells_.empty()) return;
  int best = 0;
  for (int i = 1; i < int(cells_.size()); ++i)
    if (std::abs(cellRect(i).center().x() - x) < std::abs(cellRect(best).center().x() - x))
      best = i;
  Q_EMIT seekAsked(best);
}

void TimeBar::mousePressEvent(QMouseEvent* event) { seek(event->position().x()); }

void TimeBar::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons() & Qt::LeftButton) seek(event->position().x());
}

}  // namespace stormloom
