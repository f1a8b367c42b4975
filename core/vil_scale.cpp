#include "core/vil_scale.h"

#include <algorithm>
#include <cmath>

namespace stormloom {
namespace {

constexpr double kMarshallPalmerA = 200.0;
constexpr double kMarshallPalmerB = 1.6;
constexpr double kLiquidOfLayer = 3.44e-6;  // Greene and Clark 1972, kg/m3 for Z in mm6/m3
constexpr double kColumnMeters = 3000.0;
constexpr double kMostDigital = 254.0;

}  // namespace

double reflectivityFactorFromRain(double rainRateMmPerHour) {
  return rainRateMmPerHour <= 0.0
             ? 0.0
             : kMarshallPalmerA * std::pow(rainRateMmPerHour, kMarshallPalmerB);
}

double rainFromReflectivityFactor(double z) {
  return z <= 0.0 ? 0.0 : std::pow(z / kMarshallPalmerA, 1.0 / kMarshallPalmerB);
}

double vilMassFromReflectivityFactor(double z) {
  return z <= 0.0 ? 0.0 : kLiquidOfLayer * std::pow(z, 4.0 / 7.0) * kColumnMeters;
}

double reflectivityFactorFromVilMass(double vilMass) {
  return vilMass <= 0.0 ? 0.0 : std::pow(vilMass / (kLiquidOfLayer * kColumnMeters), 7.0 / 4.0);
}

double digitalFromVilMass(double vilMass) {
  const double exponential = 83.9 + 38.9 * std::log(std::max(vilMass, 1e-300));
  if (exponential > 18.0) return std::min(exponential, kMostDigital);
  if (vilMass <= 3.0 / 90.66) return 0.0;
  return std::min(2.0 + 90.66 * vilMass, 18.0);
}

double vilMassFromDigital(double digital) {
  if (digital <= 5.0) return 0.0;
  if (digital <= 18.0) return (digital - 2.0) / 90.66;
  return std::exp((digital - 83.9) / 38.9);
}

double digitalFromRain(double rainRateMmPerHour) {
  return digitalFromVilMass(
      vilMassFromReflectivityFactor(reflectivityFactorFromRain(rainRateMmPerHour)));
}

double rainFromDigital(double digital) {
  return rainFromReflectivityFactor(reflectivityFactorFromVilMass(vilMassFromDigital(digital)));
}

double digitalFromDbz(double dbz) {
  return digitalFromVilMass(vilMassFromReflectivityFactor(std::pow(10.0, dbz / 10.0)));
}

}  // namespace stormloom
