#pragma once

#include <QColor>
#include <QFont>
#include <QGuiApplication>
#include <QImage>
#include <QPainter>
#include <memory>

#include "app/figure/figure.h"

// What every picture for files is drawn with.
namespace stormloom::figure_drawing {

/// Fonts need an application object; where no window made one, an invisible one does.
std::unique_ptr<QGuiApplication> applicationIfNone();

QFont font(int pixels, bool bold = false);

/// The size that was asked for, in even numbers; empty: as large as needed. UsageError.
QSize checkedSize(const FigureOptions& options);

/// One line of text in a rectangle, shortened with an ellipsis where it does not fit; what is left
/// of the rectangle beside it.
QRect putText(QPainter& painter, const QRect& room, const QString& text, const QFont& font,
              const QColor& color, bool right = false);

/// A text as lines of at most so many pixels, broken between words.
QStringList brokenInto(int width, const QString& text, const QFont& font);

/// Pixels that a text needs on one line.
int widthOf(const QString& text, const QFont& font);

RgbImage pixelsOf(const QImage& image);

}  // namespace stormloom::figure_drawing
