#include "models/prediff/autoencoder_kl.h"

#include "core/errors.h"
#include "models/cuboid/resampling_layers.h"
#include "models/kernels/fused_scope.h"

namespace stormloom {
using torch::Tensor;

AutoencoderKLOptions autoencoderKLOptionsFromJson(const Json& config) {
  const std::string activation = config.value("act_fn", "silu");
  if (activation != "silu")
    throw ModelError("The activation \"" + activation + "\" of a VAE is not built in; use silu.");
  AutoencoderKLOptions options;
  options.inChannels = config.value("in_channels", options.inChannels);
  options.outChannels = config.value("out_channels", options.outChannels);
  options.blockOutChannels = config.value("block_out_channels", options.blockOutChannels);
  options.layersPerBlock = config.value("layers_per_block", options.layersPerBlock);
  options.latentChannels = config.value("latent_channels", options.latentChannels);
  options.normNumGroups = config.value("norm_num_groups", options.normNumGroups);
  if (options.blockOutChannels.empty())
    throw ModelError("A VAE without blocks cannot be built; list block_out_channels.");
  return options;
}

Tensor DiagonalGaussian::kl() const {
  return 0.5 * (mean.square() + logvar.exp() - 1.0 - logvar).sum({1, 2, 3});
}

DiagonalGaussian gaussianFromMoments(const Tensor& moments) {
  const auto parts = moments.chunk(2, 1);
  return {parts[0], parts[1].clamp(-30.0, 20.0)};
}

VaeEncoderImpl::VaeEncoderImpl(const AutoencoderKLOptions& options) {
  const auto& widths = options.blockOutChannels;
  const std::int64_t groups = options.normNumGroups;
  conv_in = register_module("conv_in", vaeConv(options.inChannels, widths.front()));
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const auto change =
        i + 1 < widths.size() ? VaeStageImpl::Change::Down : VaeStageImpl::Change::None;
    down_blocks->push_back(
        VaeStage(widths[i == 0 ? 0 : i - 1], widths[i], options.layersPerBlock, groups, change));
  }
  register_module("down_blocks", down_blocks);
  mid_block = register_module("mid_block", VaeMidBlock(widths.back(), groups));
  conv_norm_out = register_module("conv_norm_out", vaeGroupNorm(widths.back(), groups));
  conv_out = register_module("conv_out", vaeConv(widths.back(), 2 * options.latentChannels));
}

// The fused path of a whole half: `stages` in the middle of a first and a last convolution.
template <class Middle>
Tensor FusedEnds::through(const Tensor& frames, const torch::nn::Conv2d& first,
                          const torch::nn::GroupNorm& norm, const torch::nn::Conv2d& last,
                          Middle middle) {
  const Weights& w = weights_.get(first->weight, [&] {
    return Weights{fusedConvolution(first), fusedConvolution(last), fusedNorm(norm, "silu")};
  });
  ResidualStream stream = streamFromFrames(frames);
  stream.x = convolvedWithBias(stream.x, w.first);
  middle(stream);
  stream = {convolvedWithBias(settleAndGroupNorm(stream, w.norm), w.last), {}, {}};
  return framesFromStream(stream);
}

Tensor VaeEncoderImpl::forward(const Tensor& x) {
  if (!is_training() && takesFusedPath(x, FusedGradients::OfInput))
    return fusedEnds_.through(x, conv_in, conv_norm_out, conv_out, [this](ResidualStream& stream) {
      for (std::size_t i = 0; i < down_blocks->size(); ++i)
        down_blocks->at<VaeStageImpl>(i).fused(stream);
      mid_block->fused(stream);
    });
  Tensor h = conv_in->forward(x);
  for (std::size_t i = 0; i < down_blocks->size(); ++i)
    h = down_blocks->at<VaeStageImpl>(i).forward(h);
  return conv_out->forward(torch::silu(conv_norm_out->forward(mid_block->forward(h))));
}

VaeDecoderImpl::VaeDecoderImpl(const AutoencoderKLOptions& options) {
  const std::vector<std::int64_t> widths(options.blockOutChannels.rbegin(),
                                         options.blockOutChannels.rend());
  const std::int64_t groups = options.normNumGroups;
  conv_in = register_module("conv_in", vaeConv(options.latentChannels, widths.front()));
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const auto change =
        i + 1 < widths.size() ? VaeStageImpl::Change::Up : VaeStageImpl::Change::None;
    up_blocks->push_back(VaeStage(widths[i == 0 ? 0 : i - 1], widths[i], options.layersPerBlock + 1,
                                  groups, change));
  }
  register_module("up_blocks", up_blocks);
  mid_block = register_module("mid_block", VaeMidBlock(widths.front(), groups));
  conv_norm_out = register_module("conv_norm_out", vaeGroupNorm(widths.back(), groups));
  conv_out = register_module("conv_out", vaeConv(widths.back(), options.outChannels));
}

Tensor VaeDecoderImpl::forward(const Tensor& z) {
  if (!is_training() && takesFusedPath(z, FusedGradients::OfInput))
    return fusedEnds_.through(z, conv_in, conv_norm_out, conv_out, [this](ResidualStream& stream) {
      mid_block->fused(stream);
      for (std::size_t i = 0; i < up_blocks->size(); ++i)
        up_blocks->at<VaeStageImpl>(i).fused(stream);
    });
  Tensor h = mid_block->forward(conv_in->forward(z));
  for (std::size_t i = 0; i < up_blocks->size(); ++i) h = up_blocks->at<VaeStageImpl>(i).forward(h);
  return conv_out->forward(torch::silu(conv_norm_out->forward(h)));
}

AutoencoderKLImpl::AutoencoderKLImpl(const AutoencoderKLOptions& options)
    : options_(options),
      encoder(register_module("encoder", VaeEncoder(options))),
      decoder(register_module("decoder", VaeDecoder(options))) {
  const std::int64_t latent = options.latentChannels;
  quant_conv = register_module("quant_conv", vaeConv(2 * latent, 2 * latent, 1));
  post_quant_conv = register_module("post_quant_conv", vaeConv(latent, latent, 1));
}

Tensor AutoencoderKLImpl::moments(const Tensor& x) {
  return quant_conv->forward(encoder->forward(x));
}

Tensor AutoencoderKLImpl::decode(const Tensor& z) {
  return decoder->forward(post_quant_conv->forward(z));
}

Tensor AutoencoderKLImpl::encodeField(const Tensor& field) {
  return fieldFromFrames(encode(framesFromField(field)).mean, field.size(0));
}

Tensor AutoencoderKLImpl::decodeField(const Tensor& latents) {
  return fieldFromFrames(decode(framesFromField(latents)), latents.size(0));
}

}  // namespace stormloom
