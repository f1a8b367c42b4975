#include "core/quantity.h"

#include <limits>

namespace stormloom {

std::string_view quantityName(Quantity quantity) {
  switch (quantity) {
    case Quantity::VilDigital:
    case Quantity::VilMass:
      return "vertically integrated liquid";
    case Quantity::RainRate:
      return "rain rate";
    case Quantity::Reflectivity:
      return "reflectivity";
    case Quantity::PrecipitationType:
      return "precipitation type";
  }
  return "";
}

std::string_view unitText(Quantity quantity) {
  switch (quantity) {
    case Quantity::VilDigital:
      return "digital 0-254";
    case Quantity::VilMass:
      return "kg/m2";
    case Quantity::RainRate:
      return "mm/h";
    case Quantity::Reflectivity:
      return "dBZ";
    case Quantity::PrecipitationType:
      return "class";
  }
  return "";
}

float belowDetectionValue(Quantity quantity) {
  return quantity == Quantity::Reflectivity ? -std::numeric_limits<float>::infinity() : 0.0f;
}

}  // namespace stormloom
