#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "models/cuboid/cuboid_cross_attention.h"
#include "models/cuboid/feed_forward.h"

namespace stormloom {

struct StackCuboidCrossAttentionOptions {
  CuboidCrossAttentionOptions
      attention;  ///< of every layer; `attention.cuboid` is replaced by `layers`
  std::vector<CrossCuboidShape> layers;  ///< one pattern (spec 2)
  bool useInterFfn = true;               ///< one feed-forward after each layer, or one in all
  std::string ffnActivation = "gelu";
  bool gatedFfn = false;
  double ffnDrop = 0.0;
};

/// The cross-attention layers of one pattern with their feed-forwards and residuals (spec 1.9).
class StackCuboidCrossAttentionBlockImpl : public torch::nn::Module {
public:
  explicit StackCuboidCrossAttentionBlockImpl(const StackCuboidCrossAttentionOptions& options);

  /// x (B,Tx,H,W,C), memory (B,Tm,H,W,C), global vectors of the memory (B,N,ratio*C) or undefined.
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& memory,
                        const torch::Tensor& memoryGlobals = {});

  /// The fused path: the last update is left pending in the stream.
  void fused(ResidualStream& stream, const torch::Tensor& memory,
             const torch::Tensor& memoryGlobals);
  bool fuses(const torch::Tensor& x, const torch::Tensor& memory);

private:
  StackCuboidCrossAttentionOptions options_;
  torch::nn::ModuleList ffn_l, attn_l;
};
TORCH_MODULE(StackCuboidCrossAttentionBlock);

}  // namespace stormloom
