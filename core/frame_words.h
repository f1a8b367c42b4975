#pragma once

#include <optional>
#include <string>

#include "core/model_grid.h"

namespace stormloom {

/// A picture in words, for screen readers and the status line:
/// "lead 30 min, 12 % of the area at 133 or above, strongest 201".
std::string frameWords(const RadarGrid& grid, double threshold, std::optional<long> leadMinutes);

/// "90th percentile", "1st percentile", "2.5th percentile".
std::string percentileWords(double percent);

/// "23:00 UTC (+60 min)" of a forecast frame, counted from 0.
std::string leadWords(const ModelContext& context, int frame);

/// "4 min steps on 1.2 km cells" where a model is not on its own clock (decision 0006); else empty.
std::string shorterClockWords(const ModelGrid& grid);

}  // namespace stormloom
