#pragma once

#include <torch/torch.h>

#include <vector>

#include "core/json.h"
#include "models/prediff/vae_blocks.h"

namespace stormloom {

/// The frame-wise VAE (spec 6). Defaults are the official SEVIR-LR configuration.
struct AutoencoderKLOptions {
  std::int64_t inChannels = 1;
  std::int64_t outChannels = 1;
  std::vector<std::int64_t> blockOutChannels = {128, 256, 512, 512};
  std::int64_t layersPerBlock = 2;
  std::int64_t latentChannels = 64;
  std::int64_t normNumGroups = 32;
};
/// From a configuration with the official keys. Throws ModelError.
AutoencoderKLOptions autoencoderKLOptionsFromJson(const Json& config);

/// What the encoder says of a frame: a Gaussian for every latent number.
struct DiagonalGaussian {
  torch::Tensor mean;    ///< (N,L,h,w)
  torch::Tensor logvar;  ///< (N,L,h,w), clamped to [-30, 20]

  torch::Tensor sample(const torch::Tensor& noise) const {
    return mean + (0.5 * logvar).exp() * noise;
  }
  /// Divergence from the standard normal, summed over each sample: (N).
  torch::Tensor kl() const;
};
DiagonalGaussian gaussianFromMoments(const torch::Tensor& moments);

/// The fused path of one half of the VAE, through which gradients of the input pass: a convolution,
/// what lies between, norm and convolution. A class because both halves keep prepared weights of their ends.
class FusedEnds {
public:
  template <class Middle>
  torch::Tensor through(const torch::Tensor& frames, const torch::nn::Conv2d& first,
                        const torch::nn::GroupNorm& norm, const torch::nn::Conv2d& last,
                        Middle middle);

private:
  struct Weights {
    FusedConvolution first, last;
    GroupNormStep norm;
  };
  Prepared<Weights> weights_;
};

/// `encoder` of AutoencoderKL: (N,C,H,W) -> (N,2L,h,w).
class VaeEncoderImpl : public torch::nn::Module {
public:
  explicit VaeEncoderImpl(const AutoencoderKLOptions& options);
  torch::Tensor forward(const torch::Tensor& x);

private:
  torch::nn::Conv2d conv_in{nullptr}, conv_out{nullptr};
  torch::nn::ModuleList down_blocks;
  VaeMidBlock mid_block{nullptr};
  torch::nn::GroupNorm conv_norm_out{nullptr};
  FusedEnds fusedEnds_;
};
TORCH_MODULE(VaeEncoder);

/// `decoder` of AutoencoderKL: (N,L,h,w) -> (N,C,H,W).
class VaeDecoderImpl : public torch::nn::Module {
public:
  explicit VaeDecoderImpl(const AutoencoderKLOptions& options);
  torch::Tensor forward(const torch::Tensor& z);

private:
  torch::nn::Conv2d conv_in{nullptr}, conv_out{nullptr};
  torch::nn::ModuleList up_blocks;
  VaeMidBlock mid_block{nullptr};
  torch::nn::GroupNorm conv_norm_out{nullptr};
  FusedEnds fusedEnds_;
};
TORCH_MODULE(VaeDecoder);

/// Frames to latents and back, one frame at a time (spec 6).
class AutoencoderKLImpl : public torch::nn::Module {
public:
  explicit AutoencoderKLImpl(const AutoencoderKLOptions& options);

  torch::Tensor moments(const torch::Tensor& x);  ///< (N,C,H,W) -> (N,2L,h,w)
  DiagonalGaussian encode(const torch::Tensor& x) { return gaussianFromMoments(moments(x)); }
  torch::Tensor decode(
      const torch::Tensor& z);  ///< (N,L,h,w) -> (N,C,H,W), neither clipped nor activated
  /// Fields of frames: (B,T,H,W,C) -> posterior mean (B,T,h,w,L), and (B,T,h,w,L) -> (B,T,H,W,C).
  torch::Tensor encodeField(const torch::Tensor& field);
  torch::Tensor decodeField(const torch::Tensor& latents);

  const AutoencoderKLOptions& options() const { return options_; }

private:
  AutoencoderKLOptions options_;
  VaeEncoder encoder{nullptr};
  VaeDecoder decoder{nullptr};
  torch::nn::Conv2d quant_conv{nullptr}, post_quant_conv{nullptr};
};
TORCH_MODULE(AutoencoderKL);

}  // namespace stormloom
