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
};

RgbImage flatImage(const FlatFigure& figure);
/// One SVG with its receipt as metadata. Throws IoError.
std::string flatSvg(const FlatFigure& figure, const std::string& receipt);
/// PNG or SVG by the ending, whole or not at all.
void writeFlatFigure(const std::string& path, const FlatFigure& figure, const Receipt& receipt);

}  // namespace stormloom
