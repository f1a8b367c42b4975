#pragma once

#include <torch/torch.h>

#include <memory>
#include <optional>
#include <vector>

#include "models/cuboid/attention_parts.h"
#include "models/cuboid/attention_probe.h"
#include "models/cuboid/cuboid_layout.h"
#include "models/kernels/prepared_weights.h"

namespace stormloom {

struct CuboidCrossAttentionOptions {
  std::int64_t dim = 0;
  std::int64_t numHeads = 4;
  CrossCuboidShape cuboid;
  std::optional<std::int64_t> lastNFrames;  ///< of the memory; all when not given
  std::int64_t maxTemporalRelative = 0;     ///< at least the frames of a query or memory cuboid
  bool qkvBias = false;
  std::optional<double> qkScale;  ///< (dim/numHeads)^-0.5 when not given
  bool useRelativePos = true;
  bool useGlobalVector = false;
  bool separateGlobalQkv = false;
  std::int64_t globalDimRatio = 1;
  double attnDrop = 0.0;
  double projDrop = 0.0;
};

/// Cuboids of a field attend the cuboids of a memory that lie at the same place (spec 1.9). Returns
/// without the residual. Sizes that need padding are treated as `ignore`, whatever the padding type
/// of the network: quirk Q4.
class CuboidCrossAttentionLayerImpl : public torch::nn::Module {
public:
  explicit CuboidCrossAttentionLayerImpl(const CuboidCrossAttentionOptions& options);

  /// x (B,Tx,H,W,C), memory (B,Tm,H,W,C); `memoryGlobals` (B,N,ratio*C) exactly when the layer was
  /// built for them.
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& memory,
                        const torch::Tensor& memoryGlobals = {});

  /// Whether the layer can and should take the fused path.
  bool fuses(const torch::Tensor& x, const torch::Tensor& memory);
  /// The fused path. Reads the stream through the layer's norm and leaves its update pending; the
  /// memory and its global vectors as in forward().
  void fused(ResidualStream& stream, const torch::Tensor& memory,
             const torch::Tensor& memoryGlobals);

  /// Weights (1,K,heads,queries,Vm[+N]) of some queries of some cuboids, from what the layer was
  /// given in a pass. Memory is that of these cuboids.
  torch::Tensor weightsOf(const AttentionInputs& given, std::int64_t batch,
                          const CuboidRange& cuboids, const QueryRange& queries);
  /// The weights of one position; keys are named on the whole memory. UsageError outside the field.
  QueryWeights weightsOf(const AttentionInputs& given, const QueryPosition& query);
  /// The cuboids that a field and a memory given to the layer are cut into.
  CrossCuboidMaps mapsOf(const AttentionInputs& given);
  /// First frames of a memory that the layer does not look at.
  std::int64_t skippedFrames(const torch::Tensor& memory) const;

  /// The weights or inputs of the following passes are kept in the probe, which the caller owns;
  /// nullptr stops that.
  void setProbe(AttentionProbe* probe) { probe_ = probe; }
  const CuboidCrossAttentionOptions& options() const { return options_; }

private:
  /// What the layer needs to know about data of one shape on one device.
  struct Fitted {
    CrossCuboidMaps maps;
    torch::Tensor mask;  // (K,1,Vx,Vm) or undefined
  };
  /// Queries, keys and values of the global vectors; undefined without them.
  struct GlobalParts {
    torch::Tensor query;       // (B,K,heads,Vx,d)
    torch::Tensor key, value;  // (B,1,heads,N,d)
  };

  /// Weights for the fused path; `q` holds l2g_q_net's rows below its own where there are any.
  struct FusedWeights {
    FusedLinear q, kv, globalKv, proj;
    NormWeights norm;
  };

  const FusedWeights& fusedWeights();
  const CuboidTables& fusedTables(const torch::Tensor& x, const torch::Tensor& memory);
  std::shared_ptr<const Fitted> fitted(const torch::Tensor& x, const torch::Tensor& memory);
  torch::Tensor scores(const torch::Tensor& q, const torch::Tensor& k, const QueryRange& queries);
  GlobalParts globalParts(const torch::Tensor& cuboids, const torch::Tensor& q,
                          const torch::Tensor& globals);
  void record(const AttentionInputs& given, const torch::Tensor& weights);

  CuboidCrossAttentionOptions options_;
  double scale_;
  AttentionProbe* probe_ = nullptr;
  PerShape<Fitted> fits_;
  Prepared<FusedWeights> fusedWeights_;
  PreparedPerShape<CuboidTables> fusedTables_;
  torch::Tensor relative_position_bias_table, relative_position_index;
  torch::nn::Linear q_proj{nullptr}, kv_proj{nullptr}, l2g_q_net{nullptr},
      l2g_global_kv_net{nullptr}, proj{nullptr};
  torch::nn::LayerNorm norm{nullptr};
};
TORCH_MODULE(CuboidCrossAttentionLayer);

}  // namespace stormloom
