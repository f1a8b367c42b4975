#include "models/prediff/vae_blocks.h"

#include <cmath>

#include "models/cuboid/attention_parts.h"
#include "models/kernels/fused_scope.h"

namespace stormloom {
using torch::Tensor;
namespace {

/// A piece's fused path between frames and frames.
template <class Piece>
Tensor fusedOverFrames(Piece& piece, const Tensor& frames) {
  ResidualStream stream = streamFromFrames(frames);
  piece.fused(stream);
  return framesFromStream(stream);
}

}  // namespace

torch::nn::GroupNorm vaeGroupNorm(std::int64_t channels, std::int64_t groups) {
  return torch::nn::GroupNorm(torch::nn::GroupNormOptions(groups, channels).eps(1e-6));
}

torch::nn::Conv2d vaeConv(std::int64_t in, std::int64_t out, std::int64_t kernel) {
  return torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, kernel).padding(kernel / 2));
}

VaeResnetBlockImpl::VaeResnetBlockImpl(std::int64_t in, std::int64_t out, std::int64_t groups)
    : norm1(register_module("norm1", vaeGroupNorm(in, groups))),
      conv1(vaeConv(in, out)),
      conv2(vaeConv(out, out)) {
  register_module("conv1", conv1);
  norm2 = register_module("norm2", vaeGroupNorm(out, groups));
  register_module("conv2", conv2);
  if (in != out) conv_shortcut = register_module("conv_shortcut", vaeConv(in, out, 1));
}

Tensor VaeResnetBlockImpl::forward(const Tensor& x) {
  if (!is_training() && takesFusedPath(x, FusedGradients::OfInput)) return fusedOverFrames(*this, x);
  const Tensor h = conv1->forward(torch::silu(norm1->forward(x)));
  const Tensor update = conv2->forward(torch::silu(norm2->forward(h)));
  return (conv_shortcut.is_empty() ? x : conv_shortcut->forward(x)) + update;
}

VaeAttentionBlockImpl::VaeAttentionBlockImpl(std::int64_t channels, std::int64_t groups)
    : group_norm(register_module("group_norm", vaeGroupNorm(channels, groups))),
      query(register_module("query", linear(channels, channels))),
      key(register_module("key", linear(channels, channels))),
      value(register_module("value", linear(channels, channels))),
      proj_attn(register_module("proj_attn", linear(channels, channels))) {}

Tensor VaeAttentionBlockImpl::forward(const Tensor& x) {
  if (!is_training() && takesFusedPath(x, FusedGradients::OfInput)) return fusedOverFrames(*this, x);
  const Tensor tokens = group_norm->forward(x).flatten(2).transpose(1, 2);  // (N,HW,C)
  const double scale = 1.0 / std::sqrt(double(x.size(1)));
  const Tensor scores =
      torch::matmul(query->forward(tokens) * scale, key->forward(tokens).transpose(1, 2));
  const Tensor mixed = torch::matmul(scores.softmax(-1), value->forward(tokens));
  return x + proj_attn->forward(mixed).transpose(1, 2).reshape(x.sizes());
}

VaeDownsampleImpl::VaeDownsampleImpl(std::int64_t channels)
    : conv(register_module(
          "conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(channels, channels, 3).stride(2)))) {}

Tensor VaeDownsampleImpl::forward(const Tensor& x) {
  if (!is_training() && takesFusedPath(x, FusedGradients::OfInput)) return fusedOverFrames(*this, x);
  return conv->forward(torch::constant_pad_nd(x, {0, 1, 0, 1}));
}

VaeUpsampleImpl::VaeUpsampleImpl(std::int64_t channels)
    : conv(register_module("conv", vaeConv(channels, channels))) {}

Tensor VaeUpsampleImpl::forward(const Tensor& x) {
  if (!is_training() && takesFusedPath(x, FusedGradients::OfInput)) return fusedOverFrames(*this, x);
  return conv->forward(torch::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)}));
}

VaeMidBlockImpl::VaeMidBlockImpl(std::int64_t channels, std::int64_t groups) {
  attentions->push_back(VaeAttentionBlock(channels, groups));
  for (int k = 0; k < 2; ++k) resnets->push_back(VaeResnetBlock(channels, channels, groups));
  register_module("attentions", attentions);
  register_module("resnets", resnets);
}

Tensor VaeMidBlockImpl::forward(const Tensor& x) {
  if (!is_training() && takesFusedPath(x, FusedGradients::OfInput)) return fusedOverFrames(*this, x);
  const Tensor h = resnets->at<VaeResnetBlockImpl>(0).forward(x);
  return resnets->at<VaeResnetBlockImpl>(1).forward(
      attentions->at<VaeAttentionBlockImpl>(0).forward(h));
}

VaeStageImpl::VaeStageImpl(std::int64_t in, std::int64_t out, std::int64_t layers,
                           std::int64_t groups, Change change) {
  for (std::int64_t k = 0; k < layers; ++k)
    resnets->push_back(VaeResnetBlock(k == 0 ? in : out, out, groups));
  register_module("resnets", resnets);
  if (change == Change::Down) {
    down_ = VaeDownsample(out);
    register_module("downsamplers", torch::nn::ModuleList(down_));
  } else if (change == Change::Up) {
    up_ = VaeUpsample(out);
    register_module("upsamplers", torch::nn::ModuleList(up_));
  }
}

Tensor VaeStageImpl::forward(const Tensor& input) {
  Tensor x = input;
  for (std::size_t k = 0; k < resnets->size(); ++k)
    x = resnets->at<VaeResnetBlockImpl>(k).forward(x);
  if (!down_.is_empty()) return down_->forward(x);
  return up_.is_empty() ? x : up_->forward(x);
}

}  // namespace stormloom
