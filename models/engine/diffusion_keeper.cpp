#include "models/engine/diffusion_keeper.h"

#include <algorithm>

#include "models/sampling/flow_sampler.h"

namespace stormloom {
using torch::Tensor;

DrawObserver DiffusionKeeper::observer() {
  DrawObserver observer;
  observer.looked = [this](const Tensor& z, const Tensor& time, const Tensor& predicted,
                           const Tensor& features) { keep(z, time, predicted, features); };
  observer.pulled = [this](const Tensor& moved) {
    Kept& kept = kept_.back();
    kept.silent.latents = kept.clean.latents;
    kept.clean.latents = kept.clean.latents + moved[0];
  };
  observer.finished = [this](const Tensor& before, const Tensor& after) {
    const bool moved = !before.equal(after);
    const Tensor result = after[0].clone();
    kept_.push_back({0.0, {result, {}}, {result, {}}, {moved ? before[0].clone() : Tensor(), {}}});
  };
  return observer;
}

void DiffusionKeeper::keep(const Tensor& z, const Tensor& time, const Tensor& predicted,
                           const Tensor& features) {
  Kept kept{noiseAt(time), {z[0].clone(), {}}, {cleanOf(z, time, predicted)[0].clone(), {}}, {}};
  if (features.any().item<bool>()) {
    const Tensor told = torch::zeros_like(features);
    kept.silent.latents =
        cleanOf(z, time, model_.denoise(z, time, encoding_.condition, told))[0].clone();
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

/// What is still to be decoded; the result's two layers are one.
std::vector<DiffusionKeeper::Layer*> DiffusionKeeper::layers() {
  std::vector<Layer*> all;
  for (Kept& kept : kept_)
    for (Layer* layer : {&kept.latents, &kept.clean, &kept.silent})
      if (layer->latents.defined() && &kept != &kept_.back()) all.push_back(layer);
  if (!kept_.empty() && kept_.back().silent.latents.defined()) all.push_back(&kept_.back().silent);
  return all;
}

/// All lead times at once, as forecasts are decoded: the same bits.
void DiffusionKeeper::decodeResult() {
  Kept& result = kept_.back();
  result.latents.frames =
      model_.decode(result.latents.latents, model_.extrapolatedPart(encoding_.extrapolated));
  result.clean.frames = result.latents.frames;
}

void DiffusionKeeper::decodeLead(std::int64_t lead) {
  constexpr std::size_t kAtOnce = 6;  // as many frames as a forecast has: memory as usual
  const torch::NoGradGuard noGradient;
  if (!kept_.back().clean.frames.defined()) decodeResult();
  const std::vector<Layer*> all = layers();
  for (std::size_t first = 0; first < all.size(); first += kAtOnce) {
    const std::size_t end = std::min(all.size(), first + kAtOnce);
    std::vector<Tensor> some;
    for (std::size_t i = first; i < end; ++i) some.push_back(all[i]->latents[lead]);
    const Tensor rows = torch::full({std::int64_t(some.size())}, lead,
                                    torch::dtype(torch::kInt64).device(some[0].device()));
    const Tensor frames = model_.decode(
        torch::stack(some), model_.extrapolatedPart(encoding_.extrapolated).only(rows));
    for (std::size_t i = first; i < end; ++i) {
      Layer& layer = *all[i];
      if (!layer.frames.defined()) layer.frames = torch::zeros_like(kept_.back().clean.frames);
      layer.frames[lead].copy_(frames[std::int64_t(i - first)]);
    }
  }
  firstDecoded_ = lead;
}

DiffusionStep DiffusionKeeper::pictured(const Kept& kept, const ModelContext& context) const {
  constexpr double kWhole = 255.0;
  const Tensor clean = kept.clean.frames;
  const std::int64_t leads = clean.size(0);
  const auto frames = [&](const Tensor& values) {
    FrameSequence sequence =
        framesFromValues(values, context, Provenance::Forecast, model_.name());
    for (std::int64_t lead = 0; lead < firstDecoded_; ++lead)
      sequence.frames[std::size_t(lead)].grid.reset();
    return sequence;
  };
  DiffusionStep step{kept.noise, frames(kept.latents.frames), frames(clean)};
  step.cleanMean =
      frameMeans(clean.slice(0, firstDecoded_), encoding_.seen).mean().item<double>();
  if (!kept.silent.frames.defined()) return step;
  const Tensor push =
      (kWhole * (clean - kept.silent.frames) * encoding_.seen).to(torch::kCPU).contiguous();
  step.pushSize = push.slice(0, firstDecoded_).abs().mean().item<double>();
  for (std::int64_t lead = 0; lead < leads; ++lead) {
    const float* first = push[lead].data_ptr<float>();
    step.push.emplace_back(first, first + push[lead].numel());
  }
  return step;
}

std::vector<DiffusionStep> DiffusionKeeper::steps(const ModelContext& context) const {
  const torch::NoGradGuard noGradient;
  std::vector<DiffusionStep> steps;
  for (const Kept& kept : kept_) steps.push_back(pictured(kept, context));
  return steps;
}

}  // namespace stormloom
