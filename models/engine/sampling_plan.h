#pragma once

#include <torch/torch.h>

#include <optional>
#include <string>

#include "core/scenario.h"
#include "models/engine/prediff_model.h"
#include "models/sampling/flow_sampler.h"

namespace stormloom {

/// A sampler of weights that predict noise, under the name it is asked for by: "ddpm" (the official
/// one: every step of the diffusion), "ddim", "ddim-quad" (with ":ETA" behind it for an eta other
/// than 0), "dpm++".
struct DiffusionSampler {
  enum class Kind { Ddpm, Ddim, DpmSolver };
  Kind kind = Kind::DpmSolver;
  std::string selection = "uniform";  ///< of DDIM's steps, "uniform" or "quad"
  double eta = 0.0;
};
/// UsageError for a name that no sampler has.
DiffusionSampler diffusionSamplerOf(const std::string& name);

/// How a request is carried out, its defaults filled in.
struct SamplingPlan {
  std::uint64_t seed = 1;
  std::string sampler;  ///< by name
  FlowMethod method = FlowMethod::Euler;
  std::optional<DiffusionSampler> diffusion;  ///< for weights that predict noise, instead of method
  std::optional<DdimTables> ddim;             ///< of a DDIM sampler
  int steps = 8;          ///< as asked for; DDIM's selection may come to some more
  bool guided = true;     ///< false: the plain forecast for every n
  bool official = false;  ///< guided by the alignment network while it is sampled (spec 9)
  bool pulls = true;      ///< by Gauss-Newton through the decoder, when it is sampled
  bool scales = false;    ///< instead of that: previews of a denoiser that is told the command
  int firstLead = -1;     ///< the lead time that is shown before the others are ready; -1: none
  torch::Tensor
      region;  ///< (H,W), 1 where the control may change the picture; undefined: everywhere

  /// How often the denoiser is asked.
  int evaluations() const;
  const char* guidance() const { return official ? "official" : guided ? "own" : "none"; }
};
/// UsageError for a sampler, guidance or number of steps that the weights do not know.
SamplingPlan planOf(const ScenarioRequest& request, const PreDiffModel& model);

}  // namespace stormloom
