#pragma once

#include <string>
#include <string_view>

namespace stormloom {

/// RFC 4648, with padding, on one line.
std::string base64Of(std::string_view bytes);

/// What `base64Of` was given; up to the first letter that is no digit of it.
std::string bytesOfBase64(std::string_view text);

}  // namespace stormloom
