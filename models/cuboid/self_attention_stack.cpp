#include "models/cuboid/self_attention_stack.h"

namespace stormloom {
using torch::Tensor;

StackCuboidSelfAttentionBlockImpl::StackCuboidSelfAttentionBlockImpl(
    const StackCuboidSelfAttentionOptions& options)
    : options_(options) {
  TORCH_CHECK(!options.layers.empty(), "a stack needs at least one attention layer");
  const std::size_t ffns = options.useInterFfn ? options.layers.size() : 1;
  PositionwiseFFNOptions ffn;
  ffn.units = options.attention.dim;
  ffn.activation = options.ffnActivation;
  ffn.gatedProj = options.gatedFfn;
  ffn.dropout = options.ffnDrop;
  for (std::size_t i = 0; i < ffns; ++i) ffn_l->push_back(PositionwiseFFN(ffn));
  register_module("ffn_l", ffn_l);
  if (options.attention.useGlobalVector && options.useGlobalVectorFfn) {
    ffn.units *= options.attention.globalDimRatio;
    global_ffn_l = register_module("global_ffn_l", torch::nn::ModuleList());
    for (std::size_t i = 0; i < ffns; ++i) global_ffn_l->push_back(PositionwiseFFN(ffn));
  }
  for (const CuboidShape& cuboid : options.layers) {
    CuboidSelfAttentionOptions attention = options.attention;
    attention.cuboid = cuboid;
    attn_l->push_back(CuboidSelfAttentionLayer(attention));
  }
  register_module("attn_l", attn_l);
}

bool StackCuboidSelfAttentionBlockImpl::fuses(const Tensor& x) {
  for (std::size_t j = 0; j < attn_l->size(); ++j)
    if (!attn_l->at<CuboidSelfAttentionLayerImpl>(j).fuses(x)) return false;
  return true;
}

void StackCuboidSelfAttentionBlockImpl::fused(ResidualStream& stream, Tensor& globals) {
  const auto feedForward = [&](std::size_t j) {
    ffn_l->at<PositionwiseFFNImpl>(j).fused(stream);
    if (global_ffn_l.is_empty() || !globals.defined()) return;
    ResidualStream vectors{globals, {}, {}};
    global_ffn_l->at<PositionwiseFFNImpl>(j).fused(vectors);
    globals = settle(vectors);
  };
  for (std::size_t j = 0; j < attn_l->size(); ++j) {
    auto& attention = attn_l->at<CuboidSelfAttentionLayerImpl>(j);
    const bool feeds = options_.useInterFfn || j + 1 == attn_l->size();
    const std::size_t next = options_.useInterFfn ? j : 0;
    if (attention.fusesAtOnce(stream.x)) {
      auto& ffn = ffn_l->at<PositionwiseFFNImpl>(next);
      const NormWeights* norm = feeds ? ffn.fusedNormBefore() : nullptr;
      const Tensor normed = attention.fusedAtOnce(stream, norm);
      if (norm)
        ffn.fusedBehindNorm(stream, normed);
      else if (feeds)
        feedForward(next);
    } else {
      attention.fused(stream, globals);
      if (feeds) feedForward(next);
    }
  }
}

Tensor StackCuboidSelfAttentionBlockImpl::forward(const Tensor& input) {
  if (fuses(input)) {
    ResidualStream stream{input.to(torch::kFloat32), {}, {}};
    Tensor none;
    fused(stream, none);
    return settle(stream);
  }
  Tensor x = input;
  for (std::size_t j = 0; j < attn_l->size(); ++j) {
    x = x + attn_l->at<CuboidSelfAttentionLayerImpl>(j).forward(x);
    if (options_.useInterFfn) x = ffn_l->at<PositionwiseFFNImpl>(j).forward(x);
  }
  return options_.useInterFfn ? x : ffn_l->at<PositionwiseFFNImpl>(0).forward(x);
}

std::pair<Tensor, Tensor> StackCuboidSelfAttentionBlockImpl::forward(const Tensor& input,
                                                                     const Tensor& globals) {
  if (fuses(input)) {
    ResidualStream stream{input.to(torch::kFloat32), {}, {}};
    Tensor renewed = globals.to(torch::kFloat32).contiguous();
    fused(stream, renewed);
    return {settle(stream), renewed};
  }
  Tensor x = input;
  Tensor g = globals;
  const auto feedForward = [&](std::size_t j) {
    x = ffn_l->at<PositionwiseFFNImpl>(j).forward(x);
    if (!global_ffn_l.is_empty()) g = global_ffn_l->at<PositionwiseFFNImpl>(j).forward(g);
  };
  for (std::size_t j = 0; j < attn_l->size(); ++j) {
    const auto [dx, dg] = attn_l->at<CuboidSelfAttentionLayerImpl>(j).forward(x, g);
    x = x + dx;
    g = g + dg;
    if (options_.useInterFfn) feedForward(j);
  }
  if (!options_.useInterFfn) feedForward(0);
  return {x, g};
}

}  // namespace stormloom
