#include "app/gui/threshold_box.h"

#include <QRegularExpression>
#include <algorithm>
#include <cmath>

#include "core/vil_scale.h"

namespace stormloom {
namespace {

QRegularExpressionMatch matched(QString text) {
  static const QRegularExpression number(R"(^\s*≥?\s*(\d{0,3}(?:[.,]\d{0,2})?)\s*(m|mm|mm/|mm/h)?\s*$)");
  return number.match(text);
}

}  // namespace

ThresholdBox::ThresholdBox(QWidget* parent) : QDoubleSpinBox(parent) {
  setRange(1, 254);
  setDecimals(0);
  setPrefix(QStringLiteral("≥ "));
  setKeyboardTracking(false);
  connect(this, &QDoubleSpinBox::valueChanged, this, &ThresholdBox::showRain);
  showRain(value());
}

double ThresholdBox::valueFromText(const QString& text) const {
  const QRegularExpressionMatch match = matched(text);
  const double number = match.captured(1).replace(',', '.').toDouble();
  const double asked = match.captured(2) == "mm/h" ? digitalFromRain(number) : number;
  return std::clamp(std::round(asked), minimum(), maximum());
}

QValidator::State ThresholdBox::validate(QString& text, int&) const {
  const QRegularExpressionMatch match = matched(text);
  if (!match.hasMatch()) return QValidator::Invalid;
  const bool whole = !match.captured(1).isEmpty() && (match.captured(2).isEmpty() || match.captured(2) == "mm/h");
  return whole ? QValidator::Acceptable : QValidator::Intermediate;
}

void ThresholdBox::showRain(double threshold) {
  const double rain = rainFromDigital(threshold);
  setToolTip(tr("The threshold: white lines, chances and times of crossing are about it. Digital VIL, 0 to 254;\n"
                "%1 stands for %2 mm/h and %3 kg/m². Rain can be typed, too: 20 mm/h.")
                 .arg(threshold, 0, 'f', 0)
                 .arg(rain, 0, 'f', rain < 9.95 ? 1 : 0)
                 .arg(vilMassFromDigital(threshold), 0, 'f', 1));
}

}  // namespace stormloom
