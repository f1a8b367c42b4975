#pragma once

#include <torch/torch.h>

#include <memory>

namespace stormloom {

/// While it lives, this thread computes products and convolutions on `device` in `products`
/// (bfloat16 or half); weights, norms, softmax and residual sums stay in float32.
class AutocastScope {
public:
  explicit AutocastScope(const torch::Device& device,
                         torch::ScalarType products = torch::kBFloat16);
  ~AutocastScope();
  AutocastScope(const AutocastScope&) = delete;
  AutocastScope& operator=(const AutocastScope&) = delete;

private:
  torch::DeviceType device_;
  bool before_;
  at::ScalarType typeBefore_;
};

/// A scope for products of 16 bits, none for float32.
inline std::unique_ptr<AutocastScope> roundedProducts(torch::ScalarType products,
                                                      const torch::Device& device) {
  return products == torch::kFloat32 ? nullptr : std::make_unique<AutocastScope>(device, products);
}
/// bfloat16 where it is wanted, else none.
inline std::unique_ptr<AutocastScope> roundedProducts(bool wanted, const torch::Device& device) {
  return wanted ? std::make_unique<AutocastScope>(device) : nullptr;
}

}  // namespace stormloom
