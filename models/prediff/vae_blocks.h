#pragma once

#include <torch/torch.h>

#include "models/kernels/upsampled_convolution.h"

namespace stormloom {

/// The pieces of the frame-wise VAE, on frames (N,C,H,W) (spec 6). Names are those of the official
/// checkpoints.

/// Two convolutions with group norms and a skip.
class VaeResnetBlockImpl : public torch::nn::Module {
public:
  VaeResnetBlockImpl(std::int64_t in, std::int64_t out, std::int64_t groups);
  torch::Tensor forward(const torch::Tensor& x);
  /// The fused path, on a stream of tokens (N,H,W,C) in productType(): the sum is left pending.
  void fused(ResidualStream& stream);

private:
  struct FusedWeights {
    GroupNormStep norm1, norm2;
    FusedConvolution conv1, conv2, shortcut;
    torch::Tensor updateBias;  // of conv2 and shortcut
  };

  Prepared<FusedWeights> fusedWeights_;
  torch::nn::GroupNorm norm1{nullptr}, norm2{nullptr};
  torch::nn::Conv2d conv1{nullptr}, conv2{nullptr}, conv_shortcut{nullptr};
};
TORCH_MODULE(VaeResnetBlock);

/// Attention of one head between all pixels of a frame, with a skip.
class VaeAttentionBlockImpl : public torch::nn::Module {
public:
  VaeAttentionBlockImpl(std::int64_t channels, std::int64_t groups);
  torch::Tensor forward(const torch::Tensor& x);
  void fused(ResidualStream& stream);

private:
  struct FusedWeights {
    GroupNormStep norm;
    FusedLinear queryKeyValue, proj;
  };

  Prepared<FusedWeights> fusedWeights_;
  torch::nn::GroupNorm group_norm{nullptr};
  torch::nn::Linear query{nullptr}, key{nullptr}, value{nullptr}, proj_attn{nullptr};
};
TORCH_MODULE(VaeAttentionBlock);

/// Halves H and W: one zero to the right and below, then a convolution of stride 2.
class VaeDownsampleImpl : public torch::nn::Module {
public:
  explicit VaeDownsampleImpl(std::int64_t channels);
  torch::Tensor forward(const torch::Tensor& x);
  void fused(ResidualStream& stream);

private:
  Prepared<FusedConvolution> fusedConvolution_;
  torch::nn::Conv2d conv{nullptr};
};
TORCH_MODULE(VaeDownsample);

/// Doubles H and W by nearest neighbours and a convolution.
class VaeUpsampleImpl : public torch::nn::Module {
public:
  explicit VaeUpsampleImpl(std::int64_t channels);
  torch::Tensor forward(const torch::Tensor& x);
  void fused(ResidualStream& stream);

private:
  Prepared<UpsampledConvolution> fusedConvolution_;
  torch::nn::Conv2d conv{nullptr};
};
TORCH_MODULE(VaeUpsample);

/// Residual, attention, residual.
class VaeMidBlockImpl : public torch::nn::Module {
public:
  VaeMidBlockImpl(std::int64_t channels, std::int64_t groups);
  torch::Tensor forward(const torch::Tensor& x);
  void fused(ResidualStream& stream);

private:
  torch::nn::ModuleList attentions, resnets;
};
TORCH_MODULE(VaeMidBlock);

/// The resnets of one resolution; then `downsamplers.0` or `upsamplers.0`, where there is one.
class VaeStageImpl : public torch::nn::Module {
public:
  enum class Change { None, Down, Up };
  VaeStageImpl(std::int64_t in, std::int64_t out, std::int64_t layers, std::int64_t groups,
               Change change);
  torch::Tensor forward(const torch::Tensor& x);
  void fused(ResidualStream& stream);

private:
  torch::nn::ModuleList resnets;
  VaeDownsample down_{nullptr};
  VaeUpsample up_{nullptr};
};
TORCH_MODULE(VaeStage);

/// Frames (N,C,H,W) as a stream of tokens in productType(), and a stream's value as frames in
/// float32.
ResidualStream streamFromFrames(const torch::Tensor& frames);
torch::Tensor framesFromStream(ResidualStream& stream);

torch::nn::GroupNorm vaeGroupNorm(std::int64_t channels, std::int64_t groups);
torch::nn::Conv2d vaeConv(std::int64_t in, std::int64_t out, std::int64_t kernel = 3);

}  // namespace stormloom
