#pragma once

#include <string>
#include <string_view>

namespace stormloom {

/// RFC 4648, with padding, on one line.
std::string base64Of(std::string_view bytes);

}  // namespace stormloom
