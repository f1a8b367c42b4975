#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace stormloom {

/// Whose noise, and which of it: step 0 is the noise a sampler starts from, later ones what it
/// adds.
struct NoiseKey {
  std::uint64_t seed = 1;
  std::uint32_t member = 0;
  std::uint32_t step = 0;
};

/// Standard normal numbers that follow from a key alone (Philox 4x32-10, Salmon et al. 2011;
/// Box-Muller): the same for a member whatever else is in the batch, on every device and with any
/// number of threads. On the CPU, float32.
torch::Tensor counterNoise(const NoiseKey& key, at::IntArrayRef shape);

}  // namespace stormloom
