#pragma once

#include <torch/torch.h>

#include <optional>
#include <string>
#include <vector>

#include "models/engine/context_encoding.h"
#include "models/engine/extrapolated_part.h"
#include "models/engine/model_card.h"
#include "models/engine/sharpening.h"
#include "models/kernels/recorded_call.h"
#include "models/prediff/autoencoder_kl.h"
#include "models/prediff/cuboid_transformer_unet.h"
#include "models/prediff/noisy_cuboid_transformer_encoder.h"
#include "models/sampling/knowledge_control.h"
#include "models/sampling/noise_schedule.h"

namespace stormloom {

/// Thrown inside a long computation whose answer nobody waits for any more; never leaves the
/// engine.
struct Stopped {};

/// How the steps of a flow are taken.
struct FlowTiming {
  double noiseScale =
      1.0;  ///< of the first noise: above 1 members differ more than the network alone makes them
  double timeShift = 1.0;  ///< see sampleFlow
};

/// What weights that predict noise, as the published ones do, need beside VAE and denoiser (spec 8,
/// 9).
struct OfficialDiffusion {
  NoiseSchedule schedule;
  NoisyCuboidTransformerEncoder alignment{nullptr};  ///< empty: no official guidance
  double guideScale = 50.0;
  /// zt, t, wanted mean -> gradient of the alignment (AlignmentGuidance), recorded where the
  /// networks are.
  std::shared_ptr<RecordedCall> aligning;
};

/// A PreDiff: VAE and denoiser with their cards. The shipped denoiser follows a flow (process
/// "flow-matching") and is told the command; published ones (process "diffusion") predict noise.
class PreDiffModel {
public:
  /// Reads vae.json and denoiser.json of the folder with their weights, for a diffusion also
  /// alignment.json, if it is there. ModelError.
  PreDiffModel(const std::string& folder, torch::Device device, torch::ScalarType products);

  const std::string& name() const { return name_; }
  const std::string& weightsHash() const { return weightsHash_; }
  const std::optional<TrainedRange>& trainedRange() const { return trainedRange_; }
  const IntensityStatistics& statistics() const { return statistics_; }
  const std::string& defaultSampler() const { return sampler_; }
  int defaultSteps(Quality quality) const {
    return quality == Quality::Full ? steps_ : previewSteps_;
  }

  const FlowTiming& flowTiming() const { return flowTiming_; }
  /// nullptr: the weights follow a flow.
  const OfficialDiffusion* diffusion() const { return diffusion_ ? &*diffusion_ : nullptr; }
  /// Whether the denoiser is told what intensity is asked for.
  bool controlled() const { return denoiser_->options().controlFeatures > 0; }

  /// Latents of the last context frames and, where the card wants them, the extrapolated ones.
  /// UsageError for a context of another size than the networks were made for.
  torch::Tensor condition(const ContextEncoding& encoding);
  /// The same for several contexts: past (B,T,H,W) and extrapolated (B,leads,H,W).
  torch::Tensor condition(const torch::Tensor& past, const torch::Tensor& extrapolated);
  std::int64_t contextFrames() const { return contextFrames_; }
  CuboidTransformerUNetImpl& denoiser() { return *denoiser_; }
  at::IntArrayRef latentShape() const { return latentShape_; }  ///< (leads,h,w,L) of one member

  /// What the denoiser predicts, velocity or noise: z (B,leads,h,w,L), time as it is embedded (B),
  /// condition (1,...) or (B,...), control (B,3).
  torch::Tensor denoise(const torch::Tensor& z, const torch::Tensor& time,
                        const torch::Tensor& condition, const torch::Tensor& control);
  /// The same by the layers themselves, so that probes see it; on a fast GPU denoise() replays a
  /// recording.
  torch::Tensor denoiseByLayers(const torch::Tensor& z, const torch::Tensor& time,
                                const torch::Tensor& condition, const torch::Tensor& control);

  /// What forecasts of a context are given of its extrapolated frames (leads,H,W), as the card says.
  ExtrapolatedPart extrapolatedPart(const torch::Tensor& extrapolated) const {
    return ExtrapolatedPart::of(extrapolatedShare_, extrapolated);
  }
  /// Scaled latents (N,h,w,L) -> frames (N,H,W) in [0, 1]; gradients pass where they are asked for.
  torch::Tensor decode(const torch::Tensor& latents, const ExtrapolatedPart& part = {});
  /// The same decoding for whoever pulls; on a GPU a recording, too.
  FrameDecoder frameDecoder(const ExtrapolatedPart& part = {});

private:
  void readFlowCards(const ModelCard& vae, const ModelCard& denoiser);
  void readDiffusionCards(const std::string& folder, const ModelCard& denoiser);
  void requireTogether(const std::string& folder) const;
  void recordNetworks();
  torch::Tensor decoded(const torch::Tensor& frames);
  FramesAndGradient decodedWithGradient(const torch::Tensor& latents, const torch::Tensor& seen,
                                        const ExtrapolatedPart& part);

  torch::Device device_;
  torch::ScalarType products_;
  std::string name_, weightsHash_, sampler_;
  int steps_ = 8, previewSteps_ = 2;
  FlowTiming flowTiming_;
  Sharpening sharpening_;
  std::vector<double> extrapolatedShare_;  // by lead time; empty: none
  std::int64_t contextFrames_ = 3;
  bool extrapolates_ = true;  // the condition goes on with extrapolated frames
  std::vector<std::int64_t> latentShape_;
  IntensityStatistics statistics_;
  std::optional<TrainedRange> trainedRange_;
  torch::Tensor mean_,
      deviation_;             // (L), of the VAE's latents: the denoiser works on normalised ones
  double scaleFactor_ = 1.0;  // official: latents of the diffusion are those of the VAE times this
  std::optional<OfficialDiffusion> diffusion_;
  AutoencoderKL vae_{nullptr};
  CuboidTransformerUNet denoiser_{nullptr};
  std::optional<RecordedCall> denoising_, decoding_, encoding_,
      growing_;  // where own kernels run: 16-bit products on a GPU, float32 on a processor
};

}  // namespace stormloom
