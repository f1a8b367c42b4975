#pragma once

#include <torch/torch.h>

#include "models/engine/sampling_plan.h"
#include "models/sampling/ancestral_sampler.h"

namespace stormloom {

/// What members are drawn from.
struct LatentDraw {
  torch::Tensor noise;  ///< (B,leads,h,w,L), where the sampler starts
  StepNoise stepNoise;  ///< what samplers with dice of their own add
  torch::Tensor
      wantedMean;  ///< (B,1), mean intensity that official guidance pulls to; else undefined
  /// Is told by how much official guidance moves the clean latents, step after step; may be empty.
  std::function<void(const torch::Tensor& moved)> pulled;
};

/// The noise of members of a seed, keyed by (seed, member, step): no member depends on which others
/// are drawn. Along a flow, members 2 k and 2 k + 1 begin with opposite noise.
LatentDraw drawOf(std::uint64_t seed, const std::vector<int>& members, const PreDiffModel& model,
                  const torch::Device& device);

/// Carries noise to clean latents as the plan says. `ask` is the denoiser, called with the latents
/// and the time as it is embedded (B); what it throws ends the drawing.
torch::Tensor drawLatents(const PreDiffModel& model, const LatentDraw& draw,
                          const SamplingPlan& plan, const DenoiserCall& ask);

}  // namespace stormloom
