#include "models/prediff/alignment_guidance.h"

namespace stormloom {
using torch::Tensor;

AlignmentValue AlignmentGuidance::evaluate(const Tensor& zt, const Tensor& t,
                                           const Tensor& avgIntensity) const {
  torch::AutoGradMode withGradient(true);  // callers sample without
  const Tensor latents = zt.detach().requires_grad_(true);
  NoisyCuboidTransformerEncoder network = network_;
  const Tensor prediction = network->forward(latents, t);
  const bool perFrame = network->options().readoutSeq;
  // Officially axis 1 is averaged in any case; without readoutSeq (B) meets (B,1) as (B,B).
  const bool averaged = perFrame || norm_ == GuidanceNorm::Joint;
  const Tensor mean = averaged ? prediction.mean(1) : prediction;  // (B,1)
  const Tensor miss = mean - avgIntensity;
  const Tensor value = norm_ == GuidanceNorm::Joint ? torch::linalg_vector_norm(miss, 2)
                                                    : torch::linalg_vector_norm(miss, 2, {1});
  const Tensor gradient = torch::autograd::grad({value.sum()}, {latents}).front();
  return {prediction.detach(), value.detach(), gradient};
}

Tensor alignedMean(const Tensor& mean, const Tensor& logVariance, const Tensor& meanShift) {
  return mean - (0.5 * logVariance).exp().view({-1, 1, 1, 1, 1}) * meanShift;
}

Tensor alignmentTarget(const Tensor& frames) { return frames.mean({2, 3, 4}).unsqueeze(-1); }

}  // namespace stormloom
