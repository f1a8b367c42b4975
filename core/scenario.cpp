#include "core/scenario.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

namespace stormloom {
namespace {

const char* strengthWords(double nSigma) {
  const double size = std::abs(nSigma);
  const bool stronger = nSigma > 0.0;
  if (size < 0.25) return "as expected";
  if (size < 1.0)
    return stronger ? "a little stronger than expected" : "a little weaker than expected";
  if (size < 2.0) return stronger ? "stronger than expected" : "weaker than expected";
  if (size < 3.0) return stronger ? "much stronger than expected" : "much weaker than expected";
  return stronger ? "extreme" : "far weaker than expected";
}

/// Two significant digits, so that a rarity reads as what it is, an estimate.
long roundedRarity(double odds) {
  const double unit = std::pow(10.0, std::max(0.0, std::floor(std::log10(odds)) - 1.0));
  return std::lround(std::round(odds / unit) * unit);
}

}  // namespace

double AnticipatedIntensity::commanded(int lead, double nSigma) const {
  return std::clamp(mu.at(lead) + nSigma * sigma.at(lead), 0.0, 1.0);
}

double AnticipatedIntensity::nSigmaOf(int lead, double mean) const {
  return sigma.at(lead) > 0 ? (mean - mu.at(lead)) / sigma.at(lead) : 0.0;
}

double exceedanceProbability(double nSigma) {
  return 0.5 * std::erfc(std::abs(nSigma) / std::sqrt(2.0));
}

std::string intensityWords(double nSigma) {
  std::string words = strengthWords(nSigma);
  if (std::abs(nSigma) >= 0.25) {
    words += ", about 1 in " + std::to_string(roundedRarity(1.0 / exceedanceProbability(nSigma))) +
             " forecasts";
  }
  return words;
}

}  // namespace stormloom
