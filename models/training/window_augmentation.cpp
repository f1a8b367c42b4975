#include "models/training/window_augmentation.h"

#include <cmath>

namespace stormloom {
using torch::Tensor;
namespace F = torch::nn::functional;
namespace {

constexpr double kWholeCell = 0.999;   // a cell counts that was measured all over
constexpr double kMiddleValue = 0.4;   // bending intensities leaves it as it is
constexpr double kSlowestDrift = 3.0;  // deviations, at most

Tensor chosen(const Tensor& like, double share) {
  return torch::rand({like.size(0), 1, 1, 1}, like.options()) < share;
}

/// (B,2,2): from places of the new picture to those of the old one, both from -1 to 1.
Tensor linearParts(std::int64_t batch, const WindowAugmentationOptions& options,
                   const Tensor& like) {
  const auto uniform = [&] { return torch::rand({batch}, like.options()); };
  const auto normal = [&] { return torch::randn({batch}, like.options()); };
  const double low = -std::log(options.nearest), high = std::log(options.farthest);
  const Tensor zoom = (low + (high - low) * uniform()).exp();
  const Tensor stretch = (0.5 * options.stretch * normal()).exp();
  const Tensor turn = options.turn * (2.0 * uniform() - 1.0);
  const Tensor along = zoom * stretch, across = zoom / stretch;
  return torch::stack({along * turn.cos(), -along * turn.sin(), across * turn.sin(),
                       across * turn.cos()},
                      1)
      .view({batch, 2, 2});
}

/// (B T,2,3) for affine_grid: every frame of a window with the same linear part, drifting.
Tensor placements(const Tensor& values, const WindowAugmentationOptions& options) {
  const std::int64_t batch = values.size(0), frames = values.size(1);
  const Tensor linear = linearParts(batch, options, values);
  const Tensor drift = options.drift * torch::randn({batch, 1, 2}, values.options())
                                           .clamp(-kSlowestDrift, kSlowestDrift);
  const Tensor time = torch::arange(frames, values.options()) - double(frames / 2);
  const Tensor away = drift * time.view({1, frames, 1}) * (2.0 / double(values.size(-1)));
  return torch::cat({linear.unsqueeze(1).expand({batch, frames, 2, 2}), away.unsqueeze(-1)}, 3)
      .flatten(0, 1);
}

/// Read from farther away, single cells would be skipped: they are spread first.
Tensor spreadForDistance(const Tensor& values, const Tensor& placement) {
  const Tensor zoom = torch::linalg_det(placement.slice(2, 0, 2)).abs().sqrt();
  const Tensor share = ((zoom - 1.0) * 2.0).clamp(0.0, 1.0).view({-1, 1, 1, 1});
  const Tensor spread =
      F::avg_pool2d(values, F::AvgPool2dFuncOptions(3).stride(1).padding(1).count_include_pad(false));
  return values + share * (spread - values);
}

Tensor readThrough(const Tensor& fields, const Tensor& grid) {
  return F::grid_sample(fields, grid,
                        F::GridSampleFuncOptions()
                            .mode(torch::kBilinear)
                            .padding_mode(torch::kZeros)
                            .align_corners(false));
}

}  // namespace

std::pair<Tensor, Tensor> augmentedAtRandom(const Tensor& values, const Tensor& measured,
                                            const WindowAugmentationOptions& options) {
  Tensor now = values, known = measured;
  if (options.warpedShare > 0.0) {
    const Tensor placement = placements(values, options);
    const std::vector<std::int64_t> shape = {values.size(0) * values.size(1), 1, values.size(2),
                                             values.size(3)};
    const Tensor grid = F::affine_grid(placement, shape, /*align_corners=*/false);
    const Tensor flat = spreadForDistance(values.reshape(shape), placement);
    const Tensor which = chosen(values, options.warpedShare);
    const Tensor kept = readThrough(measured.reshape(shape), grid) > kWholeCell;
    known = torch::where(which, kept.view_as(measured).to(measured.scalar_type()), measured);
    now = torch::where(which, readThrough(flat, grid).view_as(values), values) * known;
  }
  if (options.gamma > 0.0) {
    const Tensor exponent =
        (options.gamma * torch::randn({values.size(0), 1, 1, 1}, values.options())).exp();
    now = kMiddleValue * (now / kMiddleValue).pow(exponent);
  }
  if (options.mixedShare > 0.0) {
    const Tensor which = chosen(values, options.mixedShare);
    const Tensor both = known * known.roll(1, 0);
    now = torch::where(which, torch::maximum(now, now.roll(1, 0)) * both, now);
    known = torch::where(which, both, known);
  }
  return {now, known};
}

}  // namespace stormloom
