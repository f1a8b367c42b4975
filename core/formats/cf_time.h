#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/formats/cf_clock.h"
#include "core/formats/netcdf_source.h"
#include "core/valid_time.h"

namespace stormloom {

/// The valid times of a variable's frames, and over how many minutes each adds rain up (0: not
/// said).
struct CfTimes {
  std::vector<ValidTime> times;
  std::vector<std::size_t> entries;  ///< where each stands along the coordinate
  std::size_t leftOut = 0;           ///< entries whose time or interval is no usable one
  std::vector<double> accumulationMinutes;  ///< of each frame
  bool runningSums = false;  ///< frames that begin at once hold those before, too; they may begin anew
  bool uneven = false;       ///< nothing says over what, and the frames' steps do not agree
  bool sumsOverStep =
      false;  ///< nothing says so: each frame is taken to add up since the one before
  std::optional<ValidTime> run;  ///< of forecasts: when they were made, before they are valid
};

/// The variable along `dimension` that counts time; "" where none does.
std::string cfTimeCoordinate(const NetCdfSource& file, const std::string& dimension);

/// From the coordinate `timeCoordinate`; where that is empty from a scalar time,
/// the file's attributes, or at last its name. Sums are valid at the end of their interval. Throws
/// IoError where no time is to be found.
CfTimes cfTimesOf(const NetCdfSource& file, const NetCdfVariable& variable,
                  const std::string& timeCoordinate, bool sums);

}  // namespace stormloom
