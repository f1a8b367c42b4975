#pragma once

#include <torch/torch.h>

#include <string>

#include "models/kernels/residual_norm.h"

namespace stormloom {

/// A group norm with what stands around it in the networks: a shift before (an embedding, a
/// convolution's bias), a scale and an offset behind (time embeddings), an activation. Weights in
/// float32.
struct GroupNormStep {
  std::int64_t groups = 1;
  torch::Tensor gamma, beta;  ///< (C)
  double eps = 1e-5;
  std::string activation = "silu";  ///< none, or as activate() names them
  torch::Tensor shift;              ///< (B,C) or (1,C), added before; or undefined
  torch::Tensor scale,
      offset;  ///< (B,C), rows may be strided: norm * (1 + scale) + offset; or undefined
};

/// Tokens (B,...,C), contiguous, float32 or the products' type -> the same shape in productType().
/// Statistics run over everything but B and the groups.
torch::Tensor groupNormed(const torch::Tensor& x, const GroupNormStep& step);
/// The same of a stream; its pending addition is made on the way. Gradients of tokens pass both
/// where they are recorded, those of weights do not.
torch::Tensor settleAndGroupNorm(ResidualStream& stream, const GroupNormStep& step);
/// The gradient for x, in its type, given that for groupNormed(x, step) in productType().
torch::Tensor groupNormGradient(const torch::Tensor& x, const GroupNormStep& step,
                                const torch::Tensor& ofResult);

/// In plain tensor code, in float32.
torch::Tensor groupNormedReference(const torch::Tensor& x, const GroupNormStep& step);
torch::Tensor groupNormGradientReference(const torch::Tensor& x, const GroupNormStep& step,
                                         const torch::Tensor& ofResult);

}  // namespace stormloom
