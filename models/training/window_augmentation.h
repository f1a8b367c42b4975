#pragma once

#include <torch/torch.h>

#include <utility>

namespace stormloom {

/// How real windows are made to look like other events: few events are all there is. Deviations of normal numbers,
/// ranges, and shares of the windows.
struct WindowAugmentationOptions {
  double warpedShare = 0.0;  ///< of the windows, seen nearer or from farther, stretched, turned and moving otherwise
  double nearest = 1.6, farthest = 1.25;  ///< zoom in, zoom out
  double stretch = 0.1;                   ///< of one direction against the other, logarithm
  double turn = 0.5;                      ///< radians
  double drift = 1.0;                     ///< cells a frame, added to all motion
  double gamma = 0.0;                     ///< logarithm of the exponent that bends the intensities
  double mixedShare = 0.0;                ///< of the windows, another one laid over (the larger value)
};

/// Values (B,T,H,W) in [0, 1] and what of them is measured, changed at random from LibTorch's generator; all frames of
/// a window alike. What a window would have to know beyond its edges is not measured.
std::pair<torch::Tensor, torch::Tensor> augmentedAtRandom(const torch::Tensor& values,
                                                          const torch::Tensor& measured,
                                                          const WindowAugmentationOptions& options);

}  // namespace stormloom
