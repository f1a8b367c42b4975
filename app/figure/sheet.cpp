#include "app/figure/sheet.h"

#include <QBuffer>
#include <QImage>
#include <QImageWriter>
#include <QPageLayout>
#include <cctype>
#include <cmath>

#include "app/figure/figure_drawing.h"
#include "app/figure/flat_figure.h"
#include "app/figure/pdf_drawing.h"
#include "app/figure/sheet_painter.h"
#include "core/errors.h"
#include "core/receipt_in_file.h"
#include "core/scratch_file.h"

namespace stormloom {

namespace {

constexpr double kPointsPerMm = 72.0 / 25.4;
constexpr double kMarginPoints = 8.0;

QString titleOf(const SheetContent& content) {
  const FrameSequence& context = content.result.context;
  return QString::fromStdString(context.product + " " + context.event).trimmed();
}

/// The whole sheet in points, margins included.
QSizeF sheetSize(const SheetPainter& sheet, const SheetOptions& options) {
  const double width = options.widthMm * kPointsPerMm;
  const double height = options.heightMm > 0.0
                            ? options.heightMm * kPointsPerMm
                            : sheet.heightFor(width - 2.0 * kMarginPoints) + 2.0 * kMarginPoints;
  return {width, height};
}

void checkSize(const SheetOptions& options) {
  const bool tallEnough = options.heightMm == 0.0 || options.heightMm >= 20.0;
  if (!(options.widthMm >= 30.0 && options.widthMm <= 2000.0 && tallEnough &&
        options.heightMm <= 2000.0))
    throw UsageError("--mm must lie between 30x20 and 2000x2000 millimetres.");
  if (options.dotsPerInch < 36 || options.dotsPerInch > 1200)
    throw UsageError("--dpi must lie between 36 and 1200.");
}

void drawSheet(QPainter& painter, const SheetPainter& sheet, QSizeF size, double scale,
               const QColor& ground) {
  painter.scale(scale, scale);
  painter.fillRect(QRectF({0.0, 0.0}, size), ground);
  const QMarginsF margins(kMarginPoints, kMarginPoints, kMarginPoints, kMarginPoints);
  sheet.draw(painter, QRectF({0.0, 0.0}, size).marginsRemoved(margins));
}

std::string pngSheet(const SheetPainter& sheet, QSizeF size, int dotsPerInch, const QColor& ground,
                     const std::string& receipt) {
  const double scale = dotsPerInch / 72.0;
  const QSize pixels = (size * scale).toSize();
  constexpr double kMostPixels = 200e6;
  if (double(pixels.width()) * pixels.height() > kMostPixels)
    throw UsageError("This figure would have more than 200 million pixels; lower --dpi or --mm.");
  QImage image(pixels, QImage::Format_RGB888);
  if (image.isNull()) throw std::bad_alloc();
  image.setDotsPerMeterX(int(std::lround(dotsPerInch / 0.0254)));
  image.setDotsPerMeterY(int(std::lround(dotsPerInch / 0.0254)));
  image.fill(ground);
  {
    QPainter painter(&image);
    drawSheet(painter, sheet, size, scale, ground);
  }
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  QImageWriter(&buffer, "png").write(image);
  return withPngText(buffer.data().toStdString(), kReceiptKeyword, receipt);
}

std::string pdfSheet(const SheetPainter& sheet, QSizeF size, const QString& title,
                     const QColor& ground, const std::string& receipt) {
  QBuffer buffer;
  {
    const auto writer = pdfWriter(buffer, size, title);
    QPainter painter(writer.get());
    drawSheet(painter, sheet, size, 1.0, ground);
  }
  return finishedPdf(buffer, title, receipt);
}

}  // namespace

std::string sheetBytes(const std::string& format, const SheetContent& content,
                       const SheetOptions& options, const Receipt& receipt) {
  checkSize(options);
  const auto application = figure_drawing::applicationIfNone();
  const SheetPainter sheet(content, options);
  const QSizeF size = sheetSize(sheet, options);
  const QColor ground = (options.dark ? figure_style::kDark : figure_style::kLight).ground;
  const std::string text = receiptText(receipt);
  if (format == ".svg")
    return flatSvg({size, titleOf(content), ground,
                    [&](QPainter& painter) { drawSheet(painter, sheet, size, 1.0, ground); }},
                   text);
  if (format == ".pdf") return pdfSheet(sheet, size, titleOf(content), ground, text);
  return pngSheet(sheet, size, options.dotsPerInch, ground, text);
}

void writeSheet(const std::string& path, const SheetContent& content, const SheetOptions& options,
                const Receipt& receipt) {
  const std::string format = path.substr(path.rfind('.'));
  writeWholeFile(path, sheetBytes(format, content, options, receipt));
}

namespace {

/// What stands in a report, one below the other; a long table of scores on several pages.
std::vector<SheetOptions> sheetsOfReport(const SheetContent& content, double pageHeight) {
  std::vector<SheetOptions> sheets = {{.kind = SheetKind::Strip}};
  if (content.result.members.empty()) return sheets;
  sheets.push_back({.kind = SheetKind::Fan});
  if (content.result.members.size() <= 100) sheets.push_back({.kind = SheetKind::Stamps});
  for (std::size_t row = 0; row < content.scores.size();) {
    sheets.push_back({.kind = SheetKind::Scores, .firstScore = row});
    row += SheetPainter(content, sheets.back()).scoresIn(pageHeight);
  }
  return sheets;
}

}  // namespace

std::string reportPdf(const SheetContent& content, const Receipt& receipt) {
  constexpr double kPageMargin = 40.0;
  const QSizeF page(595.0, 842.0);
  const QRectF inner =
      QRectF({0.0, 0.0}, page).marginsRemoved({kPageMargin, kPageMargin, kPageMargin, kPageMargin});
  const auto application = figure_drawing::applicationIfNone();
  QBuffer buffer;
  {
    const auto writer = pdfWriter(buffer, page, titleOf(content));
    QPainter painter(writer.get());
    double y = inner.top();
    painter.setFont(figure_drawing::font(18, true));
    painter.drawText(QRectF(inner.left(), y, inner.width(), 26.0), Qt::AlignLeft, titleOf(content));
    y += 30.0;
    for (const SheetOptions& options : sheetsOfReport(content, inner.height())) {
      const SheetPainter sheet(content, options);
      const double height = std::min(sheet.heightFor(inner.width()), inner.height());
      if (y + height > inner.bottom()) {
        writer->newPage();
        y = inner.top();
      }
      sheet.draw(painter, QRectF(inner.left(), y, inner.width(), height));
      y += height + 18.0;
    }
    writer->newPage();
    painter.setFont(figure_drawing::font(14, true));
    painter.drawText(QRectF(inner.left(), inner.top(), inner.width(), 20.0), Qt::AlignLeft,
                     "How this was made");
    painter.setFont(figure_drawing::font(9));
    QString facts;
    for (const auto& [name, value] : receiptAttributes(receipt))
      if (name != "receipt")
        facts += QString::fromStdString(name) + ": " + QString::fromStdString(value) + "\n";
    painter.drawText(inner.adjusted(0.0, 26.0, 0.0, 0.0),
                     int(Qt::AlignLeft) | int(Qt::TextWrapAnywhere), facts);
  }
  return finishedPdf(buffer, titleOf(content), receiptText(receipt));
}

}  // namespace stormloom
