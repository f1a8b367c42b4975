#include "models/engine/latent_draw.h"

#include "models/prediff/alignment_guidance.h"
#include "models/sampling/counter_noise.h"
#include "models/sampling/respaced_samplers.h"

namespace stormloom {
using torch::Tensor;
namespace {

Tensor drawFlow(const FlowTiming& timing, const LatentDraw& draw, const SamplingPlan& plan,
                const DenoiserCall& ask) {
  const FlowVelocity velocity = [&](const Tensor& z, double t) {
    return ask(z, torch::full({z.size(0)}, embeddedFlowTime(t), z.options()));
  };
  return sampleFlow(velocity, draw.noise * timing.noiseScale, plan.steps, plan.method,
                    timing.timeShift);
}

/// The official knowledge alignment of members that do not know of each other (spec 9).
class OfficialPull {
public:
  OfficialPull(const OfficialDiffusion& diffusion, const LatentDraw& draw)
      : schedule_(diffusion.schedule),
        aligning_(diffusion.aligning),
        guidance_(diffusion.alignment, diffusion.guideScale, GuidanceNorm::EachAlone),
        wanted_(draw.wantedMean),
        told_(draw.pulled) {}

  Tensor aligned(const Posterior& posterior, const Tensor& zt, const Tensor& t) const {
    const Tensor shift = meanShift(zt, t);
    if (told_) told_(cleanMove(shift, t));
    return alignedMean(posterior.mean, posterior.logVariance, shift);
  }
  /// The clean latents whose posterior mean is the aligned one: what samplers that take other steps
  /// than the official one can follow.
  Tensor alignedStart(const Tensor& z0, const Tensor& zt, const Tensor& t) const {
    const Tensor move = cleanMove(meanShift(zt, t), t);
    if (told_) told_(move);
    return z0 + move;
  }

private:
  Tensor meanShift(const Tensor& zt, const Tensor& t) const {
    if (aligning_) return guidance_.meanShift((*aligning_)({zt, t, wanted_})[0]);
    return guidance_.meanShift(guidance_.evaluate(zt, t, wanted_).gradient);
  }
  /// What the shift of a posterior mean is for the clean latents.
  Tensor cleanMove(const Tensor& shift, const Tensor& t) const {
    const Tensor deviation = (0.5 * schedule_.posteriorLogVarianceClipped.index_select(0, t)).exp();
    const Tensor share = deviation / schedule_.posteriorMeanCoef1.index_select(0, t);
    return -share.view({-1, 1, 1, 1, 1}) * shift;
  }

  const NoiseSchedule& schedule_;
  std::shared_ptr<RecordedCall> aligning_;
  AlignmentGuidance guidance_;
  Tensor wanted_;
  std::function<void(const Tensor& moved)> told_;
};

Tensor drawDiffusion(const OfficialDiffusion& diffusion, const LatentDraw& draw,
                     const SamplingPlan& plan, const DenoiserCall& ask) {
  const NoiseSchedule& schedule = diffusion.schedule;
  std::optional<OfficialPull> pull;
  if (draw.wantedMean.defined()) pull.emplace(diffusion, draw);
  if (plan.diffusion->kind == DiffusionSampler::Kind::Ddpm) {
    MeanGuide guide;
    if (pull)
      guide = [&pull](const Posterior& posterior, const Tensor& zt, const Tensor& t) {
        return pull->aligned(posterior, zt, t);
      };
    return AncestralSampler(schedule, ask, guide).sample(draw.noise, draw.stepNoise).value();
  }
  const CleanEstimate estimate = [&](const Tensor& zt, std::int64_t step) {
    const Tensor t =
        torch::full({zt.size(0)}, step, torch::dtype(torch::kInt64).device(zt.device()));
    const Tensor z0 = schedule.cleanLatents(ask(zt, t), zt, t);
    return pull ? pull->alignedStart(z0, zt, t) : z0;
  };
  if (plan.diffusion->kind == DiffusionSampler::Kind::DpmSolver)
    return sampleDpmSolver(schedule, dpmSolverTimesteps(schedule.options().timesteps, plan.steps),
                           estimate, draw.noise);
  return sampleDdim(*plan.ddim, estimate, draw.noise, draw.stepNoise);
}

/// Members 2 k and 2 k + 1 begin at opposite ends: what the noise adds to one it takes from the other, so that the mean
/// of a few members is that of many. Each alone is as likely as any other (antithetic variates).
Tensor pairedNoise(std::uint64_t seed, const std::vector<int>& members, at::IntArrayRef shape) {
  std::vector<Tensor> each;
  for (const int member : members) {
    const Tensor noise = counterNoise({seed, std::uint32_t(member / 2 * 2), 0}, shape);
    each.push_back(member % 2 == 0 ? noise : -noise);
  }
  return torch::stack(each);
}

}  // namespace

LatentDraw drawOf(std::uint64_t seed, const std::vector<int>& members, const PreDiffModel& model,
                  const torch::Device& device) {
  const std::vector<std::int64_t> shape = model.latentShape().vec();
  if (!model.diffusion()) return {pairedNoise(seed, members, shape).to(device), {}, {}};
  const auto noise = [seed, members, shape, device](std::uint32_t step) {
    std::vector<Tensor> each;
    for (const int member : members)
      each.push_back(counterNoise({seed, std::uint32_t(member), step}, shape));
    return torch::stack(each).to(device);
  };
  return {noise(0), [noise](std::int64_t k) { return noise(std::uint32_t(k + 1)); }, {}, {}};
}

Tensor drawLatents(const PreDiffModel& model, const LatentDraw& draw, const SamplingPlan& plan,
                   const DenoiserCall& ask) {
  const torch::NoGradGuard noGradient;
  return plan.diffusion ? drawDiffusion(*model.diffusion(), draw, plan, ask)
                        : drawFlow(model.flowTiming(), draw, plan, ask);
}

}  // namespace stormloom
