#pragma once

#include <torch/torch.h>

#include "models/engine/model_card.h"
#include "models/prediff/autoencoder_kl.h"
#include "models/training/training_task.h"

namespace stormloom {

/// A trained VAE and how its latents are scaled to mean 0 and deviation 1.
struct LatentSpace {
  AutoencoderKL vae{nullptr};
  torch::Tensor mean, deviation;  ///< (L)
  bool bf16 = false;

  torch::Tensor encode(const torch::Tensor& frames) const;   ///< (B,T,H,W) -> (B,T,h,w,L), scaled
  torch::Tensor decode(const torch::Tensor& latents) const;  ///< back, in [0, 1]
};
/// The VAE of a weights file with its card beside it. ModelError.
LatentSpace latentSpaceOf(const TrainingMaterial& material);

/// What the denoiser learns from: scaled latents and the mean that is commanded.
struct LatentBatch {
  torch::Tensor condition;  ///< (B,9,h,w,L): last context frames, extrapolated ones
  torch::Tensor target;     ///< (B,6,h,w,L)
  torch::Tensor control;    ///< (B,3), sampling/knowledge_control.h
  torch::Tensor
      told;  ///< (B) bool: must be told of the command, for its future was changed by hand
  torch::Tensor means;  ///< (B,6) of the target frames
};

/// Latents of a pool of windows, replaced little by little. A share of the futures is made to grow
/// or decay along a ramp, so that the network learns to obey.
class LatentPool {
public:
  LatentPool(const TrainingMaterial& material, const LatentSpace& space,
             const IntensityStatistics& statistics);
  void fill(std::int64_t steps, std::int64_t replacedEachStep);
  void replaceSome(std::int64_t count);
  LatentBatch draw(std::int64_t count) const;
  LatentBatch encode(const WindowBatch& windows, const torch::Tensor& told) const;

private:
  void make(const PoolTurns::Part& part);
  WindowBatch ramped(const WindowBatch& windows, const torch::Tensor& which) const;

  TrainingMaterial material_;
  const LatentSpace& space_;
  const IntensityStatistics& statistics_;
  WindowPool windows_;
  std::int64_t contextFrames_;
  double rampShare_;
  LatentBatch all_;
  PoolTurns turns_;
};

}  // namespace stormloom
