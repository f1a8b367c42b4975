#pragma once

#include <memory>
#include <optional>

#include "models/attention.h"
#include "models/engine/attention_layers.h"
#include "models/engine/context_encoding.h"
#include "models/engine/earthformer_forecaster.h"
#include "models/engine/latent_draw.h"
#include "models/engine/prediff_model.h"
#include "models/prediff/noisy_cuboid_transformer_encoder.h"

namespace stormloom {

/// Networks that can be looked into, loaded when first asked for.
class AttentionNetworks {
public:
  AttentionNetworks(std::string folder, std::string earthformerWeights, torch::Device device)
      : folder_(std::move(folder)), weights_(std::move(earthformerWeights)), device_(device) {}

  EarthformerForecaster& earthformer();
  PreDiffModel& prediff();
  NoisyCuboidTransformerEncoderImpl& alignment();
  const std::string& alignmentName() const { return alignmentName_; }
  const std::string& alignmentHash() const { return alignmentHash_; }
  const torch::Device& device() const { return device_; }

private:
  std::string folder_, weights_;
  torch::Device device_;
  std::unique_ptr<EarthformerForecaster> earthformer_;
  std::unique_ptr<PreDiffModel> prediff_;
  NoisyCuboidTransformerEncoder alignment_{nullptr};
  std::string alignmentName_, alignmentHash_;
};

/// One kept forward pass: which network, which layers, what its frames are.
struct KeptPass {
  std::string model, weightsHash;
  std::unique_ptr<AttentionRecorder> recorder;
  std::vector<AttentionLayer> layers;
};

/// Runs the network of a pass on a context. Throws Stopped.
KeptPass keptPass(AttentionNetworks& networks, const ModelContext& context,
                  const ContextEncoding& encoding, const AttentionPass& pass, std::stop_token stop);

/// Noise, condition and control of a PreDiff scenario, and how its sampler goes on from them.
struct ScenarioStart {
  LatentDraw draw;
  torch::Tensor condition, control;
  SamplingPlan plan;
};
ScenarioStart scenarioStart(PreDiffModel& model, const ContextEncoding& encoding,
                            const AttentionPass& pass);

}  // namespace stormloom
