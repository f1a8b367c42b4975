#include "models/official_training/vae_gan_loss.h"

#include <algorithm>

namespace stormloom {
using torch::Tensor;
namespace {

torch::nn::Conv2d patchConv(std::int64_t in, std::int64_t out, std::int64_t stride, bool bias) {
  return torch::nn::Conv2d(
      torch::nn::Conv2dOptions(in, out, 4).stride(stride).padding(1).bias(bias));
}

torch::nn::LeakyReLU leaky() {
  return torch::nn::LeakyReLU(torch::nn::LeakyReLUOptions().negative_slope(0.2));
}

double factorAt(std::int64_t globalStep, const VaeGanOptions& options) {
  return globalStep < options.discriminatorStart ? 0.0 : options.discriminatorFactor;
}

Tensor gradientNorm(const Tensor& value, const Tensor& weight) {
  return torch::autograd::grad({value}, {weight}, {}, /*retain_graph=*/true).front().norm();
}

}  // namespace

NLayerDiscriminatorImpl::NLayerDiscriminatorImpl(const DiscriminatorOptions& options) {
  main->push_back(patchConv(options.inChannels, options.width, 2, true));
  main->push_back(leaky());
  std::int64_t in = options.width;
  for (std::int64_t i = 1; i <= options.layers; ++i) {
    const std::int64_t out = options.width * std::min<std::int64_t>(std::int64_t(1) << i, 8);
    main->push_back(patchConv(in, out, i < options.layers ? 2 : 1, false));
    main->push_back(torch::nn::BatchNorm2d(out));
    main->push_back(leaky());
    in = out;
  }
  main->push_back(patchConv(in, 1, 1, true));
  register_module("main", main);
}

Tensor NLayerDiscriminatorImpl::forward(const Tensor& frames) { return main->forward(frames); }

GeneratorLoss generatorLoss(AutoencoderKL vae, NLayerDiscriminator discriminator,
                            const Tensor& frames, const Tensor& noise, std::int64_t globalStep,
                            const VaeGanOptions& options) {
  const DiagonalGaussian posterior = vae->encode(frames);
  const Tensor decoded = vae->decode(posterior.sample(noise));
  const Tensor error = (frames - decoded).abs();
  GeneratorLoss loss;
  loss.reconstruction = error.mean();
  loss.nll = error.sum() / double(frames.size(0));
  loss.kl = posterior.kl().mean();
  loss.adversarial = -discriminator->forward(decoded).mean();
  loss.factor = factorAt(globalStep, options);
  const Tensor last = vae->named_parameters()["decoder.conv_out.weight"];
  const Tensor balance =
      gradientNorm(loss.nll, last) / (gradientNorm(loss.adversarial, last) + 1e-4);
  loss.adversarialWeight = options.discriminatorWeight * balance.clamp(0.0, 1e4).detach();
  loss.loss = loss.nll + options.klWeight * loss.kl +
              loss.adversarialWeight * loss.factor * loss.adversarial;
  return loss;
}

DiscriminatorLoss discriminatorLoss(NLayerDiscriminator discriminator, const Tensor& frames,
                                    const Tensor& decoded, std::int64_t globalStep,
                                    const VaeGanOptions& options) {
  const Tensor real = discriminator->forward(frames);
  const Tensor fake = discriminator->forward(decoded.detach());
  const Tensor hinge = 0.5 * (torch::relu(1.0 - real).mean() + torch::relu(1.0 + fake).mean());
  return {factorAt(globalStep, options) * hinge, real.mean().detach(), fake.mean().detach()};
}

}  // namespace stormloom
