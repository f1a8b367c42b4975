#include "core/utf8.h"

namespace stormloom {
namespace {

bool between(char c, unsigned low, unsigned high) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= low && byte <= high;
}

/// The second byte has a narrower range after some first bytes (table 3-7 of the Unicode standard).
bool secondByteFits(unsigned char first, char second) {
  switch (first) {
    case 0xE0:
      return between(second, 0xA0, 0xBF);
    case 0xED:
      return between(second, 0x80, 0x9F);
    case 0xF0:
      return between(second, 0x90, 0xBF);
    case 0xF4:
      return between(second, 0x80, 0x8F);
    default:
      return between(second, 0x80, 0xBF);
  }
}

}  // namespace

std::size_t utf8Length(std::string_view text) {
  if (text.empty()) return 0;
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                             : first >= 0xE0 && first <= 0xEF ? 3
                             : first >= 0xF0 && first <= 0xF4 ? 4
                                                              : 0;
  if (length == 0 || text.size() < length || !secondByteFits(first, text[1])) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (!between(text[i], 0x80, 0xBF)) return 0;
  }
  return length;
}

std::uint32_t utf8CodePoint(std::string_view text, std::size_t length) {
  const auto byte = [text](std::size_t i) {
    return std::uint32_t(static_cast<unsigned char>(text[i]));
  };
  if (length == 1) return byte(0);
  std::uint32_t point = byte(0) & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) point = point << 6 | (byte(i) & 0x3Fu);
  return point;
}

bool isUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void appendUtf8(std::string& out, std::uint32_t codePoint) {
  const auto continuation = [codePoint](int shift) {
    return char(0x80 | ((codePoint >> shift) & 0x3F));
  };
  if (codePoint < 0x80) {
    out += char(codePoint);
  } else if (codePoint < 0x800) {
    out += {char(0xC0 | (codePoint >> 6)), continuation(0)};
  } else if (codePoint < 0x10000) {
    out += {char(0xE0 | (codePoint >> 12)), continuation(6), continuation(0)};
  } else {
    out += {char(0xF0 | (codePoint >> 18)), continuation(12), continuation(6), continuation(0)};
  }
}

}  // namespace stormloom
