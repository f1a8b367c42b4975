#include "models/cuboid/feed_forward.h"

#include "core/errors.h"
#include "models/cuboid/attention_parts.h"

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

torch::nn::AnyModule activationModule(const std::string& activation) {
  requireActivation(activation);
  return torch::nn::AnyModule(
      torch::nn::Functional([activation](const Tensor& x) { return activate(activation, x); }));
}

PositionwiseFFNImpl::PositionwiseFFNImpl(const PositionwiseFFNOptions& options)
    : options_(options) {
  requireActivation(options.activation);
  const std::int64_t hidden = options.hiddenSize > 0 ? options.hiddenSize : 4 * options.units;
  ffn_1 = register_module("ffn_1", linear(options.units, hidden));
  if (options.gatedProj) ffn_1_gate = register_module("ffn_1_gate", linear(options.units, hidden));
  ffn_2 = register_module("ffn_2", linear(hidden, options.units));
  layer_norm = register_module("layer_norm", layerNorm(options.units, options.layerNormEps));
}

Tensor PositionwiseFFNImpl::forward(const Tensor& x) {
  const Tensor n = options_.preNorm ? layer_norm(x) : x;
  Tensor h = options_.gatedProj ? activate(options_.activation, ffn_1_gate(n)) * ffn_1(n)
                                : activate(options_.activation, ffn_1(n));
  h = dropped(h, options_.dropout, is_training());
  const Tensor y = x + dropped(ffn_2(h), options_.dropout, is_training());
  return options_.preNorm ? y : layer_norm(y);
}

}  // namespace stormloom
