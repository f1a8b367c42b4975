#include "models/earthformer/cuboid_transformer_unet_decoder.h"

#include "models/earthformer/cuboid_transformer_decoder.h"

namespace stormloom {
using torch::Tensor;

CuboidTransformerUNetDecoderImpl::CuboidTransformerUNetDecoderImpl(
    const CuboidTransformerDecoderOptions& options, const Thw& downsample, PaddingType padding,
    UNetCrossMode crossMode) {
  options.check();
  for (std::size_t i = 0; i + 1 < options.levels(); ++i) {
    PatchMerging3DOptions merging;
    merging.dim = options.units[i];
    merging.outDim = options.units[i + 1];
    merging.downsample = downsample;
    merging.padding = padding;
    downsample_layers->push_back(PatchMerging3D(merging));
  }
  const auto registerWay = [&](const std::string& way, bool withCross) {
    std::vector<DecoderLevel> levels;
    torch::nn::ModuleList selfBlocks, crossBlocks;
    for (std::size_t i = 0; i < options.levels(); ++i) {
      const bool crosses = withCross && std::int64_t(i) >= options.crossStart;
      levels.emplace_back(options, i, options.depth[i], crosses);
      selfBlocks->push_back(levels.back().selfBlocks());
      if (crosses) crossBlocks->push_back(levels.back().crossBlocks());
    }
    register_module(way + "_self_blocks", selfBlocks);
    register_module(way + "_cross_blocks", crossBlocks);
    return levels;
  };
  register_module("downsample_layers", downsample_layers);
  upsample_layers = register_module("upsample_layers", upsamplingLayers(options));
  downLevels_ = registerWay("down", crossMode != UNetCrossMode::Up);
  upLevels_ = registerWay("up", crossMode != UNetCrossMode::Down);
}

Tensor CuboidTransformerUNetDecoderImpl::forward(const Tensor& input,
                                                 const std::vector<Tensor>& memory,
                                                 const std::vector<Tensor>& memoryGlobals) {
  TORCH_CHECK(memory.size() == downLevels_.size() && memoryGlobals.size() == memory.size(),
              "the decoder has ", downLevels_.size(), " levels, its memory ", memory.size());
  Tensor z = input;
  for (std::size_t i = 0; i < downLevels_.size(); ++i) {
    if (i > 0) z = downsample_layers->at<PatchMerging3DImpl>(i - 1).forward(z);
    z = downLevels_[i].forward(z, memory[i], memoryGlobals[i]);
  }
  for (std::size_t i = upLevels_.size(); i-- > 0;) {
    z = upLevels_[i].forward(z, memory[i], memoryGlobals[i]);
    if (i > 0) z = upsample_layers->at<Upsample3DLayerImpl>(i - 1).forward(z);
  }
  return z;
}

}  // namespace stormloom
