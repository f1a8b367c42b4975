#include "models/engine/diffusion_keeper.h"

#include <algorithm>

#include "models/sampling/flow_sampler.h"

namespace stormloom {
using torch::Tensor;

DrawObserver DiffusionKeeper::observer() {
  DrawObserver observer;
  observer.looked = [this](const Tensor& z, const Tensor& time, const Tensor& predicted,
                           const Tensor& features) { keep(z, time, predicted, features); };
  observer.finished = [this](const Tensor& before, const Tensor& after) {
    const bool moved = !before.equal(after);
    kept_.push_back({0.0, after[0].clone(), after[0].clone(), moved ? before[0].clone() : Tensor()});
  };
  return observer;
}

void DiffusionKeeper::keep(const Tensor& z, const Tensor& time, const Tensor& predicted,
                           const Tensor& features) {
  Kept kept{noiseAt(time), z[0].clone(), cleanOf(z, time, predicted)[0].clone(), {}};
  if (features.any().item<bool>()) {
    const Tensor told = torch::zeros_like(features);
    kept.silent = cleanOf(z, time, model_.denoise(z, time, encoding_.condition, told))[0].clone();
  }
  kept_.push_back(std::move(kept));
}

// A flow goes on z = (1 - t) z0 + t eps with the velocity eps - z0 (flow_sampler.h).
Tensor DiffusionKeeper::cleanOf(const Tensor& z, const Tensor& time, const Tensor& predicted) const {
  if (const OfficialDiffusion* diffusion = model_.diffusion())
    return diffusion->schedule.cleanLatents(predicted, z, time);
  return z - (time / embeddedFlowTime(1.0)).view({-1, 1, 1, 1, 1}) * predicted;
}

double DiffusionKeeper::noiseAt(const Tensor& time) const {
  const double at = time[0].item<double>();
  if (const OfficialDiffusion* diffusion = model_.diffusion())
    return (at + 1.0) / double(diffusion->schedule.options().timesteps);
  return at / embeddedFlowTime(1.0);
}

DiffusionStep DiffusionKeeper::pictured(const Kept& kept, const ModelContext& context) {
  constexpr double kWhole = 255.0;
  const Tensor latents = model_.decode(kept.latents), clean = model_.decode(kept.clean);
  const auto frames = [&](const Tensor& values) {
    return framesFromValues(values, context, Provenance::Forecast, model_.name());
  };
  DiffusionStep step{kept.noise, frames(latents), frames(clean)};
  step.cleanMean = frameMeans(clean, encoding_.seen).mean().item<double>();
  if (!kept.silent.defined()) return step;
  const Tensor push =
      (kWhole * (clean - model_.decode(kept.silent)) * encoding_.seen).to(torch::kCPU).contiguous();
  step.pushSize = push.abs().mean().item<double>();
  for (std::int64_t lead = 0; lead < push.size(0); ++lead) {
    const float* first = push[lead].data_ptr<float>();
    step.push.emplace_back(first, first + push[lead].numel());
  }
  return step;
}

std::vector<DiffusionStep> DiffusionKeeper::steps(const ModelContext& context,
                                                  const std::function<void(double share)>& each) {
  const torch::NoGradGuard noGradient;
  std::vector<DiffusionStep> steps;
  for (const Kept& kept : kept_) {
    each(double(steps.size()) / double(kept_.size()));
    steps.push_back(pictured(kept, context));
  }
  return steps;
}

}  // namespace stormloom
