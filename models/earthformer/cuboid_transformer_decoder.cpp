#include "models/earthformer/cuboid_transformer_decoder.h"

namespace stormloom {
using torch::Tensor;

torch::nn::ModuleList upsamplingLayers(const CuboidTransformerDecoderOptions& options) {
  torch::nn::ModuleList layers;
  for (std::size_t i = 0; i + 1 < options.levels(); ++i) {
    Upsample3DOptions upsampling;
    upsampling.dim = options.units[i + 1];
    upsampling.outDim = options.units[i];
    upsampling.targetSize = options.shapes[i];
    upsampling.kernelSize = options.upsampleKernelSize;
    layers->push_back(Upsample3DLayer(upsampling));
  }
  return layers;
}

CuboidTransformerDecoderImpl::CuboidTransformerDecoderImpl(
    const CuboidTransformerDecoderOptions& options) {
  options.check();
  for (std::size_t i = 0; i < options.levels(); ++i) {
    // The coarsest level starts from nothing worth attending to, so its first stack is left out.
    const bool lacksFirst = i + 1 == options.levels() && !options.useFirstSelfAttn;
    const bool withCross = std::int64_t(i) >= options.crossStart;
    levels_.emplace_back(options, i, options.depth[i] - (lacksFirst ? 1 : 0), withCross);
    self_blocks->push_back(levels_.back().selfBlocks());
    if (withCross) cross_blocks->push_back(levels_.back().crossBlocks());
  }
  register_module("self_blocks", self_blocks);
  register_module("cross_blocks", cross_blocks);
  upsample_layers = register_module("upsample_layers", upsamplingLayers(options));
  if (!options.hierarchicalPosEmbed) return;
  hierarchical_pos_embed_l = register_module("hierarchical_pos_embed_l", torch::nn::ModuleList());
  for (std::size_t i = 0; i + 1 < options.levels(); ++i)
    hierarchical_pos_embed_l->push_back(
        PosEmbed(options.units[i], options.shapes[i], options.posEmbedType));
}

Tensor CuboidTransformerDecoderImpl::forward(const Tensor& input, const std::vector<Tensor>& memory,
                                             const std::vector<Tensor>& memoryGlobals) {
  TORCH_CHECK(memory.size() == levels_.size() && memoryGlobals.size() == memory.size(),
              "the decoder has ", levels_.size(), " levels, its memory ", memory.size());
  Tensor z = input;
  for (std::size_t i = levels_.size(); i-- > 0;) {
    z = levels_[i].forward(z, memory[i], memoryGlobals[i]);
    if (i == 0) break;
    z = upsample_layers->at<Upsample3DLayerImpl>(i - 1).forward(z);
    if (!hierarchical_pos_embed_l.is_empty())
      z = hierarchical_pos_embed_l->at<PosEmbedImpl>(i - 1).forward(z);
  }
  return z;
}

}  // namespace stormloom
