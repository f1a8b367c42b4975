#include "models/prediff/time_embedding.h"

#include <cmath>

#include "models/cuboid/attention_parts.h"
#include "models/kernels/fused_scope.h"

namespace stormloom {
using torch::Tensor;
namespace {

/// 32 groups where they fit, else one group a channel (spec 7).
torch::nn::GroupNorm groupNorm(std::int64_t channels) {
  const std::int64_t groups = channels % 32 == 0 ? 32 : channels;
  return torch::nn::GroupNorm(torch::nn::GroupNormOptions(groups, channels).eps(1e-5));
}

torch::nn::Conv3d conv3d(std::int64_t in, std::int64_t out, std::int64_t kernel) {
  return torch::nn::Conv3d(torch::nn::Conv3dOptions(in, out, kernel).padding(kernel / 2));
}

}  // namespace

Tensor timestepEmbedding(const Tensor& t, std::int64_t dim) {
  const std::int64_t half = dim / 2;
  const auto type = torch::TensorOptions().dtype(torch::kFloat32).device(t.device());
  const Tensor frequencies =
      torch::exp(-std::log(10000.0) * torch::arange(half, type) / double(half));
  const Tensor angles = t.to(torch::kFloat32).unsqueeze(1) * frequencies;  // (B,half)
  const Tensor embedding = torch::cat({angles.cos(), angles.sin()}, 1);
  return dim % 2 == 0 ? embedding : torch::constant_pad_nd(embedding, {0, 1});
}

TimeEmbedLayerImpl::TimeEmbedLayerImpl(std::int64_t baseChannels, std::int64_t embedChannels)
    : layer(linear(baseChannels, embedChannels), torch::nn::SiLU(),
            linear(embedChannels, embedChannels)) {
  register_module("layer", layer);
}

Tensor TimeEmbedLayerImpl::forward(const Tensor& x) { return layer->forward(x); }

TimeEmbedResBlockImpl::TimeEmbedResBlockImpl(const TimeEmbedResBlockOptions& options)
    : options_(options) {
  const std::int64_t in = options.channels;
  const std::int64_t out = options.outChannels > 0 ? options.outChannels : in;
  in_layers = torch::nn::Sequential(groupNorm(in), torch::nn::SiLU(), conv3d(in, out, 3));
  register_module("in_layers", in_layers);
  if (options.embedChannels > 0) {
    emb_layers = torch::nn::Sequential(
        torch::nn::SiLU(),
        linear(options.embedChannels, options.useScaleShiftNorm ? 2 * out : out));
    register_module("emb_layers", emb_layers);
  }
  out_layers = torch::nn::Sequential(groupNorm(out), torch::nn::SiLU(),
                                     torch::nn::Dropout(options.dropout), conv3d(out, out, 3));
  register_module("out_layers", out_layers);
  if (in != out)
    skip_connection = register_module("skip_connection", conv3d(in, out, options.useConv ? 3 : 1));
}

Tensor TimeEmbedResBlockImpl::withEmbedding(const Tensor& h, const Tensor& emb) {
  if (!emb.defined() || emb_layers.is_empty()) return out_layers->forward(h);
  const Tensor e = emb_layers->forward(emb).to(h.dtype()).view(
      {h.size(0), -1, 1, 1, 1});  // (B, C or 2C, 1, 1, 1)
  if (!options_.useScaleShiftNorm) return out_layers->forward(h + e);
  const auto parts = e.chunk(2, 1);
  Tensor y = out_layers[0]->as<torch::nn::GroupNormImpl>()->forward(h);
  y = torch::silu(y * (1.0 + parts[0]) + parts[1]);
  y = dropped(y, options_.dropout, is_training());
  return out_layers[3]->as<torch::nn::Conv3dImpl>()->forward(y);
}

const TimeEmbedResBlockImpl::FusedWeights& TimeEmbedResBlockImpl::fusedWeights() {
  const auto convolution = [](torch::nn::Sequential& layers, std::size_t i) {
    return torch::nn::Conv3d(layers->ptr<torch::nn::Conv3dImpl>(i));
  };
  const auto norm = [](torch::nn::Sequential& layers) {
    return fusedNorm(torch::nn::GroupNorm(layers->ptr<torch::nn::GroupNormImpl>(0)), "silu");
  };
  return fusedWeights_.get(convolution(in_layers, 2)->weight, [&] {
    return FusedWeights{
        norm(in_layers), norm(out_layers), fusedConvolution(convolution(in_layers, 2)),
        fusedConvolution(convolution(out_layers, 3)),
        skip_connection.is_empty() ? FusedConvolution() : fusedConvolution(skip_connection)};
  });
}

TimeEmbedResBlockImpl::Timed TimeEmbedResBlockImpl::timed(const Tensor& emb) {
  const Tensor bias = fusedWeights().first.bias.unsqueeze(0);  // (1,C)
  if (!emb.defined() || emb_layers.is_empty()) return {bias, {}, {}};
  const Tensor e = emb_layers->forward(emb).to(torch::kFloat32);  // (B, C or 2C)
  if (!options_.useScaleShiftNorm) return {e + bias, {}, {}};
  const auto parts = e.chunk(2, 1);
  return {bias, parts[0], parts[1]};
}

void TimeEmbedResBlockImpl::fused(ResidualStream& stream, const Timed& timed) {
  const FusedWeights& w = fusedWeights();
  const Tensor h = convolved(settleAndGroupNorm(stream, w.firstNorm), w.first);
  GroupNormStep second = w.secondNorm;
  second.shift = timed.shift;
  second.scale = timed.scale;
  second.offset = timed.offset;
  const Tensor update = convolved(groupNormed(h, second), w.second);
  if (!skip_connection.is_empty())
    stream.x = convolvedWithBias(asFactor(stream.x), w.skip).to(torch::kFloat32);
  stream.update = update;
  stream.updateBias = w.second.bias;
}

Tensor TimeEmbedResBlockImpl::forward(const Tensor& field, const Tensor& emb) {
  if (!is_training() && takesFusedPath(field)) {
    ResidualStream stream{field.to(torch::kFloat32).contiguous(), {}, {}};
    fused(stream, timed(emb));
    return settle(stream);
  }
  const Tensor x = field.permute({0, 4, 1, 2, 3}).contiguous();  // (B,C,T,H,W)
  const Tensor h = withEmbedding(in_layers->forward(x), emb);
  const Tensor skip = skip_connection.is_empty() ? x : skip_connection->forward(x);
  return (skip + h).permute({0, 2, 3, 4, 1});
}

}  // namespace stormloom
