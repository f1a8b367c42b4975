#include "app/figure/pdf_drawing.h"

#include <QPageSize>
#include <cctype>

#include "core/receipt_in_file.h"

namespace stormloom {

namespace {

/// Qt writes the time of day and a random identity into a PDF; the same figure shall be the same
/// file.
std::string withoutClock(std::string pdf) {
  const auto blank = [&pdf](std::string_view key, char opening, char closing, char with) {
    for (std::size_t at = pdf.find(key); at != std::string::npos; at = pdf.find(key, at + 1)) {
      const std::size_t begin = pdf.find(opening, at + key.size());
      const std::size_t end = pdf.find(closing, begin);
      if (begin == std::string::npos || end == std::string::npos) return;
      for (std::size_t i = begin + 1; i < end; ++i)
        if (std::isalnum(static_cast<unsigned char>(pdf[i]))) pdf[i] = with;
    }
  };
  blank("/CreationDate", '(', ')', '0');
  blank("<xmp:CreateDate", '>', '<', '0');
  blank("<xmp:ModifyDate", '>', '<', '0');
  blank("<xmp:MetadataDate", '>', '<', '0');
  blank("<xmpMM:DocumentID", '>', '<', '0');
  return pdf;
}

}  // namespace

std::unique_ptr<QPdfWriter> pdfWriter(QBuffer& buffer, QSizeF points, const QString& title) {
  buffer.open(QIODevice::WriteOnly);
  auto writer = std::make_unique<QPdfWriter>(&buffer);
  writer->setPdfVersion(QPagedPaintDevice::PdfVersion_1_6);
  writer->setResolution(72);
  writer->setTitle(title);
  writer->setCreator("Stormloom " STORMLOOM_VERSION);
  writer->setPageSize(QPageSize(points, QPageSize::Point, "sheet", QPageSize::ExactMatch));
  writer->setPageMargins({});
  return writer;
}

std::string finishedPdf(const QBuffer& buffer, const QString& title, const std::string& receipt) {
  return withPdfInformation(withoutClock(buffer.data().toStdString()), title.toStdString(),
                            receipt);
}

}  // namespace stormloom
