#include "models/engine/scenario_sampling.h"

#include <algorithm>
#include <cmath>

#include "core/errors.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr std::size_t kMostRemembered = 512;  // members, up to 400 kB of latents each

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

/// Frames (..., H, W) of latents that nothing pulls, as the plan shows them; `mean` (...) is asked for.
Tensor unpulled(const SamplingPlan& plan, const Tensor& frames, const Tensor& mean,
                const Tensor& counted) {
  if (!plan.scales) return frames;
  const std::int64_t rows = frames.size(-2), columns = frames.size(-1);
  const Tensor where = plan.region.defined() ? plan.region : torch::ones_like(counted);
  return scaledToMean(frames.reshape({-1, rows, columns}), mean.flatten(), counted, where)
      .view_as(frames);
}

}  // namespace

Tensor ScenarioSampler::decoded(const Job& job, const Tensor& latents) {
  const torch::NoGradGuard noGradient;
  return model_.decode(latents.flatten(0, 1), partOf(job, latents.size(0)))
      .unflatten(0, {latents.size(0), latents.size(1)});
}

IntensityCommand ScenarioSampler::commandOf(const Job& job,
                                            const AnticipatedIntensity& anticipated) const {
  const torch::Device device = job.encoding.past.device();
  const auto count = std::int64_t(job.rows.size());
  std::vector<Tensor> ns;
  for (const ScenarioRow& row : job.rows)
    ns.push_back(torch::tensor(row.nByLead, torch::kFloat64).to(torch::kFloat32));
  return {perLead(anticipated.mu, count, device), perLead(anticipated.sigma, count, device),
          torch::stack(ns).to(device)};
}

Tensor ScenarioSampler::drawn(const Job& job, const std::vector<int>& members,
                              const Tensor& features, const Tensor& wantedMean,
                              const DrawObserver& observer) {
  LatentDraw draw = drawOf(job.plan.seed, members, model_, job.encoding.past.device());
  draw.wantedMean = wantedMean;
  draw.pulled = observer.pulled;
  return drawLatents(model_, draw, job.plan, [&](const Tensor& z, const Tensor& time) {
    if (job.stop.stop_requested()) throw Stopped();
    const Tensor predicted = model_.denoise(z, time, job.encoding.condition, features);
    if (observer.looked) observer.looked(z, time, predicted, features);
    if (job.eachStep) job.eachStep();
    return predicted;
  });
}

const ScenarioSampler::FreeMember& ScenarioSampler::freeMember(const Job& job, int member) {
  const FreeKey key{job.encoding.hash, job.plan.seed, member, job.plan.sampler, job.plan.steps};
  const auto found = free_.find(key);
  if (found != free_.end()) return found->second;
  if (free_.size() >= kMostRemembered) free_.clear();
  const Tensor silent = torch::zeros({1, 3}, job.encoding.past.options());
  const Tensor latents = drawn(job, {member}, silent, {});
  const Tensor means = frameMeans(decoded(job, latents)[0], job.encoding.seen);
  return free_.emplace(key, FreeMember{latents[0], means}).first->second;
}

void ScenarioSampler::showEarly(const Job& job, const Tensor& latents, const Aim& aim) {
  const std::int64_t lead = job.plan.firstLead;
  if (!job.observer.early || lead < 0 || lead >= latents.size(1)) return;
  const Tensor z = latents[0].slice(0, lead, lead + 1),
               target = aim.mean[0].slice(0, lead, lead + 1);
  const FrameDecoder decoder = model_.frameDecoder(
      partOf(job, 1).only(torch::full({1}, lead, torch::dtype(torch::kInt64).device(z.device()))));
  const Tensor frames = job.plan.pulls
                            ? pulledToMean(z, target, aim.counted, decoder).frames
                            : unpulled(job.plan, decoder.frames(z), target, aim.counted);
  job.observer.early(lead, frames[0], frameMeans(frames[0], job.encoding.seen));
}

Tensor ScenarioSampler::pull(const Job& job, Tensor& latents, const Aim& aim) {
  if (!job.plan.pulls) return unpulled(job.plan, decoded(job, latents), aim.mean, aim.counted);
  // One by one on a processor: the stop is looked at between them.
  const std::int64_t rows = latents.size(0), atOnce = latents.is_cuda() ? rows : 1;
  std::vector<Tensor> frames;
  for (std::int64_t i = 0; i < rows; i += atOnce) {
    if (job.stop.stop_requested()) throw Stopped();
    Tensor own = latents.slice(0, i, i + atOnce);
    const PulledFrames pulled =
        pulledToMean(own.flatten(0, 1), aim.mean.slice(0, i, i + atOnce).flatten(), aim.counted,
                     model_.frameDecoder(partOf(job, own.size(0))));
    own.copy_(pulled.latents.view_as(own));
    frames.push_back(pulled.frames.unflatten(0, {atOnce, latents.size(1)}));
    for (std::int64_t k = 0; k < atOnce && job.eachStep; ++k) job.eachStep();
  }
  return torch::cat(frames);
}

ScenarioSampler::Aim ScenarioSampler::regionAim(const Job& job, const Tensor& latents,
                                                const IntensityCommand& command) {
  const Tensor counted = job.encoding.seen * job.plan.region;
  const Tensor free = decoded(job, latents);
  const Tensor growth = command.commanded() / command.mu.clamp_min(kSmallestMean);
  const Tensor before = frameMeans(free, counted);
  const Tensor mean = before * growth;
  return {mean, counted, frameMeans(free, job.encoding.seen) + mean - before};
}

Tensor ScenarioSampler::targetsOf(const Job& job, const IntensityCommand& command) {
  Tensor target = command.commanded();
  if (!job.plan.pulls || job.plan.region.defined()) return target;
  // Between n = -1 and 1 the member's own forecast counts as well, so it must be known first.
  for (std::int64_t i = 0; i < target.size(0); ++i) {
    const ScenarioRow& row = job.rows[std::size_t(i)];
    if (!nearlyFree(row)) continue;
    const Tensor own = freeMember(job, row.member).means.unsqueeze(0);
    const IntensityCommand one{command.mu[i].unsqueeze(0), command.sigma[i].unsqueeze(0),
                               command.nSigma[i].unsqueeze(0)};
    target[i].copy_(one.target(own)[0]);
  }
  return target;
}

Tensor ScenarioSampler::latentsOf(const Job& job, const IntensityCommand& command,
                                  const Tensor& target) {
  const bool regional = job.plan.guided && job.plan.region.defined();
  const bool silent = !model_.controlled() || (job.plan.guided && !job.observer.looked &&
                                               (regional || std::ranges::all_of(job.rows, isFree)));
  if (silent && !job.plan.official) {  // the same for every command: only the pull differs
    std::vector<Tensor> each;
    for (const ScenarioRow& row : job.rows) {
      each.push_back(freeMember(job, row.member).latents);
      const Tensor silent = torch::zeros({1, 3}, target.options());
      if (job.observer.looked) drawn(job, {row.member}, silent, {}, job.observer);
    }
    return torch::stack(each);
  }
  std::vector<int> members;
  for (const ScenarioRow& row : job.rows) members.push_back(row.member);
  Tensor features = torch::zeros({target.size(0), 3}, target.options());
  if (job.plan.guided && !job.plan.region.defined()) {
    features = commandFeatures(target.mean(1), command.mu.mean(1), command.sigma.mean(1));
    for (std::int64_t i = 0; i < target.size(0); ++i)
      if (isFree(job.rows[std::size_t(i)])) features[i].zero_();
  }
  const Tensor wanted = job.plan.official ? target.mean(1, /*keepdim=*/true) : Tensor();
  return drawn(job, members, features, wanted, job.observer);
}

SampledRows ScenarioSampler::sample(const std::vector<ScenarioRow>& rows,
                                    const ContextEncoding& encoding,
                                    const AnticipatedIntensity& anticipated,
                                    const SamplingPlan& plan, std::stop_token stop,
                                    const std::function<void()>& eachStep,
                                    const DrawObserver& observer) {
  const torch::NoGradGuard noGradient;
  const Job job{rows, encoding, plan, stop, eachStep, observer};
  const IntensityCommand command = commandOf(job, anticipated);
  const Tensor target = targetsOf(job, command);
  Tensor latents = latentsOf(job, command, target);
  const Tensor before = observer.finished ? latents.clone() : Tensor();
  const Aim aim = plan.guided && plan.region.defined() ? regionAim(job, latents, command)
                                                       : wholeAim(job, target);
  showEarly(job, latents, aim);
  const Tensor frames = pull(job, latents, aim);
  if (observer.finished) observer.finished(before, latents);
  if (!frames.isfinite().all().item<bool>())
    throw ModelError("The sampler " + plan.sampler +
                     " ended in values that are no numbers. Use another sampler or other weights.");
  return {frames, frameMeans(frames, encoding.seen), aim.whole};
}

}  // namespace stormloom
