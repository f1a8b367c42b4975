#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/receipt.h"

namespace stormloom {

/// Receipts inside files: MP4 and WebM comment, PNG text, GIF comment, NetCDF attribute, TIFF image
/// description, PDF information, SVG, HTML, KML and GeoJSON as JSON; FILE.receipt.json beside
/// formats that have no place for it (CSV, .npy).

/// The receipt that a file, or the first picture of a PNG folder, carries or has beside it. None
/// for files without one; IoError for what cannot be read.
std::optional<Receipt> receiptOf(const std::string& path);

/// "FILE.receipt.json"
std::string sidecarPath(const std::string& path);
/// A file with `sidecar`, in which its receipt stands, beside it. The sidecar gets its name first: no
/// finished file lacks its receipt.
void writeWithSidecar(const std::string& path, std::string_view bytes, std::string_view sidecar);

/// Keyword of the PNG text that holds a receipt.
inline constexpr const char* kReceiptKeyword = "stormloom_receipt";

/// A PNG with one more tEXt chunk before its pixels.
std::string withPngText(std::string_view png, const std::string& keyword, const std::string& text);

/// A GIF with a comment before its first picture.
std::string withGifComment(std::string_view gif, const std::string& comment);

/// A PDF whose information dictionary has this title and `keywords`; the old bytes stay as they
/// are, the new dictionary follows them (an incremental update).
std::string withPdfInformation(std::string_view pdf, const std::string& title,
                               const std::string& keywords);

}  // namespace stormloom
