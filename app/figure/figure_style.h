#pragma once

#include <QColor>

#include "app/figure/figure.h"
#include "core/attention.h"
#include "core/color_table.h"

// Colours of pictures: two colours with one meaning each, radar colours for radar alone.
namespace stormloom::figure_style {

/// Everything whose colour depends on the ground.
struct Theme {
  QColor ground, strip, mapGround, outside, missing, coverage, text, quietText, coast, border,
      graticule;
  QColor past, forecast, synthetic;
};

/// For screens.
inline const Theme kDark{{0x12, 0x16, 0x1b}, {0x17, 0x1c, 0x22}, {0x1c, 0x23, 0x2b},
                         {0x0c, 0x0f, 0x13}, {0x3b, 0x36, 0x44}, {0x8a, 0x93, 0x9e},
                         {0xdf, 0xe6, 0xee}, {0x93, 0xa1, 0xb0}, {0x9f, 0xb0, 0xc0},
                         {0x71, 0x80, 0x8f}, {0x56, 0x63, 0x71}, {0x5f, 0xc9, 0xe0},
                         {0xf2, 0xb8, 0x4b}, {0xa0, 0x8c, 0xf0}};
/// For paper.
inline const Theme kLight{{0xff, 0xff, 0xff}, {0xff, 0xff, 0xff}, {0xf1, 0xf4, 0xf7},
                          {0xd9, 0xde, 0xe4}, {0xc9, 0xc2, 0xd3}, {0x6b, 0x74, 0x80},
                          {0x18, 0x20, 0x2a}, {0x5a, 0x68, 0x75}, {0x5a, 0x68, 0x75},
                          {0x8a, 0x97, 0xa4}, {0xa9, 0xb4, 0xbe}, {0x0e, 0x7d, 0x98},
                          {0xa8, 0x65, 0x00}, {0x61, 0x4b, 0xc4}};

inline const QColor& colorOf(PaneKind kind, const Theme& theme) {
  return kind == PaneKind::Observed ? theme.past : theme.forecast;
}
/// Three kinds of frames, three colours: an extrapolation is not what the network forecasts.
inline const QColor& colorOf(LevelFrame::Kind kind, const Theme& theme) {
  if (kind == LevelFrame::Kind::Extrapolated) return theme.synthetic;
  return kind == LevelFrame::Kind::Observed ? theme.past : theme.forecast;
}
/// A cell that is looked at is light on dark, dark on light; `share` of the largest weight.
inline QColor heatColor(double share, bool dark) {
  constexpr double kFaintest = 0.10, kBrightest = 0.92;
  QColor color = dark ? QColor(0xff, 0xff, 0xff) : QColor(0x10, 0x18, 0x20);
  color.setAlphaF(float(kFaintest + (kBrightest - kFaintest) * share));
  return color;
}
/// A patch whose loss changes the forecast, over a map without colours: no colour of rain. `share`
/// of the largest change; below 0 the forecast is weaker without the patch.
inline QColor dryColor(double share, bool dark) {
  QColor color = share < 0.0 ? (dark ? QColor(0x4f, 0xb3, 0xff) : QColor(0x00, 0x62, 0xc4))
                             : (dark ? QColor(0xff, 0x6f, 0xae) : QColor(0xc4, 0x18, 0x6a));
  color.setAlphaF(float(0.85 * (share < 0.0 ? -share : share)));
  return color;
}
/// A step's colour as it looks over the map's ground.
inline QColor onGround(const ColorTable::Step& step, const QColor& ground) {
  const auto mixed = [&](int color, int under) {
    return (color * step.opacity + under * (255 - step.opacity) + 127) / 255;
  };
  return {mixed(step.color.red, ground.red()), mixed(step.color.green, ground.green()),
          mixed(step.color.blue, ground.blue())};
}
inline QColor toQColor(Rgb color) { return {color.red, color.green, color.blue}; }

}  // namespace stormloom::figure_style
