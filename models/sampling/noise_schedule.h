#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>

#include "core/json.h"

namespace stormloom {

/// What the denoiser predicts.
enum class Parameterization { Eps, X0 };

/// Diffusion of PreDiff (spec 8). Defaults are the official ones.
struct DiffusionOptions {
  std::int64_t timesteps = 1000;
  std::string betaSchedule = "linear";  ///< "linear", "cosine", "sqrt_linear", "sqrt"
  double linearStart = 1e-4;
  double linearEnd = 2e-2;
  double cosineS = 8e-3;
  double vPosterior = 0.0;
  Parameterization parameterization = Parameterization::Eps;
  bool clipDenoised = false;
  double scaleFactor = 1.0;  ///< latents of the diffusion are those of the VAE times this
};
/// From a configuration with the official keys. Throws ModelError.
DiffusionOptions diffusionOptionsFromJson(const Json& config);

/// A Gaussian of the next cleaner latents.
struct Posterior {
  torch::Tensor mean;         ///< like z
  torch::Tensor variance;     ///< (B)
  torch::Tensor logVariance;  ///< (B), clipped below
};

/// The tables of a diffusion, (timesteps) float32 each, computed in float64, under their official
/// names, and what follows from them. t is (B); latents are (B,...).
class NoiseSchedule {
public:
  explicit NoiseSchedule(const DiffusionOptions& options,
                         const torch::Device& device = torch::kCPU);

  torch::Tensor betas, alphasCumprod, alphasCumprodPrev;
  torch::Tensor sqrtAlphasCumprod, sqrtOneMinusAlphasCumprod, logOneMinusAlphasCumprod;
  torch::Tensor sqrtRecipAlphasCumprod, sqrtRecipm1AlphasCumprod;
  torch::Tensor posteriorVariance, posteriorLogVarianceClipped;
  torch::Tensor posteriorMeanCoef1, posteriorMeanCoef2;
  torch::Tensor lvlbWeights;
  torch::Tensor alphaBar;  ///< cumulative product in float64, from which DDIM tables are made

  torch::Tensor noised(const torch::Tensor& z0, const torch::Tensor& t,
                       const torch::Tensor& noise) const;
  torch::Tensor startFromNoise(const torch::Tensor& zt, const torch::Tensor& t,
                               const torch::Tensor& noise) const;
  /// Clean latents that a denoiser's prediction stands for, clamped where the options say so.
  torch::Tensor cleanLatents(const torch::Tensor& prediction, const torch::Tensor& zt,
                             const torch::Tensor& t) const;
  Posterior posterior(const torch::Tensor& z0, const torch::Tensor& zt,
                      const torch::Tensor& t) const;

  const DiffusionOptions& options() const { return options_; }

private:
  DiffusionOptions options_;
};

/// Which steps a DDIM sampler takes, and with which coefficients (spec 8); all (steps), float64
/// but for the int64 timesteps.
struct DdimTables {
  torch::Tensor timesteps, sigmas, alphas, alphasPrev;
};
/// `method` is "uniform" or "quad"; eta 0 is deterministic, 1 ancestral. Throws ModelError.
DdimTables ddimTables(const NoiseSchedule& schedule, const std::string& method, std::int64_t steps,
                      double eta);

}  // namespace stormloom
