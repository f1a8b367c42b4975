#pragma once

#include <torch/torch.h>

namespace stormloom {

/// What synthetic storms are drawn from: uniform ranges, and deviations of normal numbers. Lengths
/// in pixels, times in frames.
struct StormGeneratorOptions {
  std::int64_t size = 128;
  std::int64_t frames = 13;
  double slope[2] = {2.5, 3.8};      ///< of the power spectrum
  double corner[2] = {0.5, 2.5};     ///< cycles over the torus below which it is flat
  double lifetime[2] = {7.0, 25.0};  ///< of a structure of 16 cycles; larger ones live longer
  double stretch[2] = {1.0, 2.5};    ///< lines
  double speed = 2.5, fastest = 7.0;
  double rotation = 0.008, divergence = 0.004, perturbation = 0.15;
  double wetShare[2] = {0.08, 0.5};
  double strength[2] = {15.0, 70.0};  ///< digital value a deviation above the threshold adds
  double peakedness[2] = {1.0, 1.6};
  double trend = 0.35;           ///< growth or decay of the whole over half of the frames
  double cells[2] = {0.1, 0.6};  ///< deviation of the cascade that puts cells into the rain
};

/// Rain that was never observed: a Gaussian field with a radar's spectrum that develops while a
/// smooth flow carries, turns and stretches it; a cascade of short-lived cells multiplied on; then
/// the digital VIL scale. (batch,frames,size,size) in [0, 1], float32. Deterministic from the seed
/// on one kind of device.
torch::Tensor generateStorms(std::int64_t batch, std::uint64_t seed, const torch::Device& device,
                             const StormGeneratorOptions& options = {});

}  // namespace stormloom
