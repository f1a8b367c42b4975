#pragma once

#include <torch/torch.h>

#include <functional>
#include <optional>
#include <stop_token>

#include "models/sampling/noise_schedule.h"

namespace stormloom {

/// (zt, t (B)) -> what the denoiser predicts, like zt.
using DenoiserCall = std::function<torch::Tensor(const torch::Tensor& zt, const torch::Tensor& t)>;
/// (posterior mean, posterior log variance (B), zt, t) -> mean; where knowledge pulls the sample.
using MeanGuide = std::function<torch::Tensor(const Posterior& posterior, const torch::Tensor& zt,
                                              const torch::Tensor& t)>;
/// Noise (B,...) of step k, which is counted from 0 at t = n - 1.
using StepNoise = std::function<torch::Tensor(std::int64_t k)>;

/// One step of the ancestral sampler, with what led to it.
struct AncestralStep {
  torch::Tensor prediction;  ///< of the denoiser
  torch::Tensor z0;          ///< estimated clean latents
  torch::Tensor mean;        ///< of the posterior, guided
  torch::Tensor zPrev;
};

/// The sampler of the official PreDiff: every step of the diffusion, in reverse (spec 8).
class AncestralSampler {
public:
  AncestralSampler(NoiseSchedule schedule, DenoiserCall denoiser, MeanGuide guide = {});

  /// zt (B,...), t (B), all the same.
  AncestralStep step(const torch::Tensor& zt, const torch::Tensor& t,
                     const torch::Tensor& noise) const;
  /// From noise zT to clean latents; nothing when stopped. `afterStep` sees the latents after step
  /// k.
  std::optional<torch::Tensor> sample(
      const torch::Tensor& zT, const StepNoise& noise, std::stop_token stop = {},
      const std::function<void(std::int64_t k, const torch::Tensor& z)>& afterStep = {}) const;

private:
  NoiseSchedule schedule_;
  DenoiserCall denoiser_;
  MeanGuide guide_;
};

}  // namespace stormloom
