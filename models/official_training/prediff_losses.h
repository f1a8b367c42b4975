#pragma once

#include <torch/torch.h>

#include "models/sampling/noise_schedule.h"

namespace stormloom {

/// The official loss of the denoiser (spec 11).
struct DenoiserLoss {
  torch::Tensor loss;       ///< scalar, what is minimised
  torch::Tensor perSample;  ///< (B), mean square error
  torch::Tensor bound;      ///< scalar, weighted as in the variational bound
};

/// `wanted` and `predicted` (B,...): noise or clean latents, as the schedule is parameterised;
/// `logvar` (timesteps), learned.
DenoiserLoss denoiserLoss(const NoiseSchedule& schedule, const torch::Tensor& logvar,
                          const torch::Tensor& wanted, const torch::Tensor& predicted,
                          const torch::Tensor& t);

}  // namespace stormloom
