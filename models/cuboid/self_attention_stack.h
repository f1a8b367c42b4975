#pragma once

#include <torch/torch.h>

#include <utility>
#include <vector>

#include "models/cuboid/cuboid_self_attention.h"
#include "models/cuboid/feed_forward.h"

namespace stormloom {

struct StackCuboidSelfAttentionOptions {
  CuboidSelfAttentionOptions
      attention;                    ///< of every layer; `attention.cuboid` is replaced by `layers`
  std::vector<CuboidShape> layers;  ///< one pattern (spec 2)
  bool useInterFfn = true;          ///< one feed-forward after each layer, or one in all
  bool useGlobalVectorFfn = false;
  std::string ffnActivation = "gelu";
  bool gatedFfn = false;
  double ffnDrop = 0.0;
};

/// The self-attention layers of one pattern with their feed-forwards and residuals (spec 1.8).
class StackCuboidSelfAttentionBlockImpl : public torch::nn::Module {
public:
  explicit StackCuboidSelfAttentionBlockImpl(const StackCuboidSelfAttentionOptions& options);

  torch::Tensor forward(const torch::Tensor& x);
  std::pair<torch::Tensor, torch::Tensor> forward(const torch::Tensor& x,
                                                  const torch::Tensor& globals);

  /// The fused path: the last update is left pending in the stream, global vectors (or an undefined
  /// tensor) are renewed in place.
  void fused(ResidualStream& stream, torch::Tensor& globals);
  bool fuses(const torch::Tensor& x);

private:
  StackCuboidSelfAttentionOptions options_;
  torch::nn::ModuleList ffn_l, global_ffn_l{nullptr}, attn_l;
};
TORCH_MODULE(StackCuboidSelfAttentionBlock);

}  // namespace stormloom
