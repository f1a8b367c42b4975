#pragma once

#include <string>
#include <vector>

#include "tests/support/netcdf_writer.h"

namespace stormloom {

inline std::vector<double> counted(std::size_t count, double first = 1.0) {
  std::vector<double> values;
  for (std::size_t k = 0; k < count; ++k) values.push_back(first + double(k));
  return values;
}

/// 2 rows from the north, 3 columns, 0.5 degree: cell (0, 0) holds 1, (1, 2) holds 6.
inline void plainAxes(NetCdfWriter& file) {
  file.text("", "Conventions", "CF-1.7");
  file.axis("lat", "degrees_north", 51.0, -0.5, 2);
  file.axis("lon", "degrees_east", 5.0, 0.5, 3);
}

inline void rainRate(NetCdfWriter& file, const std::vector<std::string>& dimensions,
                     const std::string& units = "mm h-1") {
  file.variable("rain_rate", NC_FLOAT, dimensions);
  file.text("rain_rate", "units", units);
}

}  // namespace stormloom
