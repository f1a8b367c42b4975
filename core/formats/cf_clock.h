#pragma once

#include <optional>
#include <string>

#include "core/valid_time.h"

namespace stormloom {

/// "minutes since 2020-10-31 04:00": turns a CF time coordinate into times. Nothing for other
/// units.
struct CfClock {
  ValidTime origin;
  double secondsAUnit = 1.0;
  std::optional<ValidTime> at(double value) const;  ///< nothing where that is no year of radar
};
std::optional<CfClock> cfClockFrom(const std::string& units);

/// Seconds in the unit that a text begins with ("h", "hours", "Minutes"); 0 for what counts no time.
double secondsInUnit(const std::string& text);

}  // namespace stormloom
