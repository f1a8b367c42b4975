#include "models/kernels/group_norm.h"

#include <optional>

#include "models/kernels/fused_scope.h"
#include "models/kernels/group_norm_kinds.h"
#include "models/kernels/kept_values.h"

namespace stormloom {
using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
namespace {

/// settleAndGroupNorm() in a recording of gradients: of x and its update, not of weights.
struct GroupNormFunction : torch::autograd::Function<GroupNormFunction> {
  /// The norm and, where an addition was pending, the sum. `pending` is the stream again: its bias
  /// needs no gradient.
  static variable_list forward(AutogradContext* context, const Tensor& x,
                               const std::optional<Tensor>& update, const ResidualStream& pending,
                               const GroupNormStep& step) {
    ResidualStream stream{x, update.value_or(Tensor()), pending.updateBias};
    const bool isPending = stream.update.defined() || stream.updateBias.defined();
    const Tensor y = settleAndGroupNorm(stream, step);
    keepValue(context, step);
    context->saved_data["hasUpdate"] = update.has_value();
    context->save_for_backward({stream.x});
    return isPending ? variable_list{y, stream.x} : variable_list{y};
  }
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    Tensor dx = groupNormGradient(context->get_saved_variables()[0],
                                  keptValue<GroupNormStep>(context), gradients[0]);
    if (gradients.size() > 1 && gradients[1].defined()) dx = dx + gradients[1];
    const bool hasUpdate = context->saved_data.at("hasUpdate").toBool();
    return {dx, hasUpdate ? dx : Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

std::pair<const void*, long long> perItemRows(const Tensor& values) {
  if (!values.defined()) return {nullptr, 0};
  TORCH_CHECK(values.dim() == 2 && values.stride(1) == 1 && values.scalar_type() == torch::kFloat32,
              "shifts and scales of a group norm are float32 (B,C)");
  return {values.data_ptr(), values.size(0) == 1 ? 0 : values.stride(0)};
}

Tensor groupNormed(const Tensor& x, const GroupNormStep& step) {
  ResidualStream stream{x, {}, {}};
  return settleAndGroupNorm(stream, step);
}

Tensor settleAndGroupNorm(ResidualStream& stream, const GroupNormStep& step) {
  if (recordsGradients(stream.x)) {
    const auto update = stream.update.defined() ? std::optional(stream.update) : std::nullopt;
    const variable_list made = GroupNormFunction::apply(stream.x, update, stream, step);
    stream = {made.size() > 1 ? made[1] : stream.x, {}, {}};
    return made[0];
  }
  return stream.x.is_cuda() ? groupNormedOnDevice(stream, step)
                            : groupNormedOnProcessor(settle(stream), step);
}

Tensor groupNormGradient(const Tensor& x, const GroupNormStep& step, const Tensor& ofResult) {
  const FusedScope products(true, ofResult.scalar_type());  // in a thread of the way back, too
  return x.is_cuda() ? groupNormGradientOnDevice(x, step, ofResult)
                     : groupNormGradientOnProcessor(x, step, ofResult);
}

}  // namespace stormloom
