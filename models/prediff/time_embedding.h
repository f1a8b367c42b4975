#pragma once

#include <torch/torch.h>

#include "models/kernels/prepared_weights.h"

namespace stormloom {

/// Sines and cosines of a diffusion time: t (B), whole or fractional -> (B,dim), float32 (spec 7).
torch::Tensor timestepEmbedding(const torch::Tensor& t, std::int64_t dim);

/// Two linear layers over the embedding of the time (spec 7): (B,baseChannels) ->
/// (B,embedChannels).
class TimeEmbedLayerImpl : public torch::nn::Module {
public:
  TimeEmbedLayerImpl(std::int64_t baseChannels, std::int64_t embedChannels);
  torch::Tensor forward(const torch::Tensor& x);

private:
  torch::nn::Sequential layer;
};
TORCH_MODULE(TimeEmbedLayer);

struct TimeEmbedResBlockOptions {
  std::int64_t channels = 0;
  std::int64_t outChannels = 0;    ///< channels when 0
  std::int64_t embedChannels = 0;  ///< 0: a block that knows no time
  bool useScaleShiftNorm = false;
  bool useConv = false;  ///< the skip is a 3x3x3 convolution instead of 1x1x1
  double dropout = 0.0;
};

/// Residual block of two 3-D convolutions that a time is added to, or scales and shifts (spec 7).
class TimeEmbedResBlockImpl : public torch::nn::Module {
public:
  explicit TimeEmbedResBlockImpl(const TimeEmbedResBlockOptions& options);
  /// x (B,T,H,W,C), emb (B,embedChannels) or undefined -> (B,T,H,W,outChannels).
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& emb = {});

  /// What an embedding does to the block, computed once for all the calls that share it. Undefined:
  /// nothing.
  struct Timed {
    torch::Tensor shift;          ///< (B,C), the first convolution's bias included
    torch::Tensor scale, offset;  ///< (B,C) or undefined
  };
  Timed timed(const torch::Tensor& emb);
  /// The fused path: the sum of skip and convolutions is left pending in the stream.
  void fused(ResidualStream& stream, const Timed& timed);

private:
  struct FusedWeights {
    GroupNormStep firstNorm, secondNorm;
    FusedConvolution first, second, skip;
  };

  const FusedWeights& fusedWeights();
  torch::Tensor withEmbedding(const torch::Tensor& h, const torch::Tensor& emb);

  TimeEmbedResBlockOptions options_;
  Prepared<FusedWeights> fusedWeights_;
  torch::nn::Sequential in_layers, emb_layers{nullptr}, out_layers;
  torch::nn::Conv3d skip_connection{nullptr};
};
TORCH_MODULE(TimeEmbedResBlock);

}  // namespace stormloom
