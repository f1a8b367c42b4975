#include "models/earthformer/cuboid_transformer_decoder.h"

namespace stormloom {
using torch::Tensor;

CuboidTransformerDecoderImpl::CuboidTransformerDecoderImpl(
    const CuboidTransformerDecoderOptions& options)
    : useFirstSelfAttn_(options.useFirstSelfAttn),
      useSelfGlobal_(options.selfStack.attention.useGlobalVector),
      useCrossGlobal_(options.crossStack.attention.useGlobalVector),
      selfUpdateGlobal_(options.selfUpdateGlobal) {
  const std::size_t levels = options.units.size();
  TORCH_CHECK(options.depth.size() == levels && options.shapes.size() == levels &&
                  options.selfLayers.size() == levels && options.crossLayers.size() == levels,
              "a decoder needs a depth, a shape and patterns for each of its ", levels, " levels");
  buildBlocks(options);
  buildUpsampling(options);
}

void CuboidTransformerDecoderImpl::buildBlocks(const CuboidTransformerDecoderOptions& options) {
  const std::size_t levels = options.units.size();
  for (std::size_t i = 0; i < levels; ++i) {
    StackCuboidSelfAttentionOptions self = options.selfStack;
    self.attention.dim = options.units[i];
    self.layers = options.selfLayers[i];
    StackCuboidCrossAttentionOptions cross = options.crossStack;
    cross.attention.dim = options.units[i];
    cross.layers = options.crossLayers[i];

    // The coarsest level starts from nothing worth attending to, so its first stack is left out.
    const bool lacksFirst = i + 1 == levels && !options.useFirstSelfAttn;
    const std::int64_t selfDepth = options.depth[i] - (lacksFirst ? 1 : 0);
    torch::nn::ModuleList selfLevel, crossLevel;
    selfStacks_.emplace_back();
    crossStacks_.emplace_back();
    for (std::int64_t k = 0; k < selfDepth; ++k) {
      selfStacks_[i].push_back(StackCuboidSelfAttentionBlock(self));
      selfLevel->push_back(selfStacks_[i].back());
    }
    self_blocks->push_back(selfLevel);
    if (std::int64_t(i) < options.crossStart) continue;
    for (std::int64_t k = 0; k < options.depth[i]; ++k) {
      crossStacks_[i].push_back(StackCuboidCrossAttentionBlock(cross));
      crossLevel->push_back(crossStacks_[i].back());
    }
    cross_blocks->push_back(crossLevel);
  }
  register_module("self_blocks", self_blocks);
  register_module("cross_blocks", cross_blocks);
}

void CuboidTransformerDecoderImpl::buildUpsampling(const CuboidTransformerDecoderOptions& options) {
  register_module("upsample_layers", upsample_layers);
  if (options.hierarchicalPosEmbed)
    hierarchical_pos_embed_l = register_module("hierarchical_pos_embed_l", torch::nn::ModuleList());
  for (std::size_t i = 0; i + 1 < options.units.size(); ++i) {
    Upsample3DOptions upsampling;
    upsampling.dim = options.units[i + 1];
    upsampling.outDim = options.units[i];
    upsampling.targetSize = options.shapes[i];
    upsample_layers->push_back(Upsample3DLayer(upsampling));
    if (options.hierarchicalPosEmbed)
      hierarchical_pos_embed_l->push_back(
          PosEmbed(options.units[i], options.shapes[i], options.posEmbedType));
  }
}

Tensor CuboidTransformerDecoderImpl::level(std::size_t i, const Tensor& input, const Tensor& memory,
                                           const Tensor& memoryGlobals) {
  Tensor z = input;
  Tensor g = memoryGlobals;
  auto& self = selfStacks_[i];
  auto& cross = crossStacks_[i];
  const bool lacksFirst = i + 1 == selfStacks_.size() && !useFirstSelfAttn_;
  const std::size_t depth = self.size() + (lacksFirst ? 1 : 0);
  for (std::size_t k = 0; k < depth; ++k) {
    if (!lacksFirst || k > 0) {
      auto& stack = self[lacksFirst ? k - 1 : k];
      if (useSelfGlobal_) {
        const auto [updated, updatedGlobals] = stack->forward(z, g);
        z = updated;
        if (selfUpdateGlobal_) g = updatedGlobals;
      } else {
        z = stack->forward(z);
      }
    }
    if (!cross.empty()) z = cross[k]->forward(z, memory, useCrossGlobal_ ? g : Tensor());
  }
  return z;
}

Tensor CuboidTransformerDecoderImpl::forward(const Tensor& input, const std::vector<Tensor>& memory,
                                             const std::vector<Tensor>& memoryGlobals) {
  TORCH_CHECK(memory.size() == selfStacks_.size() && memoryGlobals.size() == memory.size(),
              "the decoder has ", selfStacks_.size(), " levels, its memory ", memory.size());
  Tensor z = input;
  for (std::size_t i = selfStacks_.size(); i-- > 0;) {
    z = level(i, z, memory[i], memoryGlobals[i]);
    if (i == 0) break;
    z = upsample_layers->at<Upsample3DLayerImpl>(i - 1).forward(z);
    if (!hierarchical_pos_embed_l.is_empty())
      z = hierarchical_pos_embed_l->at<PosEmbedImpl>(i - 1).forward(z);
  }
  return z;
}

}  // namespace stormloom
