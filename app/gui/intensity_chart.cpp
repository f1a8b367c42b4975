#include "app/gui/intensity_chart.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

#include "app/gui/palette.h"

namespace stormloom {
namespace {
constexpr double kScale = 255.0;  // frame means come in [0, 1]
constexpr double kLeft = 30, kRight = 8, kTop = 22, kBottom = 22;
}  // namespace

IntensityChart::IntensityChart(QWidget* parent) : QWidget(parent) {
  setToolTip(tr("Mean intensity of the forecast box. Cyan: observed. Bands: what is expected, ±1, ±2 and ±4 σ. "
                "Thick amber: commanded. White: achieved."));
}

void IntensityChart::setContext(std::shared_ptr<const ModelContext> context) {
  context_ = std::move(context);
  forecast_.reset();
  observed_.clear();
  if (context_) {
    for (const Frame& frame : context_->frames.frames) observed_.push_back(summarize(*frame.grid).mean);
    stepMinutes_ = stormloom::stepMinutes(context_->frames);
    top_ = 30.0;
    for (const double mean : observed_) top_ = std::max(top_, 1.5 * mean);
  }
  update();
}

void IntensityChart::setForecast(std::shared_ptr<const ScenarioForecast> forecast) {
  forecast_ = std::move(forecast);
  if (forecast_ && !forecast_->anticipated.mu.empty()) {
    const auto& expected = forecast_->anticipated;
    for (std::size_t i = 0; i < expected.mu.size(); ++i)
      top_ = std::max(top_, 1.05 * kScale * expected.commanded(int(i), 4.0));
  }
  update();
}

void IntensityChart::setIntensity(double nSigma) {
  nSigma_ = nSigma;
  update();
}

void IntensityChart::setLead(int lead) {
  lead_ = lead;
  update();
}

double IntensityChart::leadMinute(int lead) const { return stepMinutes_ * (lead + 1); }

QPointF IntensityChart::at(double minute, double mean) const {
  const double first = -stepMinutes_ * (double(observed_.size()) - 1);
  const double last = stepMinutes_ * (context_ ? context_->grid.targetFrames : 6);
  return {kLeft + (minute - first) / (last - first) * (width() - kLeft - kRight),
          height() - kBottom - mean / top_ * (height() - kTop - kBottom)};
}

void IntensityChart::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(palette::kGround);
  painter.drawRoundedRect(rect(), 8, 8);
  painter.setPen(palette::kQuiet);
  QFont small = font();
  small.setPixelSize(11);
  painter.setFont(small);
  painter.drawText(QRectF(8, 3, width() - 16, 16), Qt::AlignLeft | Qt::AlignVCenter, tr("mean intensity of the box, 0–255"));
  if (observed_.size() < 2) return;
  paintAxes(painter);
  paintFan(painter);
  paintCurves(painter);
}

void IntensityChart::paintAxes(QPainter& painter) const {
  const double step = top_ > 150 ? 50 : top_ > 60 ? 20 : 10;
  for (double mean = 0; mean <= top_; mean += step) {
    const double y = at(0, mean).y();
    painter.setPen(palette::kLine);
    painter.drawLine(QPointF(kLeft, y), QPointF(width() - kRight, y));
    painter.setPen(palette::kQuiet);
    painter.drawText(QRectF(0, y - 8, kLeft - 5, 16), Qt::AlignRight | Qt::AlignVCenter, QString::number(mean));
  }
  const auto label = [&](double minute, Qt::Alignment align, const QString& text) {
    const double x = at(minute, 0).x();
    const double left = align == Qt::AlignLeft ? x : align == Qt::AlignRight ? x - 70 : x - 35;
    painter.drawText(QRectF(left, height() - kBottom + 3, 70, 16), align, text);
  };
  label(-stepMinutes_ * (double(observed_.size()) - 1), Qt::AlignLeft,
        signedText(-stepMinutes_ * (double(observed_.size()) - 1), 0) + tr(" min"));
  label(0, Qt::AlignHCenter, tr("now"));
  label(leadMinute(context_->grid.targetFrames - 1), Qt::AlignRight,
        signedText(leadMinute(context_->grid.targetFrames - 1), 0) + tr(" min"));
  painter.setPen(QPen(palette::kText, 1, Qt::DotLine));
  painter.drawLine(at(0, 0), at(0, top_));
}

void IntensityChart::paintFan(QPainter& painter) const {
  if (!forecast_) return;
  const AnticipatedIntensity& expected = forecast_->anticipated;
  for (const double n : {4.0, 2.0, 1.0}) {
    QPainterPath band(at(0, observed_.back()));
    const int leads = int(expected.mu.size());
    for (int i = 0; i < leads; ++i) band.lineTo(at(leadMinute(i), kScale * expected.commanded(i, n)));
    for (int i = leads - 1; i >= 0; --i) band.lineTo(at(leadMinute(i), kScale * expected.commanded(i, -n)));
    QColor fill = palette::kForecast;
    fill.setAlphaF(0.10);
    painter.fillPath(band, fill);
  }
}

void IntensityChart::paintCurves(QPainter& painter) const {
  QPainterPath past(at(-stepMinutes_ * (double(observed_.size()) - 1), observed_.front()));
  for (std::size_t i = 1; i < observed_.size(); ++i)
    past.lineTo(at(stepMinutes_ * (double(i) + 1 - double(observed_.size())), observed_[i]));
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(palette::kObserved, 2));
  painter.drawPath(past);
  if (forecast_) {
    const AnticipatedIntensity& expected = forecast_->anticipated;
    QPainterPath middle(at(0, observed_.back())), commanded(at(0, observed_.back()));
    for (int i = 0; i < int(expected.mu.size()); ++i) {
      middle.lineTo(at(leadMinute(i), kScale * expected.commanded(i, 0)));
      commanded.lineTo(at(leadMinute(i), kScale * expected.commanded(i, nSigma_)));
    }
    painter.setPen(QPen(palette::kQuiet, 1, Qt::DashLine));
    painter.drawPath(middle);
    painter.setPen(QPen(palette::kForecast, 2.5));
    painter.drawPath(commanded);
    painter.setPen(QPen(palette::kText, 1.2));
    for (const ScenarioMember& member : forecast_->members) {
      QPainterPath achieved(at(0, observed_.back()));
      for (std::size_t i = 0; i < member.achieved.size(); ++i)
        achieved.lineTo(at(leadMinute(int(i)), kScale * member.achieved[i]));
      painter.drawPath(achieved);
    }
  }
  if (lead_ >= 0) {
    painter.setPen(QPen(palette::kForecast, 1));
    painter.drawLine(at(leadMinute(lead_), 0), at(leadMinute(lead_), top_));
  }
}

}  // namespace stormloom
