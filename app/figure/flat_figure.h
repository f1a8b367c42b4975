#pragma once

#include <QColor>
#include <QPainter>
#include <QSizeF>
#include <QString>
#include <functional>
#include <string>

#include "app/figure/figure.h"

namespace stormloom {

/// A picture that any painter can draw: pixels for the screen and PNG, lines and letters for SVG and
/// PDF.
struct FlatFigure {
  QSizeF size;  ///< in the painter's unit
  QString title;
  QColor ground;
  std::function<void(QPainter& painter)> draw;
  double letters = 0.0;      ///< height of its usual text, in that unit
  bool sizeIsAsked = false;  ///< the picture has exactly that many pixels
};

/// `scale` pixels for one unit of the painter.
RgbImage flatImage(const FlatFigure& figure, double scale = 1.0);
/// One SVG with its receipt as metadata, `points` large; an empty size: a point for a unit. Throws
/// IoError.
std::string flatSvg(const FlatFigure& figure, const std::string& receipt, QSizeF points = {});
/// PNG, SVG or PDF by the ending, whole or not at all, as wide on paper as the options say, else so that
/// its smallest letters can be read; where no size was asked for a PNG has the dots for that, too.
/// UsageError for more pixels than a picture may have.
void writeFlatFigure(const std::string& path, const FlatFigure& figure,
                     const FigureOptions& options, const Receipt& receipt);

}  // namespace stormloom
