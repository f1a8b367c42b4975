#include "models/engine/scenario_sampling.h"

#include <algorithm>
#include <cmath>

#include "core/errors.h"
#include "models/sampling/counter_noise.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr std::size_t kMostRemembered = 4096;

Tensor perLead(const std::vector<double>& values, std::int64_t rows, const torch::Device& device) {
  return torch::tensor(values, torch::kFloat64)
      .to(torch::kFloat32)
      .to(device)
      .expand({rows, std::int64_t(values.size())});
}

constexpr double kSmallestMean = 1e-4;  // of the expected mean, against division by nothing

bool isFree(const ScenarioRow& row) {
  return std::ranges::all_of(row.nByLead, [](double n) { return n == 0.0; });
}
bool nearlyFree(const ScenarioRow& row) {
  return std::ranges::any_of(row.nByLead, [](double n) { return std::abs(n) < 1.0; });
}

}  // namespace

SamplingPlan planOf(const ScenarioRequest& request, const PreDiffModel& model) {
  SamplingPlan plan;
  plan.seed = request.seed;
  plan.sampler = request.sampler.empty() ? model.defaultSampler() : request.sampler;
  if (plan.sampler == "flow-heun") {
    plan.method = FlowMethod::Heun;
  } else if (plan.sampler == "flow-ab2") {
    plan.method = FlowMethod::AdamsBashforth;
  } else if (plan.sampler != "flow-euler") {
    throw UsageError("The sampler \"" + plan.sampler +
                     "\" does not suit the shipped weights, which follow a flow. Use flow-ab2, "
                     "flow-euler or flow-heun.");
  }
  if (!request.guidance.empty() && request.guidance != "none" && request.guidance != "own")
    throw UsageError("The guidance \"" + request.guidance +
                     "\" does not suit the shipped weights. Use own or none.");
  plan.guided = request.guidance != "none";
  plan.pulls = plan.guided && request.quality == Quality::Full;
  plan.steps = request.steps > 0 ? request.steps : model.defaultSteps(request.quality);
  return plan;
}

Tensor ScenarioSampler::noiseOf(const std::vector<ScenarioRow>& rows, const SamplingPlan& plan,
                                const torch::Device& device) const {
  std::vector<Tensor> noise;
  for (const ScenarioRow& row : rows)
    noise.push_back(counterNoise({plan.seed, std::uint32_t(row.member), 0}, model_.latentShape()));
  return torch::stack(noise).to(device);
}

Tensor ScenarioSampler::decoded(const Tensor& latents) {
  const torch::NoGradGuard noGradient;
  return model_.decode(latents.flatten(0, 1)).unflatten(0, {latents.size(0), latents.size(1)});
}

Tensor ScenarioSampler::freeMeans(const std::vector<ScenarioRow>& rows,
                                  const ContextEncoding& encoding, const SamplingPlan& plan,
                                  std::stop_token stop, const std::function<void()>& eachStep) {
  if (free_.size() > kMostRemembered) free_.clear();
  std::vector<Tensor> means;
  for (const ScenarioRow& row : rows) {
    const FreeKey key{encoding.hash, plan.seed, row.member, plan.sampler, plan.steps};
    auto found = free_.find(key);
    if (found == free_.end()) {
      const Tensor noise = noiseOf({row}, plan, encoding.past.device());
      const Tensor silent = torch::zeros({1, 3}, noise.options());
      const Tensor latents =
          model_.sample(noise, encoding.condition, silent, plan.method, plan.steps, stop, eachStep);
      found = free_.emplace(key, frameMeans(decoded(latents)[0], encoding.seen)).first;
    }
    means.push_back(found->second);
  }
  return torch::stack(means);
}

void ScenarioSampler::pull(Tensor& latents, const Tensor& target, const Tensor& counted,
                           std::stop_token stop, const std::function<void()>& eachStep) {
  for (std::int64_t i = 0; i < latents.size(0); ++i) {  // one by one: the stop is looked at between
    if (stop.stop_requested()) throw Stopped();
    latents[i].copy_(pulledToMean(latents[i], target[i], counted,
                                  [this](const Tensor& z) { return model_.decode(z); }));
    if (eachStep) eachStep();
  }
}

Tensor ScenarioSampler::pullRegion(Tensor& latents, const IntensityCommand& command,
                                   const ContextEncoding& encoding, const SamplingPlan& plan,
                                   std::stop_token stop, const std::function<void()>& eachStep) {
  const Tensor counted = encoding.seen * plan.region;
  const Tensor free = decoded(latents);
  const Tensor growth = command.commanded() / command.mu.clamp_min(kSmallestMean);
  const Tensor before = frameMeans(free, counted);
  const Tensor target = before * growth;
  if (plan.pulls) pull(latents, target, counted, stop, eachStep);
  return frameMeans(free, encoding.seen) + target - before;
}

SampledRows ScenarioSampler::sample(const std::vector<ScenarioRow>& rows,
                                    const ContextEncoding& encoding,
                                    const AnticipatedIntensity& anticipated,
                                    const SamplingPlan& plan, std::stop_token stop,
                                    const std::function<void()>& eachStep) {
  const torch::NoGradGuard noGradient;
  const torch::Device device = encoding.past.device();
  const auto count = std::int64_t(rows.size());
  std::vector<Tensor> ns;
  for (const ScenarioRow& row : rows)
    ns.push_back(torch::tensor(row.nByLead, torch::kFloat64).to(torch::kFloat32));
  const IntensityCommand command{perLead(anticipated.mu, count, device),
                                 perLead(anticipated.sigma, count, device),
                                 torch::stack(ns).to(device)};
  const bool whole = plan.guided && !plan.region.defined();
  Tensor target = command.commanded();
  Tensor features = torch::zeros({count, 3}, target.options());
  if (whole) {
    // Between n = -1 and 1 the member's own forecast counts as well, so it must be known first.
    for (std::int64_t i = 0; i < count; ++i) {
      const ScenarioRow& row = rows[std::size_t(i)];
      if (!nearlyFree(row)) continue;
      const Tensor own = freeMeans({row}, encoding, plan, stop, eachStep);
      const IntensityCommand one{command.mu[i].unsqueeze(0), command.sigma[i].unsqueeze(0),
                                 command.nSigma[i].unsqueeze(0)};
      target[i].copy_(one.target(own)[0]);
    }
    features = commandFeatures(target.mean(1), command.mu.mean(1), command.sigma.mean(1));
    for (std::int64_t i = 0; i < count; ++i)
      if (isFree(rows[std::size_t(i)])) features[i].zero_();
  }
  Tensor latents = model_.sample(noiseOf(rows, plan, device), encoding.condition, features,
                                 plan.method, plan.steps, stop, eachStep);
  if (plan.guided && plan.region.defined()) {
    target = pullRegion(latents, command, encoding, plan, stop, eachStep);
  } else if (plan.pulls) {
    pull(latents, target, encoding.seen, stop, eachStep);
  }
  const Tensor frames = decoded(latents);
  return {frames, frameMeans(frames, encoding.seen), target};
}

}  // namespace stormloom
