#include "models/engine/sharpening.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <tuple>

namespace stormloom {
using torch::Tensor;
namespace {

constexpr double kReach = 3.0;  // deviations

/// What smooths a line of cells, edges repeated, as a matrix (side,side). A product, not a
/// convolution of padded frames: on a GPU the padding's gradient adds up in no fixed order.
Tensor smoothing(std::int64_t side, double cells, std::int64_t reach) {
  const Tensor place = torch::arange(-reach, reach + 1, torch::kFloat64);
  Tensor weights = (-0.5 * (place / cells).square()).exp();
  weights = weights / weights.sum();
  Tensor matrix = torch::zeros({side, side}, torch::kFloat64);
  for (std::int64_t row = 0; row < side; ++row)
    matrix[row].index_add_(0, (torch::arange(-reach, reach + 1) + row).clamp(0, side - 1), weights);
  return matrix.to(torch::kFloat32);
}

/// The same, made once: a recorded computation cannot bring it to its GPU.
Tensor smoothingOn(const torch::Device& device, std::int64_t side, double cells,
                   std::int64_t reach) {
  static std::mutex mutex;
  static std::map<std::tuple<std::string, std::int64_t, double, std::int64_t>, Tensor> made;
  const std::lock_guard lock(mutex);
  Tensor& matrix = made[{device.str(), side, cells, reach}];
  if (!matrix.defined()) {
    const torch::NoGradGuard noGradient;
    matrix = smoothing(side, cells, reach).to(device);
  }
  return matrix;
}

}  // namespace

Tensor smoothedFrames(const Tensor& frames, double cells) {
  const std::int64_t height = frames.size(-2), width = frames.size(-1);
  const std::int64_t reach = std::min(std::int64_t(std::ceil(kReach * cells)),
                                      std::min(height, width) - 1);
  const Tensor down = smoothingOn(frames.device(), height, cells, reach),
               across = smoothingOn(frames.device(), width, cells, reach);
  return torch::matmul(torch::matmul(down, frames), across.t());
}

Tensor Sharpening::operator()(const Tensor& frames) const {
  if (strength == 0.0) return frames;
  return frames + strength * (frames - smoothedFrames(frames, cells));
}

}  // namespace stormloom
