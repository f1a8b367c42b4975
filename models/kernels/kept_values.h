#pragma once

#include <torch/torch.h>

namespace stormloom {

/// A value that a function of a recording of gradients keeps for its way back, beside tensors.
template <class Value>
struct KeptValue : torch::CustomClassHolder {
  explicit KeptValue(const Value& kept) : value(kept) {}
  Value value;
};
template <class Value>
void keepValue(torch::autograd::AutogradContext* context, const Value& value) {
  context->saved_data["kept"] =
      c10::IValue::make_capsule(c10::make_intrusive<KeptValue<Value>>(value));
}
template <class Value>
Value keptValue(torch::autograd::AutogradContext* context) {
  const auto held = context->saved_data.at("kept").toCapsule();
  return static_cast<const KeptValue<Value>&>(*held).value;
}

/// Whether what is computed from `x` now will be asked for its gradient.
inline bool recordsGradients(const torch::Tensor& x) {
  return torch::GradMode::is_enabled() && x.requires_grad();
}

}  // namespace stormloom
