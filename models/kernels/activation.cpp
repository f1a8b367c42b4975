#include "models/kernels/activation.h"

#include "core/errors.h"

namespace stormloom {
using torch::Tensor;
namespace {
constexpr double kLeakySlope = 0.1;
}

Tensor activate(const std::string& activation, const Tensor& x) {
  if (activation == "gelu") return torch::gelu(x);
  if (activation == "leaky") return torch::leaky_relu(x, kLeakySlope);
  if (activation == "relu") return torch::relu(x);
  if (activation == "silu") return torch::silu(x);
  throw ModelError("The activation \"" + activation +
                   "\" is unknown; use gelu, leaky, relu or silu.");
}

void requireActivation(const std::string& activation) { activate(activation, torch::zeros({1})); }

}  // namespace stormloom
