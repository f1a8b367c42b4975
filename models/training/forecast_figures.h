#pragma once

#include <torch/torch.h>

#include "core/json.h"

namespace stormloom {

/// Running sums of how good forecasts are, by lead step; only measured cells count. All fields in
/// [0, 1]. Batches may come one after the other.
class ForecastFigures {
public:
  /// members (B,M,leads,H,W), observed and measured (B,leads,H,W), any device.
  void add(const torch::Tensor& members, const torch::Tensor& observed,
           const torch::Tensor& measured);

  std::vector<double> mse() const;  ///< of the ensemble mean, by lead, times 1000
  std::vector<double> crps()
      const;  ///< mean |x - y| - sum |x_i - x_j| / (2 M^2), by lead, times 1000
  std::vector<double> csiMean()
      const;                    ///< mean over SEVIR's thresholds of the first member's CSI, by lead
  double csiMeanOfAll() const;  ///< the same with counts of all leads together
  double spreadSkill()
      const;  ///< root of mean ensemble variance over that of the mean's error, with (M+1)/M
  double powerRatio()
      const;  ///< spectral power at wavelengths of 4 to 13.3 cells (12-40 km), over the observed
  Json toJson() const;

private:
  struct Counts {
    torch::Tensor hits, misses, falseAlarms;  // (thresholds,leads)
  };
  void addEvents(const torch::Tensor& forecast, const torch::Tensor& observed,
                 const torch::Tensor& measured);

  torch::Tensor cells_, squared_, ranked_;  // (leads), float64, CPU
  double variance_ = 0.0, error_ = 0.0, forecastPower_ = 0.0, observedPower_ = 0.0;
  std::int64_t members_ = 1;
  Counts counts_;
};

/// Means of several lead times.
double meanOf(const std::vector<double>& values);

}  // namespace stormloom
