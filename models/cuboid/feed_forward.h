#pragma once

#include <torch/torch.h>

#include <string>

#include "models/kernels/prepared_weights.h"

namespace stormloom {

/// activate() as a module, for sequences of layers.
torch::nn::AnyModule activationModule(const std::string& activation);
struct PositionwiseFFNOptions {
  std::int64_t units = 0;
  std::int64_t hiddenSize = 0;  ///< 4*units when 0
  std::string activation = "gelu";
  bool gatedProj = false;
  bool preNorm = true;
  double layerNormEps = 1e-5;
  double dropout = 0.0;
};

/// Feed-forward over the last axis with its own residual (spec 1.2).
class PositionwiseFFNImpl : public torch::nn::Module {
public:
  explicit PositionwiseFFNImpl(const PositionwiseFFNOptions& options);
  torch::Tensor forward(const torch::Tensor& x);
  /// The fused path. On a GPU its update stays pending in the stream, on a processor it is added.
  void fused(ResidualStream& stream);
  /// The norm before it, where a step before this may make it on the way; else null.
  const NormWeights* fusedNormBefore();
  /// The fused path behind that norm, on a GPU.
  void fusedBehindNorm(ResidualStream& stream, const torch::Tensor& normed);

private:
  struct FusedWeights {
    FusedLinear first, gate, second;
    NormWeights norm;
  };
  const FusedWeights& fusedWeights();
  torch::Tensor fusedUpdate(const torch::Tensor& normed, const FusedWeights& w) const;
  void fusedInBlocks(ResidualStream& stream, const FusedWeights& w) const;

  PositionwiseFFNOptions options_;
  Prepared<FusedWeights> fusedWeights_;
  torch::nn::Linear ffn_1{nullptr}, ffn_1_gate{nullptr}, ffn_2{nullptr};
  torch::nn::LayerNorm layer_norm{nullptr};
};
TORCH_MODULE(PositionwiseFFN);

}  // namespace stormloom
