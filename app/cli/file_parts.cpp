#include "app/cli/file_parts.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "core/base64.h"
#include "core/checked_result.h"
#include "core/file_ending.h"
#include "core/receipt_in_file.h"
#include "core/scratch_file.h"

namespace stormloom::cli {

namespace {

using Parts = std::vector<std::string>;

/// Whole numbers of `size` bytes at `at`; 0 behind the end.
std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t size,
                     bool bigEndian = false) {
  if (at > bytes.size() || bytes.size() - at < size) return 0;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value = value << 8 | std::uint8_t(bytes[at + (bigEndian ? i : size - 1 - i)]);
  return value;
}

/// At most what there is.
std::string piece(std::string_view bytes, std::uint64_t at, std::uint64_t size) {
  return at < bytes.size() ? std::string(bytes.substr(at, size)) : std::string();
}

/// A text without the receipt in it.
std::string withoutReceipt(std::string text) {
  const auto receipt = findReceipt(text);
  if (!receipt) return text;
  const std::string line = receiptText(*receipt);
  for (std::size_t at = text.find(line); at != std::string::npos; at = text.find(line, at))
    text.erase(at, line.size());
  return text;
}

/// Files of an archive that this program wrote: stored one behind the other.
Parts zipParts(std::string_view zip) {
  constexpr std::size_t kHeader = 30;
  Parts parts;
  for (std::size_t at = 0; zip.substr(at).starts_with("PK\x03\x04");) {
    const std::uint64_t size = number(zip, at + 18, 4);
    const std::uint64_t name = number(zip, at + 26, 2) + number(zip, at + 28, 2);
    if (zip.size() - at < kHeader + name + size) return {};
    parts.push_back(piece(zip, at + kHeader, name) + "\n" +
                    withoutReceipt(piece(zip, at + kHeader + name, size)));
    at += kHeader + name + size;
  }
  return parts;
}

/// Streams of a PDF: pages, pictures, letters. Not what names the program and the time.
Parts pdfParts(std::string_view pdf) {
  Parts parts;
  for (std::size_t at = pdf.find("stream\n"); at != std::string_view::npos;
       at = pdf.find("stream\n", at)) {
    const std::size_t end = pdf.find("endstream", at);
    if (end == std::string_view::npos) return {};
    std::string part = piece(pdf, at, end - at);
    if (part.find("<x:xmpmeta") == std::string::npos) parts.push_back(std::move(part));
    at = end + std::string_view("endstream").size();
  }
  return parts;
}

/// The pixels of a PNG as they are packed.
std::string pngPixels(std::string_view png) {
  std::string pixels;
  for (std::size_t at = 8; at + 12 <= png.size();) {
    const std::uint64_t size = number(png, at, 4, true);
    if (png.substr(at + 4, 4) == "IDAT" || png.substr(at + 4, 4) == "IHDR")
      pixels += piece(png, at + 8, size);
    at += 12 + size;
  }
  return pixels;
}

/// The pictures of an MP4 as they are packed.
std::string mp4Pictures(std::string_view mp4) {
  for (std::size_t at = 0; at + 8 <= mp4.size();) {
    const std::uint64_t size = number(mp4, at, 4, true);
    if (mp4.substr(at + 4, 4) == "mdat")
      return piece(mp4, at + 8, size < 8 ? mp4.size() : size - 8);
    if (size < 8) break;
    at += size;
  }
  return {};
}

/// A report: what stands in it as data, and its text up to the words on how it was made.
Parts htmlParts(std::string html) {
  constexpr std::string_view kData = ";base64,";
  Parts parts;
  for (std::size_t at = html.find(kData); at != std::string::npos; at = html.find(kData, at)) {
    const std::size_t begin = at + kData.size();
    const std::size_t end = std::min(html.find('"', begin), html.size());
    const std::string bytes = bytesOfBase64(std::string_view(html).substr(begin, end - begin));
    parts.push_back(bytes.starts_with("\x89PNG") ? pngPixels(bytes) : mp4Pictures(bytes));
    html.erase(at, end - at);
  }
  html = withoutReceipt(std::move(html));
  html.resize(std::min(html.find("<h2>How this was made</h2>"), html.size()));
  parts.push_back(html);
  return parts;
}

/// Tags of a classic little-endian TIFF that say how it was made: description, software, time, name
/// of the document, GDAL's own.
constexpr std::array<std::uint64_t, 5> kSayingTags = {270, 305, 306, 269, 42112};
constexpr std::uint64_t kTileOffsets = 324;
constexpr std::uint64_t kTileSizes = 325;

std::uint64_t sizeOfTiffType(std::uint64_t type) {
  constexpr std::array<std::uint64_t, 13> kSizes = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
  return type < kSizes.size() ? kSizes[type] : 0;
}

/// A directory of a TIFF: its tags and its tiles.
std::string tiffDirectory(std::string_view tiff, std::size_t at, std::uint64_t entries) {
  std::string part;
  std::string offsets;
  std::string sizes;
  for (std::uint64_t k = 0; k < entries; ++k) {
    const std::size_t entry = at + 2 + 12 * k;
    const std::uint64_t tag = number(tiff, entry, 2);
    const std::uint64_t length =
        sizeOfTiffType(number(tiff, entry + 2, 2)) * number(tiff, entry + 4, 4);
    const std::string value = length <= 4 ? piece(tiff, entry + 8, length)
                                          : piece(tiff, number(tiff, entry + 8, 4), length);
    if (tag == kTileOffsets)
      offsets = value;
    else if (std::ranges::find(kSayingTags, tag) == kSayingTags.end())
      part += std::to_string(tag) + "=" + value + "\n";
    if (tag == kTileSizes) sizes = value;
  }
  for (std::size_t tile = 0; 4 * tile < std::min(offsets.size(), sizes.size()); ++tile)
    part += piece(tiff, number(offsets, 4 * tile, 4), number(sizes, 4 * tile, 4));
  return part;
}

Parts tiffParts(std::string_view tiff) {
  constexpr std::size_t kMostDirectories = 100;
  if (!tiff.starts_with(std::string_view("II*\0", 4))) return {};
  Parts parts;
  for (std::uint64_t at = number(tiff, 4, 4); at != 0 && parts.size() < kMostDirectories;) {
    const std::uint64_t entries = number(tiff, at, 2);
    parts.push_back(tiffDirectory(tiff, at, entries));
    at = number(tiff, at + 2 + 12 * entries, 4);
  }
  return parts;
}

Parts netCdfParts(const std::string& path) {
  Parts parts;
  for (const StoredVariable& variable : readCheckedVariables(path)) {
    parts.push_back(variable.name + " " + variable.description + "\n");
    parts.back().append(reinterpret_cast<const char*>(variable.values.data()),
                        variable.values.size() * sizeof(double));
  }
  return parts;
}

}  // namespace

bool isTextResult(const std::string& path) {
  const std::string ending = lowerEnding(path);
  return ending == ".csv" || ending == ".geojson" || ending == ".kml" || ending == ".svg";
}

std::vector<std::string> contentParts(const std::string& path) {
  const std::string ending = lowerEnding(path);
  if (ending == ".nc") return netCdfParts(path);
  if (ending == ".kmz") return zipParts(readWholeFile(path));
  if (ending == ".pdf") return pdfParts(readWholeFile(path));
  if (ending == ".tif") return tiffParts(readWholeFile(path));
  if (ending == ".html") return htmlParts(readWholeFile(path));
  if (isTextResult(path)) return {withoutReceipt(readWholeFile(path))};
  if (ending == ".npy") return {readWholeFile(path)};
  return {};
}

}  // namespace stormloom::cli
