#include "models/sampling/ancestral_sampler.h"

namespace stormloom {
using torch::Tensor;

AncestralSampler::AncestralSampler(NoiseSchedule schedule, DenoiserCall denoiser, MeanGuide guide)
    : schedule_(std::move(schedule)), denoiser_(std::move(denoiser)), guide_(std::move(guide)) {}

AncestralStep AncestralSampler::step(const Tensor& zt, const Tensor& t, const Tensor& noise) const {
  AncestralStep step;
  step.prediction = denoiser_(zt, t);
  step.z0 = schedule_.cleanLatents(step.prediction, zt, t);
  const Posterior posterior = schedule_.posterior(step.z0, zt, t);
  step.mean = guide_ ? guide_(posterior, zt, t) : posterior.mean;
  std::vector<std::int64_t> shape(std::size_t(zt.dim()), 1);
  shape[0] = t.size(0);
  const Tensor deviation = (0.5 * posterior.logVariance).exp() * (t != 0);  // none at the last step
  step.zPrev = step.mean + deviation.view(shape) * noise;
  return step;
}

std::optional<Tensor> AncestralSampler::sample(
    const Tensor& zT, const StepNoise& noise, std::stop_token stop,
    const std::function<void(std::int64_t k, const Tensor& z)>& afterStep) const {
  const torch::NoGradGuard noGrad;
  const std::int64_t steps = schedule_.options().timesteps;
  const auto whole = torch::TensorOptions().dtype(torch::kInt64).device(zT.device());
  Tensor z = zT;
  for (std::int64_t k = 0; k < steps; ++k) {
    if (stop.stop_requested()) return std::nullopt;
    z = step(z, torch::full({z.size(0)}, steps - 1 - k, whole), noise(k)).zPrev;
    if (afterStep) afterStep(k, z);
  }
  return z;
}

}  // namespace stormloom
