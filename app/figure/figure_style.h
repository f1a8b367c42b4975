#pragma once

#include <QColor>

#include "app/figure/figure.h"
#include "core/color_table.h"

// Colours of pictures: dark slate, two colours with one meaning each, radar colours for radar
// alone.
namespace stormloom::figure_style {

inline const QColor kGround(0x12, 0x16, 0x1b);
inline const QColor kStrip(0x17, 0x1c, 0x22);
inline const QColor kMapGround(0x1c, 0x23, 0x2b);
inline const QColor kOutside(0x0c, 0x0f, 0x13);
inline const QColor kMissing(0x3b, 0x36, 0x44);
inline const QColor kCoverage(0x8a, 0x93, 0x9e);
inline const QColor kText(0xdf, 0xe6, 0xee);
inline const QColor kQuietText(0x93, 0xa1, 0xb0);
inline const QColor kCoast(0x9f, 0xb0, 0xc0);
inline const QColor kBorder(0x71, 0x80, 0x8f);
inline const QColor kGraticule(0x56, 0x63, 0x71);
inline const QColor kPast(0x5f, 0xc9, 0xe0);
inline const QColor kForecast(0xf2, 0xb8, 0x4b);
inline const QColor kSynthetic(0xa0, 0x8c, 0xf0);

inline QColor colorOf(PaneKind kind) { return kind == PaneKind::Observed ? kPast : kForecast; }
inline QColor toQColor(Rgb color) { return {color.red, color.green, color.blue}; }

}  // namespace stormloom::figure_style
