#include "models/engine/sharpening.h"

#include <algorithm>
#include <cmath>

namespace stormloom {
using torch::Tensor;
namespace F = torch::nn::functional;
namespace {

constexpr double kReach = 3.0;  // deviations

/// Smoothed along rows and columns, edges repeated.
Tensor smoothed(const Tensor& frames, double cells) {
  const std::int64_t reach = std::min<std::int64_t>(
      std::int64_t(std::ceil(kReach * cells)), std::min(frames.size(-1), frames.size(-2)) - 1);
  const Tensor place = torch::arange(-reach, reach + 1, frames.options());
  Tensor weights = (-0.5 * (place / cells).square()).exp();
  weights = weights / weights.sum();
  const Tensor padded =
      F::pad(frames.unsqueeze(1),
             F::PadFuncOptions({reach, reach, reach, reach}).mode(torch::kReplicate));
  const Tensor across = F::conv2d(padded, weights.view({1, 1, 1, -1}));
  return F::conv2d(across, weights.view({1, 1, -1, 1})).squeeze(1);
}

}  // namespace

Tensor Sharpening::operator()(const Tensor& frames) const {
  if (strength == 0.0) return frames;
  return frames + strength * (frames - smoothed(frames, cells));
}

}  // namespace stormloom
