#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace stormloom {

/// Standard normal numbers that follow from a key alone (Philox 4x32-10, Salmon et al. 2011; Box-Muller): the same for
/// a member whatever else is in the batch, on every device and with any number of threads. On the CPU, float32.
torch::Tensor counterNoise(std::uint64_t seed, std::uint64_t member, at::IntArrayRef shape);

}  // namespace stormloom
