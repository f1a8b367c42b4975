#include "app/figure/flat_figure.h"

#include <QBuffer>
#include <QImage>
#include <QSvgGenerator>
#include <algorithm>
#include <utility>

#include "app/figure/figure_drawing.h"
#include "core/errors.h"
#include "core/scratch_file.h"

namespace stormloom {
namespace {

constexpr double kPublicationDots = 300.0;  // an inch
constexpr double kSmallestPoints = 6.0, kSmallestShare = 0.8;  // of letters, and of the usual text

/// Dots an inch at which the smallest letters are large enough.
double readableDots(const FlatFigure& figure) {
  constexpr double kPointsAnInch = 72.0;
  if (figure.letters <= 0.0) return kPublicationDots;
  const double smallest = kSmallestShare * figure.letters;
  return std::min(kPublicationDots, smallest * kPointsAnInch / kSmallestPoints);
}

FlatFigure enlarged(FlatFigure figure, double factor) {
  figure.size *= factor;
  figure.draw = [draw = std::move(figure.draw), factor](QPainter& painter) {
    painter.scale(factor, factor);
    draw(painter);
  };
  return figure;
}

}  // namespace

RgbImage flatImage(const FlatFigure& figure) {
  const QSize size = figure.size.toSize();
  QImage image(size, QImage::Format_RGB888);
  if (image.isNull()) throw std::bad_alloc();
  image.fill(figure.ground);
  {
    QPainter painter(&image);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    figure.draw(painter);
  }
  return figure_drawing::pixelsOf(image);
}

std::string flatSvg(const FlatFigure& figure, const std::string& receipt) {
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  generator.setResolution(72);
  generator.setSize(figure.size.toSize());
  generator.setViewBox(QRectF({0.0, 0.0}, figure.size));
  generator.setTitle(figure.title);
  {
    QPainter painter(&generator);
    painter.fillRect(QRectF({0.0, 0.0}, figure.size), figure.ground);
    figure.draw(painter);
  }
  std::string svg = buffer.data().toStdString();
  const std::size_t at = svg.find("<defs>");
  if (at == std::string::npos) throw IoError("The figure could not be made into SVG.");
  return svg.insert(at, "<metadata>" + receipt + "</metadata>\n");
}

void writeFlatFigure(const std::string& path, const FlatFigure& figure, const Receipt& receipt) {
  if (path.ends_with(".svg") || path.ends_with(".SVG"))
    writeWholeFile(path, flatSvg(figure, receiptText(receipt)));
  else if (figure.sizeIsAsked)
    writePng(path, flatImage(figure), receipt, readableDots(figure));
  else
    writePng(path, flatImage(enlarged(figure, kPublicationDots / readableDots(figure))), receipt,
             kPublicationDots);
}

}  // namespace stormloom
