#pragma once

namespace stormloom {

/// From rain to SEVIR's digital VIL and back: a monotone stand-in, not measured VIL
/// (data/train/vil_scale.md; SEVIR's decoding: spec section 10). All in double precision.
double reflectivityFactorFromRain(double rainRateMmPerHour);  ///< Z = 200 R^1.6, mm6/m3
double rainFromReflectivityFactor(double z);
double vilMassFromReflectivityFactor(double z);  ///< kg/m2 of a 3 km column
double reflectivityFactorFromVilMass(double vilMass);
double digitalFromVilMass(double vilMass);   ///< 0-254, not rounded
double vilMassFromDigital(double digital);   ///< SEVIR's decoding
double digitalFromRain(double rainRateMmPerHour);
double rainFromDigital(double digital);
double digitalFromDbz(double dbz);

}  // namespace stormloom
