#pragma once

#include <torch/torch.h>

#include "models/prediff/noisy_cuboid_transformer_encoder.h"

namespace stormloom {

/// What the alignment network says about noisy latents and a wanted mean intensity.
struct AlignmentValue {
  torch::Tensor prediction;  ///< (B,outLen,outChannels), what the network predicts
  torch::Tensor value;       ///< what is off: one Euclidean norm over the whole batch, or (B)
  torch::Tensor gradient;    ///< like zt: of the value, not yet scaled
};

/// Whose distance from the target is measured (spec 9): officially one norm over the batch couples
/// its samples; each on its own, a sample is pulled as it would be alone.
enum class GuidanceNorm { Joint, EachAlone };

/// Pulls a sample towards a wanted mean intensity, as the official PreDiff does (spec 9).
class AlignmentGuidance {
public:
  /// The network is not trained here; its parameters need no gradient.
  AlignmentGuidance(NoisyCuboidTransformerEncoder network, double guideScale,
                    GuidanceNorm norm = GuidanceNorm::Joint)
      : network_(std::move(network)), guideScale_(guideScale), norm_(norm) {}

  /// zt (B,T,h,w,c), t (B), avgIntensity (B,1) in [0,1].
  AlignmentValue evaluate(const torch::Tensor& zt, const torch::Tensor& t,
                          const torch::Tensor& avgIntensity) const;
  torch::Tensor meanShift(const torch::Tensor& gradient) const { return guideScale_ * gradient; }

private:
  NoisyCuboidTransformerEncoder network_;
  double guideScale_;
  GuidanceNorm norm_;
};

/// The posterior mean moved against the shift. As in PreDiff the standard deviation, not the
/// variance, scales it; logVariance (B).
torch::Tensor alignedMean(const torch::Tensor& mean, const torch::Tensor& logVariance,
                          const torch::Tensor& meanShift);

/// What the network is trained to predict: the mean of every frame (B,T,H,W,C) -> (B,T,1).
torch::Tensor alignmentTarget(const torch::Tensor& frames);

}  // namespace stormloom
