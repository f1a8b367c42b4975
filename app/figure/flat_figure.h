#pragma once

#include <QColor>
#include <QPainter>
#include <QSizeF>
#include <QString>
#include <functional>
#include <string>

#include "app/figure/figure.h"

namespace stormloom {

/// A picture that any painter can draw: pixels for the screen and PNG, lines and letters for SVG.
struct FlatFigure {
  QSizeF size;  ///< in the painter's unit
  QString title;
  QColor ground;
  std::function<void(QPainter& painter)> draw;
  double letters = 0.0;      ///< height of its usual text, in that unit
  bool sizeIsAsked = false;  ///< the picture has exactly that many pixels
};

RgbImage flatImage(const FlatFigure& figure);
/// One SVG with its receipt as metadata. Throws IoError.
std::string flatSvg(const FlatFigure& figure, const std::string& receipt);
/// PNG or SVG by the ending, whole or not at all. A PNG says how large it is printed: so that its
/// smallest letters can be read; where no size was asked for it has the dots for that, too.
void writeFlatFigure(const std::string& path, const FlatFigure& figure, const Receipt& receipt);

}  // namespace stormloom
