#include "models/sampling/knowledge_control.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr double kOwnMeanLimit = 0.9;  // sigma; below 1, so that the target rises with n everywhere
constexpr std::int64_t kFramesAtOnce = 12;
constexpr double kFurthestCommand = 6.0;  // sigma, as in training

/// One Gauss-Newton step of some frames; the new latents.
Tensor stepped(const Tensor& latents, const Tensor& target, const Tensor& seen,
               const DecodeFrames& decode, const GaussNewtonOptions& options) {
  const torch::AutoGradMode withGradients(true);
  const Tensor z = latents.detach().requires_grad_(true);
  const Tensor mean = frameMeans(decode(z), seen);
  const Tensor gradient = torch::autograd::grad({mean.sum()}, {z})[0];
  const torch::NoGradGuard noGradient;
  const Tensor miss = mean.detach() - target;
  const Tensor squared = gradient.square().sum({1, 2, 3}).clamp_min(1e-12);
  Tensor change = (miss / squared).view({-1, 1, 1, 1}) * gradient;
  const Tensor rms = change.square().mean({1, 2, 3}, /*keepdim=*/true).sqrt().clamp_min(1e-12);
  change = change * (options.longestStep / rms).clamp_max(1.0);
  const Tensor needed = (miss.abs() > options.closeEnough).view({-1, 1, 1, 1});
  return latents - torch::where(needed, change, torch::zeros_like(change));
}

}  // namespace

Tensor IntensityCommand::commanded() const { return (mu + nSigma * sigma).clamp(0.0, 1.0); }

Tensor IntensityCommand::target(const Tensor& free) const {
  const Tensor own =
      torch::minimum(torch::maximum(free - mu, -kOwnMeanLimit * sigma), kOwnMeanLimit * sigma);
  const Tensor freedom = (1.0 - nSigma.abs()).clamp_min(0.0);
  return (mu + nSigma * sigma + freedom * own).clamp(0.0, 1.0);
}

Tensor commandFeatures(const Tensor& mean, const Tensor& mu, const Tensor& sigma) {
  const Tensor n = ((mean - mu) / sigma).clamp(-kFurthestCommand, kFurthestCommand);
  return torch::stack({n / 2.0, 20.0 * mean, torch::ones_like(mean)}, 1);
}

Tensor frameMeans(const Tensor& frames, const Tensor& seen) {
  return (frames * seen).mean({-2, -1});
}

Tensor pulledToMean(const Tensor& latents, const Tensor& target, const Tensor& seen,
                    const DecodeFrames& decode, const GaussNewtonOptions& options) {
  std::vector<Tensor> parts;
  for (std::int64_t first = 0; first < latents.size(0); first += kFramesAtOnce) {
    Tensor z = latents.slice(0, first, first + kFramesAtOnce);
    const Tensor wanted = target.slice(0, first, first + kFramesAtOnce);
    for (int k = 0; k < options.iterations; ++k) z = stepped(z, wanted, seen, decode, options);
    parts.push_back(z);
  }
  return torch::cat(parts);
}

}  // namespace stormloom
