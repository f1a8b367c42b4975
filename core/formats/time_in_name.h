#pragma once

#include <optional>
#include <string_view>

#include "core/valid_time.h"

namespace stormloom {

/// The valid time in a file's name, for formats that say it nowhere else: YYYYMMDD and hhmm[ss],
/// together or with one of "-_T.:" or nothing between; YYYY-MM-DD with hh-mm[-ss] likewise;
/// otherwise YYMMDDhhmm (DWD) or YYJJJhhmm with the day of the year (MeteoSwiss). The folder is not
/// looked at. Hour 24 is the next day's first.
std::optional<ValidTime> timeInName(std::string_view path);

/// Whether a title holds a date or a time: such a title is each frame's own.
bool namesATime(std::string_view title);

/// From the digits of one group: YYYYMMDDhhmmss, YYYYMMDDhhmm, YYMMDDhhmm or YYJJJhhmm.
std::optional<ValidTime> timeFromDigits(std::string_view digits);

}  // namespace stormloom
