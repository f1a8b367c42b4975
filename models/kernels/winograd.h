#pragma once

#include <torch/torch.h>

namespace stormloom {

// Convolutions of 3 along each axis on a processor by Winograd's minimal filtering F(2,3) (Lavin
// and Gray 2016): 2.25 times fewer products over frames, 3.4 times fewer over fields. The sums are
// made in another order; in float32 they differ by about as much as those of any other order.

/// Whether the kernel is 3 along each of two or three axes, in steps of one, padded by one, over
/// channels that fill the lanes of a processor.
bool canSpread(const torch::Tensor& weight, at::IntArrayRef stride, at::IntArrayRef padding);

/// (out,in,3,3) or (out,in,3,3,3) -> (16,in,out) or (64,in,out).
torch::Tensor spreadWeights(const torch::Tensor& weight);

/// Tokens (N,H,W,C) or (B,T,H,W,C) in float32 -> the same with `out` channels; bias (out) or
/// undefined.
torch::Tensor convolvedByTiles(const torch::Tensor& tokens, const torch::Tensor& spread,
                               const torch::Tensor& bias);

}  // namespace stormloom
