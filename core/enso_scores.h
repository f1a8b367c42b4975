#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace stormloom {

/// Where the Nino3.4 region lies in the 24 x 48 fields of the data set: rows 10 to 12, columns 19
/// to 29.
struct NinoRegion {
  std::int64_t firstRow = 10;
  std::int64_t rows = 3;
  std::int64_t firstColumn = 19;
  std::int64_t columns = 11;
};

/// Normalised sea surface temperatures (sample, month, row, column).
struct SstFields {
  std::span<const float> values;
  std::int64_t samples = 0;
  std::int64_t months = 0;
  std::int64_t height = 24;
  std::int64_t width = 48;
};

/// Normalised values v stand for lowest + v * (highest - lowest) degrees of anomaly (spec section
/// 10).
struct SstScale {
  double lowest = -16.549121856689453;
  double highest = 10.198975563049316;
};

/// The Nino3.4 index: regional mean per month, then running means over three months; (sample,
/// months - 2).
std::vector<double> ninoIndex(const SstFields& sst, const SstScale& scale,
                              const NinoRegion& region = {});

struct EnsoScores {
  std::vector<double> correlation;  ///< per lead
  std::vector<double> rmse;         ///< per lead
  double meanCorrelation = 0.0;     ///< C-Nino3.4-M
  double weightedCorrelation =
      0.0;  ///< C-Nino3.4-WM; its weights are not normalised, it may exceed 1
  double meanRmse = 0.0;
};
/// `forecast` and `observed` are indices (sample, lead).
EnsoScores ensoScores(std::span<const double> forecast, std::span<const double> observed,
                      std::int64_t leads);

}  // namespace stormloom
