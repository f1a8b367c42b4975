#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stormloom {

/// Bytes of the well-formed UTF-8 character at the start of `text` (RFC 3629: no overlong form, no
/// surrogate, nothing above U+10FFFF); 0 when there is none.
std::size_t utf8Length(std::string_view text);

/// Code point of that character, whose length is `length`.
std::uint32_t utf8CodePoint(std::string_view text, std::size_t length);

bool isUtf8(std::string_view text);

/// Appends the UTF-8 form of a code point that is no surrogate.
void appendUtf8(std::string& out, std::uint32_t codePoint);

}  // namespace stormloom
