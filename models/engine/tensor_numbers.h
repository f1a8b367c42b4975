#pragma once

#include <torch/torch.h>

#include <vector>

namespace stormloom {

/// All elements of a tensor, row by row.
inline std::vector<double> numbersOf(const torch::Tensor& values) {
  const torch::Tensor onCpu = values.to(torch::kCPU, torch::kFloat64).contiguous();
  return {onCpu.data_ptr<double>(), onCpu.data_ptr<double>() + onCpu.numel()};
}

}  // namespace stormloom
