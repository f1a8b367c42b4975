#pragma once

#include <optional>
#include <string>

#include "core/radar_grid.h"

namespace stormloom {

/// A picture in words, for screen readers and the status line:
/// "lead 30 min, 12 % of the area at 133 or above, strongest 201".
std::string frameWords(const RadarGrid& grid, double threshold, std::optional<long> leadMinutes);

}  // namespace stormloom
