#include "models/kernels/residual_norm.h"

namespace stormloom {
using torch::Tensor;

Tensor settledReference(const ResidualStream& stream) {
  Tensor sum = stream.x.to(torch::kFloat32);
  if (stream.update.defined()) sum = sum + stream.update.to(torch::kFloat32);
  return stream.updateBias.defined() ? sum + stream.updateBias : sum;
}

Tensor normedReference(const Tensor& sum, const NormWeights& norm) {
  return torch::layer_norm(sum, {sum.size(-1)}, norm.gamma, norm.beta, norm.eps);
}

}  // namespace stormloom
