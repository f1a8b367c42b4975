#pragma once

#include <string_view>

namespace stormloom {

/// What a radar raster measures. The number type is float everywhere; the unit follows from the
/// quantity.
enum class Quantity {
  VilDigital,         ///< SEVIR's digital VIL, 0-254 (also the VIL-like scale made from rain)
  VilMass,            ///< vertically integrated liquid, kg/m2
  RainRate,           ///< mm/h
  Reflectivity,       ///< dBZ
  PrecipitationType,  ///< MRMS's classes of precipitation (0 none, 1 warm stratiform, 3 snow, 6
                      ///< convective, 7 hail, ...)
};

std::string_view quantityName(Quantity quantity);  ///< "VIL", "rain rate", ...
std::string_view unitText(Quantity quantity);      ///< "digital 0-254", "kg/m2", "mm/h", "dBZ"

/// Value of a cell that was measured with nothing found: 0, for reflectivity minus infinity.
float belowDetectionValue(Quantity quantity);

}  // namespace stormloom
