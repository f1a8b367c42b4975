#include "models/cuboid/cross_attention_stack.h"

namespace stormloom {
using torch::Tensor;

StackCuboidCrossAttentionBlockImpl::StackCuboidCrossAttentionBlockImpl(
    const StackCuboidCrossAttentionOptions& options)
    : options_(options) {
  TORCH_CHECK(!options.layers.empty(), "a stack needs at least one attention layer");
  PositionwiseFFNOptions ffn;
  ffn.units = options.attention.dim;
  ffn.activation = options.ffnActivation;
  ffn.gatedProj = options.gatedFfn;
  ffn.dropout = options.ffnDrop;
  const std::size_t ffns = options.useInterFfn ? options.layers.size() : 1;
  for (std::size_t i = 0; i < ffns; ++i) ffn_l->push_back(PositionwiseFFN(ffn));
  register_module("ffn_l", ffn_l);
  for (const CrossCuboidShape& cuboid : options.layers) {
    CuboidCrossAttentionOptions attention = options.attention;
    attention.cuboid = cuboid;
    attn_l->push_back(CuboidCrossAttentionLayer(attention));
  }
  register_module("attn_l", attn_l);
}

bool StackCuboidCrossAttentionBlockImpl::fuses(const Tensor& x, const Tensor& memory) {
  for (std::size_t j = 0; j < attn_l->size(); ++j) {
    auto& layer = attn_l->at<CuboidCrossAttentionLayerImpl>(j);
    if (!layer.fuses(x, memory.slice(1, layer.skippedFrames(memory)))) return false;
  }
  return true;
}

void StackCuboidCrossAttentionBlockImpl::fused(ResidualStream& stream, const Tensor& memory,
                                               const Tensor& memoryGlobals) {
  for (std::size_t j = 0; j < attn_l->size(); ++j) {
    attn_l->at<CuboidCrossAttentionLayerImpl>(j).fused(stream, memory, memoryGlobals);
    if (options_.useInterFfn) ffn_l->at<PositionwiseFFNImpl>(j).fused(stream);
  }
  if (!options_.useInterFfn) ffn_l->at<PositionwiseFFNImpl>(0).fused(stream);
}

Tensor StackCuboidCrossAttentionBlockImpl::forward(const Tensor& input, const Tensor& memory,
                                                   const Tensor& memoryGlobals) {
  if (fuses(input, memory)) {
    ResidualStream stream{input.to(torch::kFloat32), {}, {}};
    fused(stream, memory, memoryGlobals);
    return settle(stream);
  }
  Tensor x = input;
  for (std::size_t j = 0; j < attn_l->size(); ++j) {
    x = x + attn_l->at<CuboidCrossAttentionLayerImpl>(j).forward(x, memory, memoryGlobals);
    if (options_.useInterFfn) x = ffn_l->at<PositionwiseFFNImpl>(j).forward(x);
  }
  return options_.useInterFfn ? x : ffn_l->at<PositionwiseFFNImpl>(0).forward(x);
}

}  // namespace stormloom
