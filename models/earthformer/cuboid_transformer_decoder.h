#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "models/cuboid/cross_attention_stack.h"
#include "models/cuboid/pos_embed.h"
#include "models/cuboid/resampling_layers.h"
#include "models/cuboid/self_attention_stack.h"

namespace stormloom {

struct CuboidTransformerDecoderOptions {
  std::vector<std::int64_t> units;                         ///< width of every level
  std::vector<std::int64_t> depth;                         ///< stacks of every level
  std::vector<Thw> shapes;                                 ///< (T_out,H,W) of every level
  StackCuboidSelfAttentionOptions selfStack;               ///< of every level, but width and layers
  StackCuboidCrossAttentionOptions crossStack;             ///< of every level, but width and layers
  std::vector<std::vector<CuboidShape>> selfLayers;        ///< of a stack at every level
  std::vector<std::vector<CrossCuboidShape>> crossLayers;  ///< of a stack at every level
  std::int64_t crossStart = 0;                             ///< finest level with cross-attention
  bool useFirstSelfAttn = false;
  bool selfUpdateGlobal = true;
  bool hierarchicalPosEmbed = false;
  std::string posEmbedType = "t+h+w";
};

/// From the coarsest level to the finest: self-attention, cross-attention to the encoder's memory,
/// upsampling (spec 3, step 4).
class CuboidTransformerDecoderImpl : public torch::nn::Module {
public:
  explicit CuboidTransformerDecoderImpl(const CuboidTransformerDecoderOptions& options);

  /// z (B,T_out,H_L,W_L,units_L); memory of the encoder, from the finest level on; its global
  /// vectors may be undefined. Returns (B,T_out,H_0,W_0,units_0).
  torch::Tensor forward(const torch::Tensor& z, const std::vector<torch::Tensor>& memory,
                        const std::vector<torch::Tensor>& memoryGlobals);

private:
  void buildBlocks(const CuboidTransformerDecoderOptions& options);
  void buildUpsampling(const CuboidTransformerDecoderOptions& options);
  torch::Tensor level(std::size_t i, const torch::Tensor& z, const torch::Tensor& memory,
                      const torch::Tensor& memoryGlobals);

  std::vector<std::vector<StackCuboidSelfAttentionBlock>> selfStacks_;    // of every level
  std::vector<std::vector<StackCuboidCrossAttentionBlock>> crossStacks_;  // of every level
  bool useFirstSelfAttn_;
  bool useSelfGlobal_;
  bool useCrossGlobal_;
  bool selfUpdateGlobal_;
  torch::nn::ModuleList self_blocks, cross_blocks, upsample_layers,
      hierarchical_pos_embed_l{nullptr};
};
TORCH_MODULE(CuboidTransformerDecoder);

}  // namespace stormloom
