#include "models/sampling/knowledge_control.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr double kOwnMeanLimit = 0.9;  // sigma; below 1, so that the target rises with n everywhere
constexpr std::int64_t kFramesAtOnce = 12;
constexpr double kFurthestCommand = 6.0;  // sigma, as in training

/// Where frames stand on the way to their means.
struct Pulled {
  Tensor latents;  ///< (N,h,w,L)
  Tensor change;   ///< what was taken away from them last
  Tensor before;   ///< (N) means before that
};

Tensor notLonger(const Tensor& change, double longest) {
  const Tensor rms = change.square().mean({1, 2, 3}, /*keepdim=*/true).sqrt().clamp_min(1e-12);
  return change * (longest / rms).clamp_max(1.0);
}

Tensor where(const Tensor& each, const Tensor& change) {
  return torch::where(each.view({-1, 1, 1, 1}), change, torch::zeros_like(change));
}

/// One Gauss-Newton step of some frames.
Pulled stepped(const Tensor& latents, const Tensor& target, const Tensor& seen,
               const DecodeFrames& decode, const GaussNewtonOptions& options) {
  const torch::AutoGradMode withGradients(true);
  const Tensor z = latents.detach().requires_grad_(true);
  const Tensor mean = frameMeans(decode(z), seen);
  const Tensor gradient = torch::autograd::grad({mean.sum()}, {z})[0];
  const torch::NoGradGuard noGradient;
  const Tensor miss = mean.detach() - target;
  const Tensor squared = gradient.square().sum({1, 2, 3}).clamp_min(1e-12);
  const Tensor change =
      where(miss.abs() > options.closeEnough,
            notLonger((miss / squared).view({-1, 1, 1, 1}) * gradient, options.longestStep));
  return {latents - change, change, mean.detach()};
}

/// Further along the same change by as much as it fell short or went too far (a secant): no second
/// gradient, which costs twice a decoding.
void correct(Pulled& at, const Tensor& target, const Tensor& seen, const DecodeFrames& decode,
             const GaussNewtonOptions& options) {
  const Tensor mean = frameMeans(decode(at.latents), seen);
  const Tensor miss = mean - target, done = at.before - mean;
  const Tensor share =
      torch::where(done.abs() > 0.1 * options.closeEnough, miss / done, torch::zeros_like(miss))
          .clamp(-1.0, 2.0);
  at.change = where(miss.abs() > options.closeEnough,
                    notLonger(share.view({-1, 1, 1, 1}) * at.change, options.longestStep));
  at.latents = at.latents - at.change;
  at.before = mean;
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
    const Tensor wanted = target.slice(0, first, first + kFramesAtOnce);
    Pulled at =
        stepped(latents.slice(0, first, first + kFramesAtOnce), wanted, seen, decode, options);
    for (int k = 0; k < options.corrections; ++k) correct(at, wanted, seen, decode, options);
    parts.push_back(at.latents);
  }
  return torch::cat(parts);
}

}  // namespace stormloom
