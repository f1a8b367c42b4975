#include "app/gui/intensity_dial.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "app/gui/theme.h"

namespace stormloom {
namespace {

constexpr double kSide = 12;
constexpr double kGrooveY = 15;

}  // namespace

IntensityDial::IntensityDial(QWidget* parent) : QSlider(Qt::Horizontal, parent) {
  setObjectName("intensitySlider");
  setRange(-40, 40);
  setSingleStep(1);
  setPageStep(10);
  setAccessibleName(tr("Anticipated intensity"));
  setAccessibleDescription(tr("In tenths of a standard deviation from what is expected"));
  setToolTip(
      tr("What if the mean intensity were this many standard deviations from what is expected?\n"
         "Handle: what is asked. Ring: what came out. Dimmed: what the model cannot reach. Keys: [ "
         "and ], 0, 1 to 9"));
}

void IntensityDial::setReach(double lowest, double highest) {
  if (lowest == lowest_ && highest == highest_) return;
  lowest_ = lowest;
  highest_ = highest;
  update();
}

void IntensityDial::setAchieved(std::optional<double> nSigma) {
  if (nSigma == achieved_) return;
  achieved_ = nSigma;
  update();
}

double IntensityDial::xFrom(double nSigma) const {
  return kSide + (nSigma + 4.0) / 8.0 * (width() - 2 * kSide);
}

void IntensityDial::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::of(*this);
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  QLinearGradient groove(xFrom(-4), 0, xFrom(4), 0);
  groove.setColorAt(0.0, theme.dark ? QColor(0x3f, 0x6d, 0x80) : QColor(0x8f, 0xb4, 0xc4));
  groove.setColorAt(0.5, theme.dark ? QColor(0x8a, 0x94, 0xa0) : QColor(0xb4, 0xbd, 0xc6));
  groove.setColorAt(1.0, QColor(0xd8, 0x9a, 0x36));
  painter.setPen(Qt::NoPen);
  painter.setBrush(groove);
  painter.drawRoundedRect(QRectF(xFrom(-4), kGrooveY - 3, xFrom(4) - xFrom(-4), 6), 3, 3);
  QColor dim = theme.panel;
  dim.setAlphaF(0.78f);
  painter.setBrush(dim);
  if (highest_ < 4)
    painter.drawRect(QRectF(xFrom(highest_), kGrooveY - 4, xFrom(4) - xFrom(highest_), 8));
  if (lowest_ > -4)
    painter.drawRect(QRectF(xFrom(-4), kGrooveY - 4, xFrom(lowest_) - xFrom(-4), 8));
  paintTicks(painter);
  const double handle = xFrom(value() / 10.0);
  painter.setPen(hasFocus() ? QPen(theme.text, 2) : QPen(Qt::NoPen));
  painter.setBrush(Theme::darkTheme().forecast);
  painter.drawEllipse(QPointF(handle, kGrooveY), 10, 10);
  if (!achieved_) return;
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(theme.dark ? QColor(Qt::white) : QColor(Qt::black), 2));
  painter.drawEllipse(QPointF(xFrom(std::clamp(*achieved_, -4.0, 4.0)), kGrooveY), 4.5, 4.5);
}

void IntensityDial::paintTicks(QPainter& painter) const {
  const Theme& theme = Theme::of(*this);
  QFont small = font();
  small.setPixelSize(11);
  painter.setFont(small);
  const auto text = [&](double n, double y, const QString& word, const QColor& color) {
    const double w = painter.fontMetrics().horizontalAdvance(word) + 2;
    painter.setPen(color);
    painter.drawText(QRectF(std::clamp(xFrom(n) - w / 2, 0.0, width() - w), y, w, 14),
                     Qt::AlignCenter, word);
  };
  for (int n = -4; n <= 4; ++n) {
    painter.setPen(QPen(theme.quiet, 1));
    painter.drawLine(QPointF(xFrom(n), kGrooveY + 12),
                     QPointF(xFrom(n), kGrooveY + (n % 2 ? 15 : 18)));
    if (n % 2 == 0) text(n, kGrooveY + 18, signedText(n, 0), theme.quiet);
  }
  text(-4, kGrooveY + 31, tr("much weaker"), theme.quiet);
  text(0, kGrooveY + 31, tr("as expected"), theme.quiet);
  text(4, kGrooveY + 31, tr("extreme"), theme.quiet);
  painter.setPen(Qt::NoPen);
}

void IntensityDial::takePosition(double x) {
  const double n = (x - kSide) / std::max(1.0, width() - 2 * kSide) * 8.0 - 4.0;
  setValue(int(std::lround(10 * std::clamp(n, -4.0, 4.0))));
}

void IntensityDial::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  setSliderDown(true);
  takePosition(event->position().x());
}

void IntensityDial::mouseMoveEvent(QMouseEvent* event) {
  if (isSliderDown()) takePosition(event->position().x());
}

void IntensityDial::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) setSliderDown(false);
}

}  // namespace stormloom
