#pragma once

#include <torch/torch.h>

#include <string>

#include "core/cuboid_map.h"
#include "models/kernels/prepared_weights.h"

namespace stormloom {

/// Learned position embedding of type `t+h+w` or `t+hw` (spec 1.1).
class PosEmbedImpl : public torch::nn::Module {
public:
  PosEmbedImpl(std::int64_t embedDim, const Thw& maximum, const std::string& type);
  /// (B,T,H,W,C) with T, H, W up to the maximum; indices start at 0.
  torch::Tensor forward(const torch::Tensor& x);

private:
  torch::Tensor addedTo(const torch::Tensor& x) const;

  Thw maximum_;
  PreparedPerShape<torch::Tensor> tables_;  // all axes' sums, for the fused path of a GPU
  torch::nn::Embedding T_embed{nullptr}, H_embed{nullptr}, W_embed{nullptr}, HW_embed{nullptr};
};
TORCH_MODULE(PosEmbed);

}  // namespace stormloom
