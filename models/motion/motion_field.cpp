#include "models/motion/motion_field.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace stormloom {
namespace {

using torch::Tensor;
using torch::indexing::Slice;
namespace F = torch::nn::functional;
constexpr double kAdamFirst = 0.9, kAdamSecond = 0.99;

/// Pixel positions (1, 2, H, W): column, row.
Tensor pixelPlaces(std::int64_t height, std::int64_t width, const Tensor& like) {
  const Tensor column = torch::arange(width, like.options()).view({1, 1, 1, width});
  const Tensor row = torch::arange(height, like.options()).view({1, 1, height, 1});
  return torch::cat({column.expand({1, 1, height, width}), row.expand({1, 1, height, width})}, 1);
}

/// Values of (B, C, H, W) at places (B, 2, h, w) in pixels.
Tensor readAt(const Tensor& fields, const Tensor& places, bool zeroOutside) {
  const double width = double(fields.size(-1)), height = double(fields.size(-2));
  const Tensor grid = torch::stack(
      {(2 * places.select(1, 0) + 1) / width - 1, (2 * places.select(1, 1) + 1) / height - 1}, -1);
  auto options = F::GridSampleFuncOptions().mode(torch::kBilinear).align_corners(false);
  if (zeroOutside) {
    options.padding_mode(torch::kZeros);
  } else {
    options.padding_mode(torch::kBorder);
  }
  return F::grid_sample(fields, grid, options);
}

Tensor shrunk(const Tensor& frames, std::int64_t factor) {
  return F::avg_pool2d(frames, F::AvgPool2dFuncOptions(factor));
}

/// The one shift that fits all pairs best, where the cross-correlation has its peak: (B, 2) pixels.
Tensor commonDrift(const Tensor& frames, std::int64_t largestShift) {
  constexpr std::int64_t factor = 2;
  const Tensor half = shrunk(frames, factor);
  const std::int64_t height = half.size(-2), width = half.size(-1);
  const Tensor anomaly = half - half.mean({-2, -1}, true);
  // Zeros beside the picture keep shifts from wrapping round.
  const Tensor spectrum = torch::fft::rfft2(anomaly, {{2 * height, 2 * width}});
  const Tensor earlier = spectrum.slice(1, 0, -1), later = spectrum.slice(1, 1);
  const Tensor match =
      torch::fft::irfft2((earlier.conj() * later).sum(1), {{2 * height, 2 * width}});
  const std::int64_t reach = std::max<std::int64_t>(1, largestShift / factor);
  const std::int64_t side = 2 * reach + 1;
  const Tensor near =
      match.roll({reach, reach}, {-2, -1}).index({Slice(), Slice(0, side), Slice(0, side)});
  // Without rain, or with the same everywhere, no shift fits better than another: then nothing moves.
  const double nothing = 1e-9 * double(height * width);
  const Tensor still = torch::full({near.size(0)}, reach * side + reach, near.options().dtype(torch::kLong));
  const Tensor peak = torch::where(near.amax({1, 2}) > nothing, near.flatten(1).argmax(1), still);
  const Tensor x = (peak.remainder(side) - reach) * factor;
  const Tensor y = (peak.floor_divide(side) - reach) * factor;
  return torch::stack({x, y}, 1).to(frames.scalar_type());
}

/// What makes `side` values along an axis of `count`, bicubically: (side,count). A product, not an
/// interpolation: on a GPU the gradient of that adds up in no fixed order.
Tensor bicubicWeights(std::int64_t side, std::int64_t count, const Tensor& like) {
  const Tensor ones = torch::eye(count, like.options()).view({1, count, count, 1});
  const auto options = F::InterpolateFuncOptions()
                           .size(std::vector<std::int64_t>{side, 1})
                           .mode(torch::kBicubic)
                           .align_corners(false);
  return F::interpolate(ones, options).view({count, side}).t();
}

/// Motion between its vectors (B, 2, n, m) -> (B, 2, H, W), as they are.
class DenseMotion {
public:
  DenseMotion(std::int64_t height, std::int64_t width, const Tensor& vectors)
      : down_(bicubicWeights(height, vectors.size(2), vectors)),
        across_(bicubicWeights(width, vectors.size(3), vectors).t()) {}
  Tensor operator()(const Tensor& vectors) const {
    return torch::matmul(torch::matmul(down_, vectors), across_);
  }

private:
  Tensor down_, across_;
};

/// What is made small: how far each frame is from the one before it, carried on; and roughness.
class MotionCost {
public:
  MotionCost(const Tensor& frames, const Tensor& counted, const Tensor& vectors,
             std::int64_t factor, double smoothness)
      : factor_(factor),
        smoothness_(smoothness),
        small_(shrunk(frames, factor)),
        dense_(small_.size(-2), small_.size(-1), vectors),
        weight_(shrunk(counted, factor)),
        places_(pixelPlaces(small_.size(-2), small_.size(-1), small_)) {
    weight_ = weight_ / weight_.mean({1, 2, 3}, true).clamp_min(1e-3);
  }

  /// Summed over the batch: every sequence is sought for on its own.
  Tensor operator()(const Tensor& vectors) const {
    const Tensor flow = dense_(vectors) / double(factor_);
    const Tensor error = readAt(small_.slice(1, 0, -1), places_ - flow, false) - small_.slice(1, 1);
    const Tensor misfit = (weight_ * (error.square() + 1e-4).sqrt()).mean({1, 2, 3}).sum();
    const Tensor across = (vectors.slice(3, 1) - vectors.slice(3, 0, -1)).square();
    const Tensor down = (vectors.slice(2, 1) - vectors.slice(2, 0, -1)).square();
    return misfit + smoothness_ * (across.mean({1, 2, 3}) + down.mean({1, 2, 3})).sum();
  }

private:
  std::int64_t factor_;
  double smoothness_;
  Tensor small_;  // (B, T, h, w)
  DenseMotion dense_;
  Tensor weight_;  // (B, 1, h, w)
  Tensor places_;
};

/// Adam with a rate that falls geometrically.
Tensor minimised(const MotionCost& cost, Tensor vectors, const MotionOptions& options) {
  Tensor first = torch::zeros_like(vectors), second = torch::zeros_like(vectors);
  for (int i = 0; i < options.iterations; ++i) {
    Tensor gradient;
    {
      const torch::AutoGradMode withGradients(true);
      const Tensor point = vectors.detach().requires_grad_(true);
      gradient = torch::autograd::grad({cost(point)}, {point})[0];
    }
    const double done = double(i) / std::max(1, options.iterations - 1);
    const double rate = options.firstRate * std::pow(options.lastRate / options.firstRate, done);
    first = kAdamFirst * first + (1 - kAdamFirst) * gradient;
    second = kAdamSecond * second + (1 - kAdamSecond) * gradient.square();
    const Tensor size = (second / (1 - std::pow(kAdamSecond, i + 1))).sqrt() + 1e-9;
    vectors = vectors - rate / (1 - std::pow(kAdamFirst, i + 1)) * first / size;
  }
  return vectors;
}

}  // namespace

Tensor estimateMotion(const Tensor& frames, const Tensor& measured, const MotionOptions& options) {
  const torch::NoGradGuard noGradient;
  const Tensor values = frames.to(torch::kFloat32);
  const Tensor counted = measured.defined() ? measured.to(torch::kFloat32).amin(1, true)
                                            : torch::ones_like(values.slice(1, 0, 1));
  const Tensor drift = commonDrift(values * counted, options.largestShift);
  Tensor vectors = drift.view({-1, 2, 1, 1})
                       .expand({values.size(0), 2, options.vectors, options.vectors})
                       .contiguous();
  vectors =
      minimised(MotionCost(values, counted, vectors, 4, options.coarseSmoothness), vectors, options);
  return minimised(MotionCost(values, counted, vectors, 2, options.fineSmoothness), vectors,
                   options);
}

Tensor denseMotion(const Tensor& vectors, std::int64_t height, std::int64_t width) {
  return DenseMotion(height, width, vectors)(vectors);
}

Tensor extrapolate(const Tensor& lastFrame, const Tensor& vectors, std::int64_t leads) {
  return carryEach(lastFrame.unsqueeze(1).expand({-1, leads, -1, -1}), vectors);
}

Tensor carryEach(const Tensor& fields, const Tensor& vectors) {
  const torch::NoGradGuard noGradient;
  const Tensor source = fields.to(torch::kFloat32);
  const std::int64_t height = source.size(-2), width = source.size(-1);
  const Tensor flow = denseMotion(vectors.to(torch::kFloat32), height, width);
  Tensor places = pixelPlaces(height, width, source).expand_as(flow);
  std::vector<Tensor> forecast;
  for (std::int64_t lead = 0; lead < source.size(1); ++lead) {
    // Half a step first: the motion in the middle of the way is that of the whole way.
    const Tensor middle = places - 0.5 * readAt(flow, places, false);
    places = places - readAt(flow, middle, false);
    forecast.push_back(readAt(source.slice(1, lead, lead + 1), places, true));
  }
  return torch::cat(forecast, 1);
}

}  // namespace stormloom
