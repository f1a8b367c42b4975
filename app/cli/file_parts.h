#pragma once

#include <string>
#include <vector>

namespace stormloom::cli {

/// What a file holds beside the words on how it was made, part by part: the pictures of a KMZ, the
/// drawings of a PDF, the tiles of a GeoTIFF, the animation and pictures of a report, the lines of
/// a text. Two files with the same parts differ in their receipts only. Empty where the format is
/// not known or the file is not as this program writes it.
std::vector<std::string> contentParts(const std::string& path);

/// Whether the one part of a file is text: CSV, GeoJSON, KML, SVG.
bool isTextResult(const std::string& path);

}  // namespace stormloom::cli
