#include "core/receipt_in_file.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

#include "core/animation_encoder.h"
#include "core/errors.h"
#include "core/scratch_file.h"
#include "core/utf8.h"
#include "core/zip_file.h"

namespace stormloom {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kSearchedHead = std::size_t(16) << 20;
constexpr std::size_t kSearchedTail = std::size_t(1) << 20;

std::string bigEndian(std::uint32_t value) {
  return {char(value >> 24), char(value >> 16), char(value >> 8), char(value)};
}

/// First and last part of a file; receipts stand in one of them.
std::string edgesOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw IoError(path + ": it cannot be read. Is the name right?");
  std::string bytes(kSearchedHead, '\0');
  in.read(bytes.data(), std::streamsize(bytes.size()));
  bytes.resize(std::size_t(in.gcount()));
  if (bytes.size() < kSearchedHead) return bytes;
  in.clear();
  in.seekg(0, std::ios::end);
  const auto size = std::size_t(in.tellg());
  const std::size_t from = std::max(kSearchedHead, size - std::min(size, kSearchedTail));
  std::string tail(size - from, '\0');
  in.seekg(std::streamoff(from));
  in.read(tail.data(), std::streamsize(tail.size()));
  return bytes + tail;
}

/// Comments of a GIF, joined: their text stands in blocks of at most 255 bytes.
std::string gifComments(std::string_view gif) {
  std::string text;
  for (std::size_t at = gif.find("\x21\xFE"); at != std::string_view::npos;
       at = gif.find("\x21\xFE", at + 2)) {
    std::size_t block = at + 2;
    while (block < gif.size() && gif[block] != 0) {
      const std::size_t length = static_cast<unsigned char>(gif[block]);
      text += gif.substr(block + 1, length);
      block += length + 1;
    }
    if (text.size() > 1) break;
  }
  return text;
}

std::string pdfUnescaped(std::string_view pdf) {
  std::string text;
  for (std::size_t i = 0; i < pdf.size(); ++i) {
    if (pdf[i] == '\\' && i + 1 < pdf.size()) ++i;
    text += pdf[i];
  }
  return text;
}

std::string pdfEscaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '(' || c == ')') out += '\\';
    out += c;
  }
  return out;
}

/// UTF-16 with its mark, as PDF wants text that is not plain ASCII.
std::string pdfTextString(std::string_view text) {
  std::string out = "<FEFF";
  char digits[16];
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = std::max<std::size_t>(1, utf8Length(text.substr(i)));
    const std::uint32_t point = utf8CodePoint(text.substr(i), length);
    if (point < 0x10000u)
      std::snprintf(digits, sizeof digits, "%04X", point);
    else
      std::snprintf(digits, sizeof digits, "%04X%04X", 0xD800u + ((point - 0x10000u) >> 10),
                    0xDC00u + ((point - 0x10000u) & 0x3FFu));
    out += digits;
    i += length;
  }
  return out + ">";
}

/// Text behind the last `key` of a PDF's trailer up to the next separator.
std::string trailerEntry(std::string_view pdf, std::string_view key) {
  const std::size_t at = pdf.rfind(key);
  if (at == std::string_view::npos) throw IoError("The PDF has no " + std::string(key) + ".");
  std::string_view rest = pdf.substr(at + key.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(" \r\n"), rest.size()));
  return std::string(rest.substr(0, rest.find_first_of("/>\r\n")));
}

bool isNetCdf(std::string_view bytes) {
  return bytes.starts_with("CDF") || bytes.starts_with("\x89HDF\r\n\x1a\n");
}

std::optional<Receipt> receiptInside(const std::string& path) {
  const std::string bytes = edgesOf(path);
  // Looked for in the bytes: opening whoever's NetCDF is the decoder's work, and attributes lie there in one piece.
  if (isNetCdf(bytes) && bytes.size() > kSearchedHead) return findReceipt(readWholeFile(path));
  if (bytes.starts_with("GIF8")) return findReceipt(gifComments(bytes));
  if (bytes.starts_with("%PDF")) {
    const std::size_t info = bytes.rfind("/Keywords (");
    if (info == std::string::npos) return std::nullopt;
    return findReceipt(pdfUnescaped(std::string_view(bytes).substr(info)));
  }
  return findReceipt(bytes);
}

}  // namespace

std::string sidecarPath(const std::string& path) { return path + ".receipt.json"; }

void writeWithSidecar(const std::string& path, std::string_view bytes, std::string_view sidecar) {
  ScratchFile file = scratchWith(path, bytes);
  writeWholeFile(sidecarPath(path), sidecar);
  file.commit();
}

std::optional<Receipt> receiptOf(const std::string& path) {
  std::error_code failure;
  if (fs::is_directory(path, failure)) {
    const fs::path first = fs::path(path) / sequenceFrameName(0);
    if (fs::exists(first, failure)) return receiptInside(first.string());
    std::set<std::string> maps;  // of a folder of GeoTIFF files, all made at once
    for (const fs::directory_entry& entry : fs::directory_iterator(path, failure))
      if (entry.path().extension() == ".tif") maps.insert(entry.path().string());
    return maps.empty() ? std::nullopt : receiptInside(*maps.begin());
  }
  if (fs::exists(sidecarPath(path), failure)) return receiptInside(sidecarPath(path));
  return receiptInside(path);
}

std::string withPngText(std::string_view png, const std::string& keyword, const std::string& text) {
  constexpr std::size_t kHeaderEnd = 33;  // signature and IHDR
  if (png.size() < kHeaderEnd || !png.starts_with("\x89PNG"))
    throw IoError("A picture could not be made into PNG.");
  const std::string content = "tEXt" + keyword + std::string(1, '\0') + text;
  std::string out(png.substr(0, kHeaderEnd));
  out += bigEndian(std::uint32_t(content.size() - 4)) + content + bigEndian(crc32Of(content));
  return out += png.substr(kHeaderEnd);
}

std::string withGifComment(std::string_view gif, const std::string& comment) {
  constexpr std::size_t kScreen = 13;  // signature and logical screen descriptor
  if (gif.size() < kScreen || !gif.starts_with("GIF8"))
    throw IoError("An animation could not be made into GIF.");
  const auto flags = static_cast<unsigned char>(gif[10]);
  const std::size_t palette = flags & 0x80 ? std::size_t(3) << ((flags & 7) + 1) : 0;
  std::string out(gif.substr(0, kScreen + palette));
  out += "\x21\xFE";
  for (std::size_t at = 0; at < comment.size(); at += 255) {
    const std::string_view block = std::string_view(comment).substr(at, 255);
    out += char(block.size());
    out += block;
  }
  out += '\0';
  return out += gif.substr(std::min(gif.size(), kScreen + palette));
}

std::string withPdfInformation(std::string_view pdf, const std::string& title,
                               const std::string& keywords) {
  const std::string size = trailerEntry(pdf, "/Size");
  const std::string root = trailerEntry(pdf, "/Root");
  const std::string start = trailerEntry(pdf, "startxref");
  std::string out(pdf);
  const std::size_t objectAt = out.size();
  out += size + " 0 obj\n<< /Title " + pdfTextString(title) +
         "\n/Creator (Stormloom " STORMLOOM_VERSION ")\n/Keywords (" + pdfEscaped(keywords) +
         ") >>\nendobj\n";
  const std::size_t tableAt = out.size();
  std::string offset = std::to_string(objectAt);
  offset.insert(0, 10 - offset.size(), '0');
  out += "xref\n" + size + " 1\n" + offset + " 00000 n \n";
  out += "trailer\n<< /Size " + std::to_string(std::stoul(size) + 1) + " /Root " + root +
         " /Info " + size + " 0 R /Prev " + start + " >>\nstartxref\n" + std::to_string(tableAt) +
         "\n%%EOF\n";
  return out;
}

}  // namespace stormloom
