#pragma once

#include <torch/torch.h>

#include <vector>

#include "models/cuboid/resampling_layers.h"
#include "models/cuboid/self_attention_stack.h"

namespace stormloom {

struct CuboidTransformerEncoderOptions {
  std::vector<std::int64_t> units;               ///< width of every level
  std::vector<std::int64_t> depth;               ///< stacks of every level
  Thw downsample = {1, 2, 2};                    ///< between levels
  StackCuboidSelfAttentionOptions stack;         ///< of every level, but width and layers
  std::vector<std::vector<CuboidShape>> layers;  ///< of a stack at every level
};

/// Levels of self-attention stacks with patch merging between them (spec 3, step 2).
class CuboidTransformerEncoderImpl : public torch::nn::Module {
public:
  explicit CuboidTransformerEncoderImpl(const CuboidTransformerEncoderOptions& options);

  /// What a level leaves behind for the decoder, from the finest level on.
  struct Memory {
    std::vector<torch::Tensor> fields;   ///< (B,T,H_i,W_i,units_i)
    std::vector<torch::Tensor> globals;  ///< (B,N,ratio*units_i); undefined without global vectors
  };
  /// x (B,T,H,W,units_0); `globals` (B,N,ratio*units_0) exactly when built for them.
  Memory forward(const torch::Tensor& x, const torch::Tensor& globals = {});

private:
  std::vector<std::vector<StackCuboidSelfAttentionBlock>> stacks_;
  bool useGlobalVector_;
  torch::nn::ModuleList down_layers, down_layer_global_proj, blocks;
};
TORCH_MODULE(CuboidTransformerEncoder);

}  // namespace stormloom
