#include "models/motion/motion_field.h"

#include <array>
#include <cmath>

namespace stormloom {
using torch::Tensor;
namespace F = torch::nn::functional;
namespace {

Tensor pooled(const Tensor& frames, std::int64_t factor) {
  return F::avg_pool2d(frames, F::AvgPool2dFuncOptions(factor));
}

/// (B,2,n,n) -> (B,2,H,W), bicubic.
Tensor spread(const Tensor& vectors, std::int64_t height, std::int64_t width) {
  return torch::upsample_bicubic2d(vectors, {height, width}, /*align_corners=*/false);
}

/// Positions (1,H,W,2) of all pixel centres, in pixels.
Tensor pixelCentres(std::int64_t height, std::int64_t width, const torch::TensorOptions& type) {
  const auto grid =
      torch::meshgrid({torch::arange(height, type), torch::arange(width, type)}, "ij");
  return torch::stack({grid[1], grid[0]}, -1).unsqueeze(0);
}

/// Values (N,C,H,W) at positions (N,H,W,2) in pixels, bilinear.
Tensor sampleAt(const Tensor& values, const Tensor& positions,
                F::GridSampleFuncOptions::padding_mode_t padding) {
  const auto size = torch::tensor({double(values.size(3)), double(values.size(2))},
                                  torch::TensorOptions().dtype(torch::kFloat32))
                        .to(values.options());
  const Tensor unit = (2.0 * positions + 1.0) / size - 1.0;
  return F::grid_sample(values, unit,
                        F::GridSampleFuncOptions().align_corners(false).padding_mode(padding));
}

/// Whole-window displacement (B,2) at the peak of the correlation of frames and their successors.
Tensor correlationPeak(const Tensor& frames, std::int64_t furthest) {
  const Tensor x = frames - frames.mean({2, 3}, /*keepdim=*/true);
  const std::int64_t last = x.size(1) - 1, height = x.size(2), width = x.size(3);
  const std::array<std::int64_t, 2> padded = {2 * height, 2 * width};  // no wrapping around
  const Tensor before = torch::fft::rfft2(x.narrow(1, 0, last), padded);
  const Tensor after = torch::fft::rfft2(x.narrow(1, 1, last), padded);
  Tensor correlation = torch::fft::irfft2((before.conj() * after).sum(1), padded);  // (B,2H,2W)
  correlation = correlation.roll({furthest, furthest}, {1, 2});
  const std::int64_t side = 2 * furthest + 1;
  const Tensor near = correlation.narrow(1, 0, side).narrow(2, 0, side).reshape({x.size(0), -1});
  // Of equal peaks the nearest: a window without rain stands still.
  const Tensor distance = (torch::arange(side, x.options()) - double(furthest)).square();
  const Tensor nearer = (distance.unsqueeze(0) + distance.unsqueeze(1)).reshape({1, -1});
  const Tensor scale = near.amax(1, true).clamp_min(1e-12) * (1e-4 / double(furthest * furthest));
  const Tensor peak = (near - scale * nearer).argmax(1);
  const Tensor dy = peak.div(side, "floor") - furthest, dx = peak.remainder(side) - furthest;
  return torch::stack({dx, dy}, 1).to(frames.dtype());
}

/// Mean misfit of all pairs warped by `vectors`, each window on its own, plus roughness; summed
/// over windows.
Tensor misfit(const Tensor& frames, const Tensor& vectors, double pixelsPerCell, double roughness) {
  const std::int64_t batch = frames.size(0), pairs = frames.size(1) - 1;
  const std::int64_t height = frames.size(2), width = frames.size(3);
  const Tensor motion = spread(vectors, height, width) / pixelsPerCell;
  const Tensor from = pixelCentres(height, width, frames.options()) - motion.permute({0, 2, 3, 1});
  const Tensor moved = sampleAt(frames.narrow(1, 0, pairs), from, torch::kBorder);
  const Tensor error = (moved - frames.narrow(1, 1, pairs)).square() + 1e-4;
  const Tensor across = (vectors.slice(3, 1) - vectors.slice(3, 0, -1)).square().sum();
  const Tensor down = (vectors.slice(2, 1) - vectors.slice(2, 0, -1)).square().sum();
  const double neighbours = 2.0 * double(vectors.size(2)) * double(vectors.size(2) - 1);
  return error.sqrt().mean() * double(batch) + roughness * (across + down) / neighbours;
}

}  // namespace

Tensor motionField(const Tensor& frames, const MotionFieldOptions& options) {
  TORCH_CHECK(frames.dim() == 4 && frames.size(1) >= 2,
              "motion needs frames (B,T,H,W), T >= 2, got ", frames.sizes());
  const torch::AutoGradMode withGradients(true);
  const Tensor x = frames.detach().to(torch::kFloat32);
  const Tensor half = pooled(x, 2), quarter = pooled(x, 4);
  const std::int64_t n = options.vectors;
  Tensor vectors = (2.0 * correlationPeak(half, options.furthestStart / 2))
                       .view({-1, 2, 1, 1})
                       .expand({-1, 2, n, n})
                       .clone()
                       .requires_grad_(true);
  torch::optim::Adam adam({vectors}, torch::optim::AdamOptions(options.firstStep));
  const int total = 2 * options.iterations;
  for (int k = 0; k < total; ++k) {
    const bool coarse = k < options.iterations;
    const double share = total > 1 ? double(k) / (total - 1) : 0.0;
    static_cast<torch::optim::AdamOptions&>(adam.param_groups()[0].options())
        .lr(options.firstStep * std::pow(options.lastStep / options.firstStep, share));
    adam.zero_grad();
    const Tensor loss =
        coarse ? misfit(quarter, vectors, 4.0, 0.004) : misfit(half, vectors, 2.0, 0.002);
    loss.backward();
    adam.step();
  }
  const torch::NoGradGuard noGrad;
  return spread(vectors.detach(), x.size(2), x.size(3));
}

Tensor extrapolate(const Tensor& frame, const Tensor& motion, std::int64_t leads) {
  const torch::NoGradGuard noGrad;
  const Tensor last = frame.unsqueeze(1);  // (B,1,H,W)
  const Tensor centres = pixelCentres(frame.size(1), frame.size(2), motion.options());
  Tensor positions = centres.expand({frame.size(0), -1, -1, -1});
  std::vector<Tensor> frames;
  for (std::int64_t k = 0; k < leads; ++k) {
    // The way back over one step, from where the way over the later steps has led.
    positions = positions - sampleAt(motion, positions, torch::kBorder).permute({0, 2, 3, 1});
    frames.push_back(sampleAt(last, positions, torch::kZeros).squeeze(1));
  }
  return torch::stack(frames, 1);
}

}  // namespace stormloom
