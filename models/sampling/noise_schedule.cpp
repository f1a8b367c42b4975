#include "models/sampling/noise_schedule.h"

#include <cmath>
#include <numbers>

#include "core/errors.h"

namespace stormloom {
using torch::Tensor;
namespace {

Tensor spaced(double start, double end, std::int64_t count) {
  return torch::linspace(start, end, count, torch::kFloat64);
}

Tensor cosineBetas(const DiffusionOptions& options) {
  const double n = double(options.timesteps);
  const Tensor steps = torch::arange(options.timesteps + 1, torch::kFloat64) / n;
  const Tensor angles = (steps + options.cosineS) / (1.0 + options.cosineS) * std::numbers::pi / 2;
  const Tensor squares = angles.cos().square();
  const Tensor alphas = squares / squares[0];
  const Tensor ratio =
      alphas.narrow(0, 1, options.timesteps) / alphas.narrow(0, 0, options.timesteps);
  return (1.0 - ratio).clamp(0.0, 0.999);
}

Tensor betasOf(const DiffusionOptions& options) {
  const std::int64_t n = options.timesteps;
  const std::string& name = options.betaSchedule;
  if (name == "linear")
    return spaced(std::sqrt(options.linearStart), std::sqrt(options.linearEnd), n).square();
  if (name == "cosine") return cosineBetas(options);
  if (name == "sqrt_linear") return spaced(options.linearStart, options.linearEnd, n);
  if (name == "sqrt") return spaced(options.linearStart, options.linearEnd, n).sqrt();
  throw ModelError("The noise schedule \"" + name +
                   "\" is unknown; known are linear, cosine, sqrt_linear and sqrt.");
}

/// Weights of the variational bound. The first one is infinite and takes that of the second.
/// In float32 from rounded tables, as official; `alphas` are 1 - beta, rounded after the
/// difference.
Tensor boundWeights(const NoiseSchedule& s, const Tensor& alphas) {
  Tensor weights;
  if (s.options().parameterization == Parameterization::X0) {
    weights = 0.5 * s.alphasCumprod.sqrt() / (2.0 - s.alphasCumprod);
  } else {
    weights = s.betas.square() / (2.0 * s.posteriorVariance * alphas * (1.0 - s.alphasCumprod));
  }
  if (weights.size(0) > 1) weights[0] = weights[1];
  return weights;
}

/// The entries at t, shaped to multiply latents (B,...).
Tensor entries(const Tensor& table, const Tensor& t, const Tensor& like) {
  std::vector<std::int64_t> shape(std::size_t(like.dim()), 1);
  shape[0] = t.size(0);
  return table.index_select(0, t).view(shape);
}

}  // namespace

DiffusionOptions diffusionOptionsFromJson(const Json& config) {
  DiffusionOptions options;
  options.timesteps = config.value("timesteps", options.timesteps);
  if (options.timesteps < 1) throw ModelError("A diffusion needs at least one step.");
  options.betaSchedule = config.value("beta_schedule", options.betaSchedule);
  options.linearStart = config.value("linear_start", options.linearStart);
  options.linearEnd = config.value("linear_end", options.linearEnd);
  options.cosineS = config.value("cosine_s", options.cosineS);
  options.vPosterior = config.value("v_posterior", options.vPosterior);
  const std::string parameterization = config.value("parameterization", "eps");
  if (parameterization != "eps" && parameterization != "x0")
    throw ModelError("The parameterization \"" + parameterization +
                     "\" is unknown; known are eps and x0.");
  if (parameterization == "x0") options.parameterization = Parameterization::X0;
  options.clipDenoised = config.value("clip_denoised", false);
  options.scaleFactor = config.value("scale_factor", options.scaleFactor);
  return options;
}

NoiseSchedule::NoiseSchedule(const DiffusionOptions& options, const torch::Device& device)
    : options_(options) {
  const Tensor beta = betasOf(options);
  const Tensor alpha = 1.0 - beta;
  alphaBar = alpha.cumprod(0);
  const Tensor prev =
      torch::cat({torch::ones({1}, torch::kFloat64), alphaBar.narrow(0, 0, beta.size(0) - 1)});
  const Tensor rest = 1.0 - alphaBar;
  const double v = options.vPosterior;
  const Tensor variance = (1.0 - v) * beta * (1.0 - prev) / rest + v * beta;
  const auto stored = [&device](const Tensor& table) { return table.to(device, torch::kFloat32); };
  betas = stored(beta);
  alphasCumprod = stored(alphaBar);
  alphasCumprodPrev = stored(prev);
  sqrtAlphasCumprod = stored(alphaBar.sqrt());
  sqrtOneMinusAlphasCumprod = stored(rest.sqrt());
  logOneMinusAlphasCumprod = stored(rest.log());
  sqrtRecipAlphasCumprod = stored((1.0 / alphaBar).sqrt());
  sqrtRecipm1AlphasCumprod = stored((1.0 / alphaBar - 1.0).sqrt());
  posteriorVariance = stored(variance);
  posteriorLogVarianceClipped = stored(variance.clamp_min(1e-20).log());
  posteriorMeanCoef1 = stored(beta * prev.sqrt() / rest);
  posteriorMeanCoef2 = stored((1.0 - prev) * alpha.sqrt() / rest);
  lvlbWeights = boundWeights(*this, stored(alpha));
}

Tensor NoiseSchedule::noised(const Tensor& z0, const Tensor& t, const Tensor& noise) const {
  return entries(sqrtAlphasCumprod, t, z0) * z0 + entries(sqrtOneMinusAlphasCumprod, t, z0) * noise;
}

Tensor NoiseSchedule::startFromNoise(const Tensor& zt, const Tensor& t, const Tensor& noise) const {
  return entries(sqrtRecipAlphasCumprod, t, zt) * zt -
         entries(sqrtRecipm1AlphasCumprod, t, zt) * noise;
}

Tensor NoiseSchedule::cleanLatents(const Tensor& prediction, const Tensor& zt,
                                   const Tensor& t) const {
  const Tensor z0 = options_.parameterization == Parameterization::X0
                        ? prediction
                        : startFromNoise(zt, t, prediction);
  return options_.clipDenoised ? z0.clamp(-1.0, 1.0) : z0;
}

Posterior NoiseSchedule::posterior(const Tensor& z0, const Tensor& zt, const Tensor& t) const {
  return {entries(posteriorMeanCoef1, t, zt) * z0 + entries(posteriorMeanCoef2, t, zt) * zt,
          posteriorVariance.index_select(0, t), posteriorLogVarianceClipped.index_select(0, t)};
}

DdimTables ddimTables(const NoiseSchedule& schedule, const std::string& method, std::int64_t steps,
                      double eta) {
  const std::int64_t n = schedule.options().timesteps;
  if (steps < 1 || steps > n)
    throw ModelError("DDIM takes 1 to " + std::to_string(n) + " steps, not " +
                     std::to_string(steps) + ".");
  DdimTables tables;
  if (method == "uniform")
    tables.timesteps = torch::arange(0, n, n / steps, torch::kInt64) + 1;
  else if (method == "quad")
    tables.timesteps =
        spaced(0.0, std::sqrt(0.8 * double(n)), steps).square().to(torch::kInt64) + 1;
  else
    throw ModelError("The DDIM step selection \"" + method +
                     "\" is unknown; known are uniform and quad.");
  const Tensor& bar = schedule.alphaBar;
  // The offset of one leads past the end where the steps do not divide the timesteps.
  const Tensor inside = tables.timesteps.masked_select(tables.timesteps < n);
  tables.timesteps = inside;
  tables.alphas = bar.index_select(0, inside);
  tables.alphasPrev =
      torch::cat({bar.narrow(0, 0, 1), tables.alphas.narrow(0, 0, inside.size(0) - 1)});
  tables.sigmas = eta * ((1.0 - tables.alphasPrev) / (1.0 - tables.alphas) *
                         (1.0 - tables.alphas / tables.alphasPrev))
                            .sqrt();
  return tables;
}

}  // namespace stormloom
