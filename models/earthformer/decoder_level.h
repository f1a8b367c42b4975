#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "models/cuboid/cross_attention_stack.h"
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
  std::int64_t upsampleKernelSize = 3;

  std::size_t levels() const { return units.size(); }
  /// Throws when a level lacks a depth, a shape or a pattern.
  void check() const;
};

/// One level of a decoder: self-attention stacks and cross-attention stacks in turn. Not a module;
/// the decoder registers its lists under the official names.
class DecoderLevel {
public:
  /// `selfDepth` is the level's depth, or one less where cross-attention comes first.
  DecoderLevel(const CuboidTransformerDecoderOptions& options, std::size_t level,
               std::int64_t selfDepth, bool withCross);

  /// z (B,T_out,H,W,C), the encoder's memory (B,T_in,H,W,C) of this level and its global vectors,
  /// (B,N,ratio*C) or undefined.
  torch::Tensor forward(const torch::Tensor& z, const torch::Tensor& memory,
                        const torch::Tensor& memoryGlobals);

  const torch::nn::ModuleList& selfBlocks() const { return selfBlocks_; }
  const torch::nn::ModuleList& crossBlocks() const { return crossBlocks_; }

private:
  /// Self-attention stack k; replaces the level's global vectors where they are to be updated.
  torch::Tensor selfAttention(std::size_t k, const torch::Tensor& z, torch::Tensor& globals);

  bool useSelfGlobal_;
  bool useCrossGlobal_;
  bool selfUpdateGlobal_;
  std::size_t depth_;
  torch::nn::ModuleList selfBlocks_, crossBlocks_;
};

}  // namespace stormloom
