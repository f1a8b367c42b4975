#include "models/training/latent_pool.h"

#include <cmath>

#include "core/errors.h"
#include "models/engine/network_loading.h"
#include "models/sampling/knowledge_control.h"
#include "models/training/intensity_fit.h"
#include "models/training/latent_frames.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr double kRampSpread = 0.6, kRampFrames = 4.0, kLargestRamp = 3.0;

Tensor perChannel(const ModelCard& card, const char* key, const torch::Device& device) {
  return torch::tensor(card.use.at(key).as<std::vector<double>>(), torch::kFloat64)
      .to(torch::kFloat32)
      .to(device);
}

}  // namespace

Tensor LatentSpace::encode(const Tensor& frames) const {
  return (meanLatents(vae, frames, bf16) - mean) / deviation;
}

Tensor LatentSpace::decode(const Tensor& latents) const {
  return decodedFrames(vae, latents * deviation + mean, bf16);
}

LatentSpace latentSpaceOf(const TrainingMaterial& material) {
  if (material.vaeWeights.empty())
    throw UsageError(
        "This network is trained on latents: name the weights of a trained VAE with --vae.");
  const ModelCard card = readModelCard(cardPathOf(material.vaeWeights));
  LatentSpace space;
  space.vae = AutoencoderKL(autoencoderKLOptionsFromJson(card.architecture));
  loadForInference(*space.vae, card, material.device);
  space.mean = perChannel(card, "latent_mean", material.device);
  space.deviation = perChannel(card, "latent_deviation", material.device);
  space.bf16 = material.bf16;
  return space;
}

LatentPool::LatentPool(const TrainingMaterial& material, const LatentSpace& space,
                       const IntensityStatistics& statistics)
    : material_(material),
      space_(space),
      statistics_(statistics),
      windows_(material.corpus, material.recipe.pool),
      contextFrames_(material.recipe.own.value("context_frames", std::int64_t(3))),
      rampShare_(material.recipe.own.value("ramp_share", 0.35)),
      turns_(material.recipe.pool.size) {}

WindowBatch LatentPool::ramped(const WindowBatch& windows, const Tensor& which) const {
  const Tensor frames = windows.frames.clone();
  const auto options = frames.options();
  const Tensor growth = kRampSpread / kRampFrames *
                        torch::randn({frames.size(0), 1, 1, 1}, options) *
                        which.view({-1, 1, 1, 1});
  const Tensor lead = torch::arange(1, kTargetFrames + 1, options).view({1, -1, 1, 1});
  const Tensor factor = (growth * lead).clamp_max(std::log(kLargestRamp)).exp();
  frames.slice(1, kContextFrames).mul_(factor).clamp_max_(kMostIntense);
  return {frames, windows.measured, windows.extrapolated, {}};
}

LatentBatch LatentPool::encode(const WindowBatch& windows, const Tensor& told) const {
  const Tensor given = torch::cat(
      {windows.past().slice(1, kContextFrames - contextFrames_), windows.extrapolated}, 1);
  const Tensor latents = space_.encode(torch::cat({given, windows.future()}, 1));
  const auto [mu, sigma] = anticipatedOf(statistics_, windows.past().mean({2, 3}));
  const Tensor means = windows.future().mean({2, 3});
  return {latents.slice(1, 0, given.size(1)), latents.slice(1, given.size(1)),
          commandFeatures(means.mean(1), mu.mean(1), sigma.mean(1)), told, means};
}

void LatentPool::fill(std::int64_t steps, std::int64_t replacedEachStep) {
  const std::int64_t size = material_.recipe.pool.size;
  const WindowBatch one = windows_.fresh(4, 0);
  const LatentBatch like = encode(one, torch::zeros({4}, one.frames.options().dtype(torch::kBool)));
  const auto room = [&](const Tensor& part, torch::ScalarType type) {
    std::vector<std::int64_t> shape = part.sizes().vec();
    shape[0] = size;
    return torch::zeros(shape, part.options().dtype(type));
  };
  all_ = {room(like.condition, torch::kHalf), room(like.target, torch::kHalf),
          room(like.control, torch::kFloat32), room(like.told, torch::kBool),
          room(like.means, torch::kFloat32)};
  for (const PoolTurns::Part& part : turns_.after(steps, replacedEachStep)) make(part);
}

void LatentPool::replaceSome(std::int64_t count) {
  for (const PoolTurns::Part& part : turns_.replace(count)) make(part);
}

void LatentPool::make(const PoolTurns::Part& part) {
  const torch::NoGradGuard noGradient;
  const std::int64_t count = part.count;
  const WindowBatch windows = turnedAtRandom(windows_.fresh(count, part.turn));
  const Tensor told = torch::rand({count}, windows.frames.options()) < rampShare_;
  const LatentBatch made = encode(ramped(windows, told), told);
  all_.condition.narrow(0, part.first, count).copy_(made.condition);
  all_.target.narrow(0, part.first, count).copy_(made.target);
  all_.control.narrow(0, part.first, count).copy_(made.control);
  all_.told.narrow(0, part.first, count).copy_(made.told);
  all_.means.narrow(0, part.first, count).copy_(made.means);
}

LatentBatch LatentPool::draw(std::int64_t count) const {
  const Tensor rows = torch::randint(
      all_.told.size(0), {count}, torch::TensorOptions(torch::kInt64).device(all_.told.device()));
  return {all_.condition.index_select(0, rows).to(torch::kFloat32),
          all_.target.index_select(0, rows).to(torch::kFloat32), all_.control.index_select(0, rows),
          all_.told.index_select(0, rows), all_.means.index_select(0, rows)};
}

}  // namespace stormloom
