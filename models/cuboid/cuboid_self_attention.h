#pragma once

#include <torch/torch.h>

#include <optional>
#include <utility>

#include "models/cuboid/attention_parts.h"
#include "models/cuboid/attention_probe.h"
#include "models/cuboid/cuboid_layout.h"
#include "models/kernels/attention_layer.h"
#include "models/kernels/cuboid_attention.h"
#include "models/kernels/prepared_weights.h"

namespace stormloom {

struct CuboidSelfAttentionOptions {
  std::int64_t dim = 0;
  std::int64_t numHeads = 4;
  CuboidShape cuboid;
  PaddingType padding = PaddingType::Zeros;
  bool qkvBias = false;
  std::optional<double> qkScale;  ///< (dim/numHeads)^-0.5 when not given
  bool useFinalProj = true;
  bool useRelativePos = true;
  bool useGlobalVector = false;
  bool useGlobalSelfAttn = false;
  bool separateGlobalQkv = false;
  std::int64_t globalDimRatio = 1;
  double attnDrop = 0.0;
  double projDrop = 0.0;
};

/// Self-attention inside cuboids, with optional global vectors (spec 1.5-1.7). Returns without the
/// residual.
class CuboidSelfAttentionLayerImpl : public torch::nn::Module {
public:
  explicit CuboidSelfAttentionLayerImpl(const CuboidSelfAttentionOptions& options);

  /// x (B,T,H,W,C).
  torch::Tensor forward(const torch::Tensor& x);
  /// x and global vectors (B,N,ratio*C); returns both updates.
  std::pair<torch::Tensor, torch::Tensor> forward(const torch::Tensor& x,
                                                  const torch::Tensor& globals);

  /// Whether the layer can and should take the fused path for this field and the thread's wishes.
  bool fuses(const torch::Tensor& x);
  /// The fused path. Reads the stream through the layer's norm and leaves its update pending;
  /// global vectors (B,N,ratio*C), float32, are renewed in place where the layer was built for
  /// them.
  void fused(ResidualStream& stream, torch::Tensor& globals);

  /// Whether a GPU computes the whole layer for this field in one kernel, and that: nothing is
  /// pending in the stream behind it. Returns the stream's norm `next`, where one is wanted.
  bool fusesAtOnce(const torch::Tensor& x);
  torch::Tensor fusedAtOnce(ResidualStream& stream, const NormWeights* next);

  /// Weights (1,K,heads,queries,V[+N]) of some queries of some cuboids, from what the layer was
  /// given in a pass. Memory is that of these cuboids.
  torch::Tensor weightsOf(const AttentionInputs& given, std::int64_t batch,
                          const CuboidRange& cuboids, const QueryRange& queries);
  /// The weights of one position, also to and from the global vectors. UsageError outside the
  /// field.
  QueryWeights weightsOf(const AttentionInputs& given, const QueryPosition& query);
  /// The cuboids that a field given to the layer is cut into.
  CuboidMap mapOf(const AttentionInputs& given) { return fitted(given.x)->map; }

  /// The weights or inputs of the following passes are kept in the probe, which the caller owns;
  /// nullptr stops that.
  void setProbe(AttentionProbe* probe) { probe_ = probe; }
  const CuboidSelfAttentionOptions& options() const { return options_; }

private:
  /// What the layer needs to know about data of one shape on one device.
  struct Fitted {
    CuboidMap map;
    torch::Tensor mask;        // (K,1,V,V) or undefined
    torch::Tensor globalMask;  // (K*V) or undefined
  };
  /// Queries, keys and values of the global vectors, each (B,...,heads,N,d) (spec 1.7, step 5).
  struct GlobalParts {
    torch::Tensor localQuery, localKey, localValue;   // local-to-global
    torch::Tensor query, keysOfLocal, valuesOfLocal;  // global-to-local
    torch::Tensor selfQuery, selfKey, selfValue;      // global-to-global
  };

  /// Weights for the fused path. Products of the same input are joined into one.
  struct FusedWeights {
    FusedLinear fromLocal;   // q, k, v; with separate global nets also l2g q, g2l k and v
    FusedLinear fromGlobal;  // shared: q, k, v; separate: l2g k and v, g2l q, and own q, k, v
    FusedLinear proj, globalProj;
    NormWeights norm, globalNorm;
    AttentionLayerWeights layer;  // of the kernel that computes all of it, the same tensors
  };

  const FusedWeights& fusedWeights();
  const CuboidTables& fusedTables(const torch::Tensor& x);
  torch::Tensor fusedGlobals(const torch::Tensor& local, const torch::Tensor& global);
  std::shared_ptr<const Fitted> fitted(const torch::Tensor& x);
  torch::Tensor scores(const torch::Tensor& q, const torch::Tensor& k, const QueryRange& queries);
  /// What the global vectors of one sample draw from one element: (heads,N).
  torch::Tensor drawnByGlobals(const AttentionInputs& given, std::int64_t batch,
                               const CuboidMap::Element& element, const Fitted& fit);
  GlobalParts globalParts(const torch::Tensor& cuboids, const torch::Tensor& globals,
                          const std::vector<torch::Tensor>& qkv);
  torch::Tensor updatedGlobals(const GlobalParts& parts, const Fitted& fit);
  void record(const AttentionInputs& given, const torch::Tensor& weights);
  torch::Tensor projected(const torch::Tensor& heads, const Fitted& fit);

  CuboidSelfAttentionOptions options_;
  double scale_;
  AttentionProbe* probe_ = nullptr;
  PerShape<Fitted> fits_;
  Prepared<FusedWeights> fusedWeights_;
  PreparedPerShape<CuboidTables> fusedTables_;
  torch::Tensor relative_position_bias_table, relative_position_index;
  torch::nn::Linear qkv{nullptr}, proj{nullptr}, global_proj{nullptr}, global_qkv{nullptr};
  torch::nn::Linear l2g_q_net{nullptr}, l2g_global_kv_net{nullptr}, g2l_global_q_net{nullptr},
      g2l_k_net{nullptr}, g2l_v_net{nullptr}, g2g_global_qkv_net{nullptr};
  torch::nn::LayerNorm norm{nullptr}, global_vec_norm{nullptr};
};
TORCH_MODULE(CuboidSelfAttentionLayer);

}  // namespace stormloom
