#pragma once

#include <string>
#include <string_view>

namespace stormloom {

/// Text as it stands in XML and HTML, in attributes, too.
std::string markupText(std::string_view text);

}  // namespace stormloom
