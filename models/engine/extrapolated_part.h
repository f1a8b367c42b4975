#pragma once

#include <torch/torch.h>

#include <vector>

namespace stormloom {

/// What a decoded frame is given of the extrapolated one of its lead time: (1 - share) frame + share extrapolated.
/// At the first lead times the extrapolated picture knows details and places that latents do not keep. Undefined:
/// nothing is given.
struct ExtrapolatedPart {
  torch::Tensor kept;  ///< (N,1,1), 1 - share
  torch::Tensor rain;  ///< (N,H,W), share of the extrapolated frames

  /// Shares by lead time, extrapolated (leads,H,W) -> a part of one forecast's frames.
  static ExtrapolatedPart of(const std::vector<double>& shares, const torch::Tensor& extrapolated);

  bool defined() const { return rain.defined(); }
  /// Frames (N,H,W) -> the same. Gradients pass.
  torch::Tensor operator()(const torch::Tensor& frames) const;
  /// Of some of the frames, by their rows (M).
  ExtrapolatedPart only(const torch::Tensor& rows) const;
  /// Of so many forecasts, one after the other.
  ExtrapolatedPart times(std::int64_t forecasts) const;
};

}  // namespace stormloom
