#pragma once

#include <QWidget>

#include "app/figure/figure_style.h"

namespace stormloom {

/// Whether a widget is drawn light on dark, by its palette.
inline bool isDark(const QWidget& widget) {
  return widget.palette().color(QPalette::Window).lightness() < 128;
}
inline const figure_style::Theme& viewTheme(const QWidget& widget) {
  return isDark(widget) ? figure_style::kDark : figure_style::kLight;
}

}  // namespace stormloom
