#pragma once

#include <torch/torch.h>

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "models/engine/context_encoding.h"
#include "models/engine/model_card.h"
#include "models/prediff/autoencoder_kl.h"
#include "models/prediff/cuboid_transformer_unet.h"
#include "models/sampling/flow_sampler.h"

namespace stormloom {

/// Thrown inside a long computation whose answer nobody waits for any more; never leaves the engine.
struct Stopped {};

/// The shipped PreDiff: VAE and flow-matching denoiser with their cards.
class PreDiffModel {
public:
  /// Reads vae.json and denoiser.json of the folder with their weights. ModelError.
  PreDiffModel(const std::string& folder, torch::Device device, bool bf16);

  const std::string& name() const { return name_; }
  const std::string& weightsHash() const { return weightsHash_; }
  const IntensityStatistics& statistics() const { return statistics_; }
  const std::string& defaultSampler() const { return sampler_; }
  int defaultSteps(Quality quality) const { return quality == Quality::Full ? steps_ : previewSteps_; }

  /// Latents of the last context frames and the extrapolated ones, as the denoiser wants them.
  torch::Tensor condition(const ContextEncoding& encoding);
  /// The same for several contexts: past (B,T,H,W) and extrapolated (B,leads,H,W).
  torch::Tensor condition(const torch::Tensor& past, const torch::Tensor& extrapolated);
  std::int64_t contextFrames() const { return contextFrames_; }
  CuboidTransformerUNetImpl& denoiser() { return *denoiser_; }
  at::IntArrayRef latentShape() const { return latentShape_; }  ///< (leads,h,w,L) of one member

  /// What the denoiser says at flow time t: z (B,leads,h,w,L), condition (1,...) or (B,...), control (B,3).
  torch::Tensor velocity(const torch::Tensor& z, double t, const torch::Tensor& condition,
                         const torch::Tensor& control);

  /// noise (B,leads,h,w,L), condition (1,...) or (B,...), control (B,3) -> scaled latents. Throws Stopped.
  torch::Tensor sample(const torch::Tensor& noise, const torch::Tensor& condition,
                       const torch::Tensor& control, FlowMethod method, int steps,
                       std::stop_token stop, const std::function<void()>& eachEvaluation);

  /// Scaled latents (N,h,w,L) -> frames (N,H,W) in [0, 1]; gradients pass where they are asked for.
  torch::Tensor decode(const torch::Tensor& latents);

private:
  torch::Device device_;
  bool bf16_;
  std::string name_, weightsHash_, sampler_;
  int steps_ = 8, previewSteps_ = 2;
  double noiseScale_ = 1.0;  ///< of the first noise: above 1 members differ more than the network alone makes them
  double timeShift_ = 1.0;   ///< see sampleFlow
  std::int64_t contextFrames_ = 3;
  std::vector<std::int64_t> latentShape_;
  IntensityStatistics statistics_;
  torch::Tensor mean_, deviation_;  // (L)
  AutoencoderKL vae_{nullptr};
  CuboidTransformerUNet denoiser_{nullptr};
};

}  // namespace stormloom
