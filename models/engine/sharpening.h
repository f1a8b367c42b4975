#pragma once

#include <torch/torch.h>

namespace stormloom {

/// What decoders of few latents and samplers of few steps smooth away, given back: structures smaller than some cells
/// grow by a share, f + strength (f - f smoothed). Gradients pass.
struct Sharpening {
  double strength = 0.0;  ///< 0: nothing is changed
  double cells = 2.0;     ///< deviation of the Gaussian that smooths

  /// Frames (N,H,W) -> the same.
  torch::Tensor operator()(const torch::Tensor& frames) const;
};

/// Frames (...,H,W) smoothed by a Gaussian of so many cells, edges repeated.
torch::Tensor smoothedFrames(const torch::Tensor& frames, double cells);

}  // namespace stormloom
