#pragma once

#include <torch/torch.h>

#include <memory>

namespace stormloom {

/// While it lives, this thread computes products and convolutions on `device` in bfloat16; weights,
/// norms, softmax and residual sums stay in float32.
class AutocastScope {
public:
  explicit AutocastScope(const torch::Device& device);
  ~AutocastScope();
  AutocastScope(const AutocastScope&) = delete;
  AutocastScope& operator=(const AutocastScope&) = delete;

private:
  torch::DeviceType device_;
  bool before_;
  at::ScalarType typeBefore_;
};

/// A scope where one is wanted, else none.
inline std::unique_ptr<AutocastScope> roundedProducts(bool wanted, const torch::Device& device) {
  return wanted ? std::make_unique<AutocastScope>(device) : nullptr;
}

}  // namespace stormloom
