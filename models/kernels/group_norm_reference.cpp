#include "models/kernels/activation.h"
#include "models/kernels/group_norm.h"

namespace stormloom {
using torch::Tensor;

Tensor groupNormedReference(const Tensor& x, const GroupNormStep& step) {
  const std::int64_t batch = x.size(0), channels = x.size(-1);
  const auto perItem = [&](const Tensor& t) {
    return t.to(torch::kFloat32).unsqueeze(1);
  };  // (B,1,C)
  Tensor tokens = x.reshape({batch, -1, channels}).to(torch::kFloat32);
  if (step.shift.defined()) tokens = tokens + perItem(step.shift);
  Tensor y = torch::group_norm(tokens.transpose(1, 2), step.groups, step.gamma, step.beta, step.eps)
                 .transpose(1, 2);
  if (step.scale.defined()) y = y * (1.0 + perItem(step.scale)) + perItem(step.offset);
  return (step.activation == "none" ? y : activate(step.activation, y)).reshape(x.sizes());
}


Tensor groupNormGradientReference(const Tensor& x, const GroupNormStep& step,
                                  const Tensor& ofResult) {
  const torch::AutoGradMode withGradients(true);
  const Tensor held = x.detach().to(torch::kFloat32).requires_grad_(true);
  const Tensor y = groupNormedReference(held, step);
  return torch::autograd::grad({y}, {held}, {ofResult.to(torch::kFloat32)})[0];
}

}  // namespace stormloom
