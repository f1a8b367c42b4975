#include "models/engine/sampling_plan.h"

#include <algorithm>
#include <charconv>

#include "core/errors.h"

namespace stormloom {
namespace {

constexpr const char* kFast = "dpm++";  // for previews of what takes every step

[[noreturn]] void refuseSampler(const std::string& name) {
  throw UsageError("The sampler \"" + name +
                   "\" does not suit these weights, which predict noise. Use ddpm, ddim, "
                   "ddim-quad (either with :ETA, 0 to 1) or dpm++.");
}

void chooseFlow(SamplingPlan& plan) {
  if (plan.sampler == "flow-heun") {
    plan.method = FlowMethod::Heun;
  } else if (plan.sampler == "flow-ab2") {
    plan.method = FlowMethod::AdamsBashforth;
  } else if (plan.sampler != "flow-euler") {
    throw UsageError("The sampler \"" + plan.sampler +
                     "\" does not suit these weights, which follow a flow. Use flow-ab2, "
                     "flow-euler or flow-heun.");
  }
}

int stepsOf(const DiffusionSampler& sampler, int all, int asked, int usual) {
  if (sampler.kind == DiffusionSampler::Kind::Ddpm && asked != 0 && asked != all)
    throw UsageError("The sampler ddpm takes all " + std::to_string(all) +
                     " steps; ddim and dpm++ take fewer.");
  if (asked > all)
    throw UsageError("These weights know " + std::to_string(all) + " steps, not " +
                     std::to_string(asked) + ".");
  if (sampler.kind == DiffusionSampler::Kind::Ddpm) return all;
  return asked > 0 ? asked : std::min(usual, all);
}

void chooseDiffusion(const ScenarioRequest& request, const NoiseSchedule& schedule, int usual,
                     SamplingPlan& plan) {
  if (request.quality == Quality::Preview && plan.sampler == "ddpm") plan.sampler = kFast;
  plan.diffusion = diffusionSamplerOf(plan.sampler);
  plan.steps = stepsOf(*plan.diffusion, int(schedule.options().timesteps), request.steps, usual);
  if (plan.diffusion->kind == DiffusionSampler::Kind::Ddim)
    plan.ddim = ddimTables(schedule, plan.diffusion->selection, plan.steps, plan.diffusion->eta);
}

void chooseGuidance(const ScenarioRequest& request, const PreDiffModel& model, SamplingPlan& plan) {
  const std::string& asked = request.guidance;
  if (!asked.empty() && asked != "none" && asked != "own" && asked != "official")
    throw UsageError("The guidance \"" + asked + "\" is unknown. Use own, official or none.");
  plan.guided = asked != "none";
  plan.official = asked == "official";
  if (plan.official && (!model.diffusion() || model.diffusion()->alignment.is_empty()))
    throw UsageError(model.diffusion()
                         ? "The guidance \"official\" needs the alignment network, which is not "
                           "among these weights. Use own or none."
                         : "The guidance \"official\" does not suit the shipped weights. Use own "
                           "or none.");
  if (plan.official && request.region)
    throw UsageError("The official guidance knows only whole frames. Control a region with own.");
  // A denoiser that is told the command shows it in previews, if by too few steps to obey: values are
  // scaled then. Others show it only when pulled.
  const bool own = plan.guided && !plan.official;
  plan.scales = own && request.quality == Quality::Preview && model.controlled();
  plan.pulls = own && !plan.scales;
}

}  // namespace

DiffusionSampler diffusionSamplerOf(const std::string& name) {
  const std::size_t colon = name.find(':');
  const std::string kind = name.substr(0, colon);
  DiffusionSampler sampler;
  if (kind == "ddim" || kind == "ddim-quad") {
    sampler.kind = DiffusionSampler::Kind::Ddim;
    sampler.selection = kind == "ddim" ? "uniform" : "quad";
    if (colon == std::string::npos) return sampler;
    const char* end = name.data() + name.size();
    const auto read = std::from_chars(name.data() + colon + 1, end, sampler.eta);
    if (read.ec != std::errc() || read.ptr != end || !(sampler.eta >= 0.0 && sampler.eta <= 1.0))
      refuseSampler(name);
    return sampler;
  }
  if (name == "ddpm")
    sampler.kind = DiffusionSampler::Kind::Ddpm;
  else if (name != kFast)
    refuseSampler(name);
  return sampler;
}

int SamplingPlan::evaluations() const {
  if (ddim) return int(ddim->timesteps.size(0));
  return !diffusion && method == FlowMethod::Heun ? 2 * steps - 1 : steps;
}

SamplingPlan planOf(const ScenarioRequest& request, const PreDiffModel& model) {
  SamplingPlan plan;
  plan.seed = request.seed;
  plan.firstLead = request.firstLead;
  plan.sampler = request.sampler.empty() ? model.defaultSampler() : request.sampler;
  const int usual = model.defaultSteps(request.quality);
  if (const OfficialDiffusion* diffusion = model.diffusion()) {
    chooseDiffusion(request, diffusion->schedule, usual, plan);
  } else {
    chooseFlow(plan);
    plan.steps = request.steps > 0 ? request.steps : usual;
  }
  chooseGuidance(request, model, plan);
  return plan;
}

}  // namespace stormloom
