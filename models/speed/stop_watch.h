#pragma once

#include <torch/torch.h>

#include <functional>

namespace stormloom {

/// Milliseconds of one call, median of many runs of several calls each, after calls that warm up.
/// On a GPU a run ends when the device has done all of it.
double medianMilliseconds(const torch::Device& device, double seconds,
                          const std::function<void()>& call);

/// Waits until the device has done what it was given; nothing on a CPU.
void finish(const torch::Device& device);

}  // namespace stormloom
