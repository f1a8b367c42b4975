#pragma once

#include <torch/torch.h>

namespace stormloom {

struct MotionFieldOptions {
  std::int64_t vectors = 8;  ///< along each side of the window; bicubic between them
  int iterations = 40;       ///< of Adam at each of the two resolutions
  double firstStep = 0.3;    ///< pixels, falling geometrically to lastStep
  double lastStep = 0.02;
  std::int64_t furthestStart = 24;  ///< pixels a step the correlation looks for
};

/// How rain moves: steady vectors (B,2,H,W), x to the right and y downwards, pixels a step, from
/// frames (B,T,H,W) in [0, 1], H and W divisible by 4. Every window is solved on its own, whatever
/// stands beside it in the batch. Start: peak of the summed cross-correlation of all pairs of
/// frames; then Adam on the mean sqrt(e^2 + 1e-4) of the warped pairs at a quarter and half of the
/// resolution, with a penalty on differences of neighbouring vectors.
torch::Tensor motionField(const torch::Tensor& frames, const MotionFieldOptions& options = {});

/// frame (B,H,W) carried `leads` steps along steady motion (B,2,H,W), backwards in time from each
/// pixel (semi-Lagrangian, bilinear): (B,leads,H,W). What flows in from outside is 0.
torch::Tensor extrapolate(const torch::Tensor& frame, const torch::Tensor& motion,
                          std::int64_t leads);

}  // namespace stormloom
