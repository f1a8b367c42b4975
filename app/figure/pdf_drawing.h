#pragma once

#include <QBuffer>
#include <QPdfWriter>
#include <QSizeF>
#include <QString>
#include <memory>
#include <string>

namespace stormloom {

/// Pages of `points` (1/72 inch) written into `buffer`.
std::unique_ptr<QPdfWriter> pdfWriter(QBuffer& buffer, QSizeF points, const QString& title);

/// What was written, without the time of day, which would make the same figure another file, and with
/// its receipt.
std::string finishedPdf(const QBuffer& buffer, const QString& title, const std::string& receipt);

}  // namespace stormloom
