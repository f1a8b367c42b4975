#pragma once

#include <QColor>
#include <QString>

#include "render/map_style.h"

class QApplication;
class QWidget;

namespace stormloom {

/// Colours of the window. Cyan is observed, amber forecast, violet synthetic, everywhere; green and
/// red are for lights only.
struct Theme {
  enum class Choice { System, Dark, Light };

  bool dark = true;
  QColor ground, panel, raised, line, text, quiet;
  QColor observed, forecast, synthetic, failed, good, onAccent;
  MapStyle map;

  static const Theme& darkTheme();
  static const Theme& lightTheme();
  /// The theme a widget is drawn with, by its palette.
  static const Theme& of(const QWidget& widget);
};

/// Gives the whole program a theme; System looks at the desktop's own colours.
void applyTheme(QApplication& app, Theme::Choice choice);

/// Contrast of two colours as WCAG counts it, 1 to 21.
double contrastRatio(const QColor& a, const QColor& b);

/// "+2.4", "−1.0", "0.0" with a true minus sign.
QString signedText(double value, int decimals = 1);

}  // namespace stormloom
