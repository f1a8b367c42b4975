#include "models/earthformer/decoder_level.h"

namespace stormloom {
using torch::Tensor;

void CuboidTransformerDecoderOptions::check() const {
  TORCH_CHECK(levels() > 0 && depth.size() == levels() && shapes.size() == levels() &&
                  selfLayers.size() == levels() && crossLayers.size() == levels(),
              "a decoder needs a depth, a shape and patterns for each of its ", levels(),
              " levels");
}

DecoderLevel::DecoderLevel(const CuboidTransformerDecoderOptions& options, std::size_t level,
                           std::int64_t selfDepth, bool withCross)
    : useSelfGlobal_(options.selfStack.attention.useGlobalVector),
      useCrossGlobal_(options.crossStack.attention.useGlobalVector),
      selfUpdateGlobal_(options.selfUpdateGlobal),
      depth_(std::size_t(options.depth[level])) {
  StackCuboidSelfAttentionOptions self = options.selfStack;
  self.attention.dim = options.units[level];
  self.layers = options.selfLayers[level];
  for (std::int64_t k = 0; k < selfDepth; ++k)
    selfBlocks_->push_back(StackCuboidSelfAttentionBlock(self));
  if (!withCross) return;
  StackCuboidCrossAttentionOptions cross = options.crossStack;
  cross.attention.dim = options.units[level];
  cross.layers = options.crossLayers[level];
  for (std::size_t k = 0; k < depth_; ++k)
    crossBlocks_->push_back(StackCuboidCrossAttentionBlock(cross));
}

Tensor DecoderLevel::selfAttention(std::size_t k, const Tensor& z, Tensor& globals) {
  auto& stack = selfBlocks_->at<StackCuboidSelfAttentionBlockImpl>(k);
  if (!useSelfGlobal_) return stack.forward(z);
  const auto [updated, updatedGlobals] = stack.forward(z, globals);
  if (selfUpdateGlobal_) globals = updatedGlobals;
  return updated;
}

Tensor DecoderLevel::forward(const Tensor& input, const Tensor& memory,
                             const Tensor& memoryGlobals) {
  Tensor z = input;
  Tensor globals = memoryGlobals;
  const std::size_t missing = depth_ - selfBlocks_->size();  // 1 where cross-attention comes first
  for (std::size_t k = 0; k < depth_; ++k) {
    if (k >= missing) z = selfAttention(k - missing, z, globals);
    if (!crossBlocks_->is_empty())
      z = crossBlocks_->at<StackCuboidCrossAttentionBlockImpl>(k).forward(
          z, memory, useCrossGlobal_ ? globals : Tensor());
  }
  return z;
}

}  // namespace stormloom
