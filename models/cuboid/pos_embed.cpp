#include "models/cuboid/pos_embed.h"

#include "core/errors.h"
#include "models/cuboid/cuboid_layout.h"
#include "models/kernels/fused_scope.h"

namespace stormloom {
using torch::Tensor;

PosEmbedImpl::PosEmbedImpl(std::int64_t embedDim, const Thw& maximum, const std::string& type)
    : maximum_(maximum) {
  const auto table = [&](const char* name, std::int64_t rows) {
    return register_module(name, torch::nn::Embedding(rows, embedDim));
  };
  T_embed = table("T_embed", maximum[0]);
  if (type == "t+h+w") {
    H_embed = table("H_embed", maximum[1]);
    W_embed = table("W_embed", maximum[2]);
  } else if (type == "t+hw") {
    HW_embed = table("HW_embed", maximum[1] * maximum[2]);
  } else {
    throw ModelError("The position embedding \"" + type + "\" is unknown; use t+h+w or t+hw.");
  }
}

Tensor PosEmbedImpl::forward(const Tensor& x) {
  const auto [t, h, w] = thwOf(x);
  TORCH_CHECK(t <= maximum_[0] && h <= maximum_[1] && w <= maximum_[2], "the field ", x.sizes(),
              " exceeds the position embedding");
  if (!is_training() && x.is_cuda() && takesFusedPath(x))
    return x + tables_.get(c10::str(t, " x ", h, " x ", w), T_embed->weight, [&] {
      return addedTo(torch::zeros({t, h, w, x.size(4)}, x.options().dtype(torch::kFloat32)));
    });
  return addedTo(x);
}

Tensor PosEmbedImpl::addedTo(const Tensor& x) const {
  const std::int64_t t = x.size(-4), h = x.size(-3), w = x.size(-2);
  const Tensor inTime = x + T_embed->weight.narrow(0, 0, t).unsqueeze(1).unsqueeze(1);
  if (!HW_embed.is_empty()) {
    const Tensor table = HW_embed->weight.unflatten(0, {maximum_[1], maximum_[2]});
    return inTime + table.narrow(0, 0, h).narrow(1, 0, w);
  }
  return inTime + H_embed->weight.narrow(0, 0, h).unsqueeze(1) + W_embed->weight.narrow(0, 0, w);
}

}  // namespace stormloom
