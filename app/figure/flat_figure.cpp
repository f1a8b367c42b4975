#include "app/figure/flat_figure.h"

#include <QBuffer>
#include <QImage>
#include <QSvgGenerator>
#include <algorithm>

#include "app/figure/compact_svg.h"
#include "app/figure/figure_drawing.h"
#include "app/figure/pdf_drawing.h"
#include "core/errors.h"
#include "core/scratch_file.h"

namespace stormloom {
namespace {

constexpr double kMmPerInch = 25.4;
constexpr double kPointsPerInch = 72.0;
constexpr double kMostPixels = 200e6;
constexpr double kPublicationDots = 300.0;  // an inch
constexpr double kSmallestPoints = 6.0, kSmallestShare = 0.8;  // of letters, and of the usual text

/// Dots an inch at which the smallest letters are large enough.
double readableDots(const FlatFigure& figure) {
  if (figure.letters <= 0.0) return kPublicationDots;
  const double smallest = kSmallestShare * figure.letters;
  return std::min(kPublicationDots, smallest * kPointsPerInch / kSmallestPoints);
}

double inchesWide(const FlatFigure& figure, const FigureOptions& options) {
  return options.widthMm > 0.0 ? options.widthMm / kMmPerInch
                               : figure.size.width() / readableDots(figure);
}

std::string flatPdf(const FlatFigure& figure, QSizeF points, const std::string& receipt) {
  QBuffer buffer;
  {
    const auto writer = pdfWriter(buffer, points, figure.title);
    QPainter painter(writer.get());
    const double scale = points.width() / figure.size.width();
    painter.scale(scale, scale);
    painter.fillRect(QRectF({0.0, 0.0}, figure.size), figure.ground);
    figure.draw(painter);
  }
  return finishedPdf(buffer, figure.title, receipt);
}

bool endsWith(const std::string& path, const char* ending) {
  return QString::fromStdString(path).endsWith(ending, Qt::CaseInsensitive);
}

}  // namespace

RgbImage flatImage(const FlatFigure& figure, double scale) {
  const QSize size = (figure.size * scale).toSize();
  QImage image(size, QImage::Format_RGB888);
  if (image.isNull()) throw std::bad_alloc();
  image.fill(figure.ground);
  {
    QPainter painter(&image);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    painter.scale(scale, scale);
    figure.draw(painter);
  }
  return figure_drawing::pixelsOf(image);
}

std::string flatSvg(const FlatFigure& figure, const std::string& receipt, QSizeF points) {
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  generator.setResolution(72);
  generator.setSize((points.isEmpty() ? figure.size : points).toSize());
  generator.setViewBox(QRectF({0.0, 0.0}, figure.size));
  generator.setTitle(figure.title);
  {
    QPainter painter(&generator);
    painter.fillRect(QRectF({0.0, 0.0}, figure.size), figure.ground);
    figure.draw(painter);
  }
  std::string svg = compactSvg(buffer.data().toStdString());
  const std::size_t at = svg.find("<defs>");
  if (at == std::string::npos) throw IoError("The figure could not be made into SVG.");
  return svg.insert(at, "<metadata>" + receipt + "</metadata>\n");
}

void writeFlatFigure(const std::string& path, const FlatFigure& figure,
                     const FigureOptions& options, const Receipt& receipt) {
  const bool onPaper = options.widthMm > 0.0;
  const double inches = inchesWide(figure, options);
  const QSizeF points = figure.size * (inches * kPointsPerInch / figure.size.width());
  const std::string text = receiptText(receipt);
  if (endsWith(path, ".svg"))
    return writeWholeFile(path, flatSvg(figure, text, onPaper ? points : QSizeF()));
  if (endsWith(path, ".pdf")) return writeWholeFile(path, flatPdf(figure, points, text));
  const bool exact = figure.sizeIsAsked && !onPaper;
  const double dots = exact ? readableDots(figure) : options.dotsPerInch;
  const double scale = exact ? 1.0 : inches * dots / figure.size.width();
  if (figure.size.width() * figure.size.height() * scale * scale > kMostPixels)
    throw UsageError("This figure would have more than 200 million pixels; lower --dpi or --mm.");
  writePng(path, flatImage(figure, scale), receipt, dots);
}

}  // namespace stormloom
