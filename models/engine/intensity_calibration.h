#pragma once

#include <torch/torch.h>

#include <vector>

#include "core/json.h"

namespace stormloom {

/// Gives a forecast of the expected rain the intensities of rain. An expectation is smooth where it is unsure, and so
/// loses what is strong; the extrapolated picture knows how much strong rain there is, but not where. The forecast's
/// values take the place of equal rank among the extrapolated ones (probability matching: Ebert 2001).
struct IntensityCalibration {
  std::vector<double> extrapolatedShare;  ///< by lead: mixed into the forecast before ranks are taken
  std::vector<double> matchedShare;       ///< by lead: how much of the matched values is taken
  /// Where the extrapolated rain, smoothed by a cell, is stronger than this digital value, the share rises to 1, over
  /// about 12 digital values to each side: a smooth expectation has no say in where the strongest cells are. 0: never.
  double trustedFrom = 0.0;

  /// forecast and extrapolated (B,leads,H,W) in [0, 1] -> the same.
  torch::Tensor operator()(const torch::Tensor& forecast, const torch::Tensor& extrapolated) const;
  /// Of a model card's use; nothing is changed where it says nothing. ModelError.
  static IntensityCalibration fromJson(const Json& json, std::int64_t leads);
};

/// Fields (B,leads,H,W) with the values of others, rank by rank, each picture on its own. Dry cells stay dry.
torch::Tensor matchedByRank(const torch::Tensor& fields, const torch::Tensor& values);

}  // namespace stormloom
