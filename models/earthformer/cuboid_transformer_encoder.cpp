#include "models/earthformer/cuboid_transformer_encoder.h"

#include "models/cuboid/attention_parts.h"

namespace stormloom {
using torch::Tensor;

CuboidTransformerEncoderImpl::CuboidTransformerEncoderImpl(
    const CuboidTransformerEncoderOptions& options)
    : useGlobalVector_(options.stack.attention.useGlobalVector) {
  const std::size_t levels = options.units.size();
  TORCH_CHECK(options.depth.size() == levels && options.layers.size() == levels,
              "an encoder needs a depth and a pattern for each of its ", levels, " levels");
  const std::int64_t ratio = options.stack.attention.globalDimRatio;
  for (std::size_t i = 0; i + 1 < levels; ++i) {
    PatchMerging3DOptions merging;
    merging.dim = options.units[i];
    merging.outDim = options.units[i + 1];
    merging.downsample = options.downsample;
    merging.padding = options.stack.attention.padding;
    down_layers->push_back(PatchMerging3D(merging));
    if (useGlobalVector_)
      down_layer_global_proj->push_back(
          linear(ratio * options.units[i], ratio * options.units[i + 1]));
  }
  for (std::size_t i = 0; i < levels; ++i) {
    StackCuboidSelfAttentionOptions stack = options.stack;
    stack.attention.dim = options.units[i];
    stack.layers = options.layers[i];
    torch::nn::ModuleList level;
    stacks_.emplace_back();
    for (std::int64_t k = 0; k < options.depth[i]; ++k) {
      stacks_.back().push_back(StackCuboidSelfAttentionBlock(stack));
      level->push_back(stacks_.back().back());
    }
    blocks->push_back(level);
  }
  register_module("down_layers", down_layers);
  register_module("down_layer_global_proj", down_layer_global_proj);
  register_module("blocks", blocks);
}

CuboidTransformerEncoderImpl::Memory CuboidTransformerEncoderImpl::forward(const Tensor& input,
                                                                           const Tensor& globals) {
  TORCH_CHECK(useGlobalVector_ == globals.defined(), "this encoder was built ",
              useGlobalVector_ ? "for" : "without", " global vectors");
  Memory memory;
  Tensor x = input;
  Tensor g = globals;
  for (std::size_t i = 0; i < stacks_.size(); ++i) {
    for (auto& stack : stacks_[i]) {
      if (useGlobalVector_)
        std::tie(x, g) = stack->forward(x, g);
      else
        x = stack->forward(x);
    }
    memory.fields.push_back(x);
    memory.globals.push_back(g);
    if (i + 1 == stacks_.size()) break;
    x = down_layers->at<PatchMerging3DImpl>(i).forward(x);
    if (useGlobalVector_) g = down_layer_global_proj->at<torch::nn::LinearImpl>(i).forward(g);
  }
  return memory;
}

}  // namespace stormloom
