#pragma once

#include <torch/torch.h>

namespace stormloom {

/// A field (...,C) whose last addition has not been made yet: its value is x + update + updateBias.
/// Whoever reads the stream next makes the addition on the way. x is float32 where residual sums
/// must not be rounded (the transformers), else in the products' type (the VAE); the update has the
/// products' type.
struct ResidualStream {
  torch::Tensor x;
  torch::Tensor update;      ///< like x, or undefined
  torch::Tensor updateBias;  ///< float32 (C), or undefined
};

/// Weights of a layer norm in float32, on the device.
struct NormWeights {
  torch::Tensor gamma, beta;
  double eps = 1e-5;
};

/// Makes the pending addition; the stream's value in its own type. Gradients pass.
const torch::Tensor& settle(ResidualStream& stream);
/// Makes the pending addition and returns the layer norm over the last axis, in productType().
/// float32 streams only.
torch::Tensor settleAndNorm(ResidualStream& stream, const NormWeights& norm);

/// The same in plain tensor code: the sum, and its norm in float32.
torch::Tensor settledReference(const ResidualStream& stream);
torch::Tensor normedReference(const torch::Tensor& sum, const NormWeights& norm);

}  // namespace stormloom
