#include "core/formats/text_lines.h"

#include <cstdint>

#include "core/errors.h"
#include "core/utf8.h"

namespace stormloom {
namespace {

constexpr std::size_t kLongestLine = 1 << 16;

std::string utf8FromLatin1(const std::string& line) {
  std::string text;
  for (const char c : line) appendUtf8(text, static_cast<unsigned char>(c));
  return text;
}

}  // namespace

TextLines::TextLines(const std::string& path) : path_(path), file_(path, std::ios::binary) {
  const int first = file_.get(), second = file_.get(), third = file_.get();
  file_.clear();
  if (first == 0xff && second == 0xfe) encoding_ = Encoding::Utf16Little;
  if (first == 0xfe && second == 0xff) encoding_ = Encoding::Utf16Big;
  const bool marked = first == 0xef && second == 0xbb && third == 0xbf;
  file_.seekg(marked ? 3 : encoding_ == Encoding::Bytes ? 0 : 2);
}

int TextLines::nextUnit() {
  const int first = file_.get();
  if (first < 0 || encoding_ == Encoding::Bytes) return first;
  const int second = file_.get();
  if (second < 0) return -1;
  return encoding_ == Encoding::Utf16Little ? first | second << 8 : first << 8 | second;
}

/// A pair of surrogates is one character; half a pair is none.
void TextLines::append(std::string& line, int unit) {
  if (encoding_ == Encoding::Bytes) {
    line += char(unit);
    return;
  }
  constexpr int kReplacement = 0xfffd;
  if (unit >= 0xd800 && unit < 0xe000) {
    const int low = unit < 0xdc00 ? nextUnit() : -1;
    unit = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : kReplacement;
  }
  appendUtf8(line, std::uint32_t(unit));
}

bool TextLines::next(std::string& line) {
  line.clear();
  int unit = nextUnit();
  if (unit < 0) return false;
  for (; unit >= 0 && unit != '\n'; unit = nextUnit()) {
    append(line, unit);
    if (line.size() > kLongestLine) throw IoError(path_ + ": it has lines that are far too long for a text.");
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  if (!isUtf8(line)) line = utf8FromLatin1(line);
  return true;
}

}  // namespace stormloom
