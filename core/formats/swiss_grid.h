#pragma once

#include "core/geo_reference.h"

namespace stormloom {

constexpr int kSwissColumns = 710, kSwissRows = 640;

/// MeteoSwiss's published radar grid, which its files leave out: CH1903 / LV03, Bessel's ellipsoid
/// and swisstopo's shift of datum, without which everything lies 110 to 220 m off.
inline GeoReference swissRadarGrid() {
  return GeoReference(
      "+proj=somerc +lat_0=46.9524055555556 +lon_0=7.43958333333333 +k_0=1 +x_0=600000 +y_0=200000 "
      "+ellps=bessel +towgs84=674.374,15.056,405.346,0,0,0,0 +units=m",
      255000.0, 480000.0, 1000.0, 1000.0, kSwissColumns, kSwissRows);
}

}  // namespace stormloom
