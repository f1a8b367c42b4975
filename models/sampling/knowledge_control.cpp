#include "models/sampling/knowledge_control.h"

#include <algorithm>

namespace stormloom {
using torch::Tensor;
namespace {

constexpr double kOwnMeanLimit = 0.9;  // sigma; below 1, so that the target rises with n everywhere
constexpr std::int64_t kFramesAtOnce = 12, kFramesAtOnceOnGpu = 18;
constexpr double kFurthestCommand = 6.0;  // sigma, as in training

/// What a Gauss-Newton step takes off the latents.
Tensor stepOf(const Tensor& gradient, const Tensor& miss, double longestStep) {
  const Tensor squared = gradient.square().sum({1, 2, 3}).clamp_min(1e-12);
  const Tensor change = (miss / squared).view({-1, 1, 1, 1}) * gradient;
  const Tensor rms = change.square().mean({1, 2, 3}, /*keepdim=*/true).sqrt().clamp_min(1e-12);
  return change * (longestStep / rms).clamp_max(1.0);
}

/// Which of some frames get steps of their own. On a GPU all of them, those that are near enough
/// staying where they are: what is recorded there is recorded for each number of frames.
Tensor pulledFurther(const Tensor& miss, double farOff) {
  const Tensor far = (miss.abs() > farOff).nonzero().flatten();
  if (miss.is_cpu() || far.numel() == 0) return far;
  return torch::arange(miss.size(0), far.options());
}

/// Some frames together; those that are still far off get steps of their own.
PulledFrames pulled(Tensor z, const Tensor& target, const Tensor& seen, const FrameDecoder& decoder,
                    const GaussNewtonOptions& options) {
  for (int k = 0; k < options.iterations; ++k) {
    const auto [frames, gradient] = decoder.withGradient(z, seen);
    const Tensor miss = frameMeans(frames, seen) - target;
    const Tensor needed = miss.abs() > options.closeEnough;
    if (!needed.any().item<bool>()) return {z, frames};
    const Tensor change = stepOf(gradient, miss, options.longestStep);
    z = z - torch::where(needed.view({-1, 1, 1, 1}), change, torch::zeros_like(change));
  }
  const Tensor frames = decoder.frames(z);
  if (options.moreIterations == 0) return {z, frames};
  const Tensor far = pulledFurther(frameMeans(frames, seen) - target, options.farOff);
  if (far.numel() == 0) return {z, frames};
  GaussNewtonOptions more = options;
  more.iterations = options.moreIterations;
  more.closeEnough = options.farOff;
  more.moreIterations = 0;
  const PulledFrames again =
      pulled(z.index_select(0, far), target.index_select(0, far), seen,
             decoder.of(far), more);
  return {z.index_copy(0, far, again.latents), frames.index_copy(0, far, again.frames)};
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

Tensor scaledToMean(const Tensor& frames, const Tensor& target, const Tensor& counted,
                    const Tensor& where) {
  constexpr int kRounds = 4;  // what is cut off at 1 is made up for by the rest
  constexpr double kMostGrowth = 4.0, kNothing = 1e-6;
  Tensor factor = torch::ones_like(target);
  const auto scaled = [&] {
    return torch::where(where > 0, (frames * factor.view({-1, 1, 1})).clamp(0.0, 1.0), frames);
  };
  for (int round = 0; round < kRounds; ++round) {
    const Tensor mean = frameMeans(scaled(), counted);
    factor = (factor * target / mean.clamp_min(kNothing)).clamp(0.0, kMostGrowth);
  }
  return scaled();
}

FramesAndGradient recordedGradient(const DecodeFrames& decode, const Tensor& latents,
                                   const Tensor& seen) {
  const torch::AutoGradMode withGradients(true);
  const Tensor held = latents.detach().requires_grad_(true);
  const Tensor frames = decode(held);
  return {frames.detach(), torch::autograd::grad({frameMeans(frames, seen).sum()}, {held})[0]};
}

PulledFrames pulledToMean(const Tensor& latents, const Tensor& target, const Tensor& seen,
                          const FrameDecoder& decoder, const GaussNewtonOptions& options) {
  const torch::NoGradGuard noGradient;
  std::vector<Tensor> moved, frames;
  const std::int64_t atOnce = latents.is_cuda() ? kFramesAtOnceOnGpu : kFramesAtOnce;
  for (std::int64_t first = 0; first < latents.size(0); first += atOnce) {
    const Tensor rows = torch::arange(first, std::min(first + atOnce, latents.size(0)),
                                      torch::dtype(torch::kInt64).device(latents.device()));
    const PulledFrames part = pulled(latents.slice(0, first, first + atOnce),
                                     target.slice(0, first, first + atOnce), seen,
                                     decoder.of(rows), options);
    moved.push_back(part.latents);
    frames.push_back(part.frames);
  }
  return {torch::cat(moved), torch::cat(frames)};
}

}  // namespace stormloom
