#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/attention.h"
#include "core/model_grid.h"
#include "models/nowcast_engine.h"

namespace stormloom {

/// Whose attention, and in which pass.
struct AttentionPass {
  std::string model = "earthformer";  ///< "earthformer", "prediff" (its denoiser), "alignment"
  double nSigma = 0.0;                ///< prediff, alignment: the scenario
  std::uint64_t seed = 1;
  int member = 0;
  int step = -1;  ///< prediff, alignment: evaluation counted from 0; -1: the last
  int steps = 0;  ///< of the sampler; 0: the model card's choice

  bool operator==(const AttentionPass&) const = default;
};

/// Attention of one output cell followed back through all layers, half of each layer's weight kept
/// in place for its residual connection: an approximation with a name (attention rollout, Abnar and
/// Zuidema 2020), not a cause.
struct AttentionRollout {
  AttentionView view;  ///< on the finest level of what the network was given
  double lost = 0.0;   ///< share that ended outside it: padding, global vectors, start values
};

/// Looks into the networks: one forward pass is kept, then the weights of any position are answered
/// from its cuboid alone. Not thread-safe: one thread owns it. Nothing here knows LibTorch.
class AttentionLens {
public:
  explicit AttentionLens(const EngineOptions& options = {});
  ~AttentionLens();

  /// Runs the network on a context and keeps what its attention layers were given; the layers in
  /// the order they ran. Empty when stopped.
  std::vector<AttentionLayer> look(const ModelContext& context, const AttentionPass& pass,
                                   std::stop_token stop = {}, const EngineProgress& progress = {});

  /// Weights of one cell of a layer of the latest pass. UsageError for another layer, cell or head.
  AttentionView weights(const std::string& layer, const Thw& cell, int head = kMeanOfHeads) const;

  /// From one pixel of the forecast (frame, row, column) back to the network's finest level.
  AttentionRollout rollout(int frame, int row, int col) const;

  /// The causal check: forecasts with one patch of the context after the other dried out. Each is a
  /// whole forecast, its motion estimated anew. Nothing when stopped.
  std::optional<OcclusionMap> occlude(const ModelContext& context, int frame, int row, int col,
                                      int patch = 16, std::stop_token stop = {},
                                      const EngineProgress& progress = {});

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stormloom
