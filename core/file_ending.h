#pragma once

#include <string>
#include <string_view>

namespace stormloom {

/// ".nc" of "out/S.NC". An ending is a word of letters and digits: "storm_n+0.5" and "KNMI.v2_radar"
/// have none.
std::string lowerEnding(std::string_view path);

}  // namespace stormloom
