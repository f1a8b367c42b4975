#pragma once

#include <optional>
#include <string>

#include "core/geo_reference.h"
#include "core/valid_time.h"

namespace stormloom {

/// The head of a RADOLAN composite: "RADOLAN/RADVOR, description of the composite format" (DWD,
/// version 2.5). Two letters of the product, day, hour and minute, station, month and year, then
/// keys with values of their own widths, closed by the byte 3.
struct RadolanHeader {
  std::string product;      ///< "RX", "RY", "RW", ...
  ValidTime time;           ///< end of the interval
  int leadMinutes = 0;      ///< VV: of forecasts
  double precision = 1.0;   ///< PR: what one step of the values is worth
  int intervalMinutes = 0;  ///< INT, with its unit U
  int rows = 0;
  int columns = 0;
  int formatVersion = 0;     ///< VS
  std::size_t valuesAt = 0;  ///< where the values begin
};

bool isRadolan(const std::string& start);

/// Throws IoError, with `path` as the name, for what is no such head.
RadolanHeader radolanHeaderFrom(const std::string& bytes, const std::string& path);

/// The grid of so many rows and columns; `onEllipsoid` for composites of format version 5 and
/// later. Nothing for sizes that DWD does not publish.
std::optional<GeoReference> radolanGrid(int rows, int columns, bool onEllipsoid);

}  // namespace stormloom
