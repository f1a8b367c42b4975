#include "app/figure/flat_figure.h"

#include <QBuffer>
#include <QImage>
#include <QSvgGenerator>

#include "app/figure/figure_drawing.h"
#include "core/errors.h"
#include "core/scratch_file.h"

namespace stormloom {
namespace {

constexpr double kPublicationDots = 300.0;

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
  else
    writePng(path, flatImage(figure), receipt, kPublicationDots);
}

}  // namespace stormloom
