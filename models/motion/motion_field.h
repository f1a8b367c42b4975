#pragma once

#include <torch/torch.h>

namespace stormloom {

/// How motion is sought. Defaults: 8 x 8 vectors over the picture, sought at a quarter, then at
/// half of the resolution.
struct MotionOptions {
  std::int64_t vectors = 8;                 ///< along each side
  std::int64_t largestShift = 20;           ///< pixels a step, of the common drift sought first
  int iterations = 40;                      ///< at each of both resolutions
  double firstRate = 0.3, lastRate = 0.02;  ///< pixels an iteration
  double coarseSmoothness = 0.004, fineSmoothness = 0.002;
};

/// Motion of the rain in (B, T, H, W) values in [0, 1], T >= 2: (B, 2, n, n) pixels a step, first
/// to the right, then downwards. The same for all steps. `measured` (B, T, H, W): cells that were
/// not measured in any of the frames do not count; undefined: all count. On any device.
torch::Tensor estimateMotion(const torch::Tensor& frames, const torch::Tensor& measured = {},
                             const MotionOptions& options = {});

/// The vectors at every pixel: (B, 2, n, n) -> (B, 2, H, W).
torch::Tensor denseMotion(const torch::Tensor& vectors, std::int64_t height, std::int64_t width);

/// The last frame (B, H, W) carried on along the motion, semi-Lagrangian: each pixel is followed
/// back to where its air was and read there once; nothing (0) flows in from outside.
/// (B, leads, H, W).
torch::Tensor extrapolate(const torch::Tensor& lastFrame, const torch::Tensor& vectors,
                          std::int64_t leads);

/// The same for fields (B, leads, H, W) that each begin at the present: field k is carried on k + 1
/// steps.
torch::Tensor carryEach(const torch::Tensor& fields, const torch::Tensor& vectors);

}  // namespace stormloom
