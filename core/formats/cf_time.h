#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/formats/netcdf_source.h"
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

/// The valid times of a variable's frames, and over how many minutes each adds rain up (0: not
/// said).
struct CfTimes {
  std::vector<ValidTime> times;
  double accumulationMinutes = 0.0;
};

/// From the coordinate of the dimension `timeDimension`; where that is empty from a scalar time,
/// the file's attributes, or at last its name. Throws IoError where no time is to be found.
CfTimes cfTimesOf(const NetCdfSource& file, const NetCdfVariable& variable,
                  const std::string& timeDimension);

}  // namespace stormloom
