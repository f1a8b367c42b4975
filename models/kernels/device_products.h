#pragma once

#include <torch/torch.h>

namespace stormloom {

/// Whether deviceProduct() takes these rows (N,in) and weights (out,in): 16 bits on a GPU,
/// contiguous, widths that are multiples of eight, no gradients recorded.
bool deviceProductTakes(const torch::Tensor& rows, const torch::Tensor& weight);

/// rows (N,in) times weight (out,in) transposed plus bias (out) or undefined -> (N,out), float
/// sums; with `gelu`, which needs a bias, GELU in its tanh form behind it. At the first call for a
/// shape the library's proposals are timed, those alone that give the same bits as the first; where
/// the call is being recorded the first is taken.
torch::Tensor deviceProduct(const torch::Tensor& rows, const torch::Tensor& weight,
                            const torch::Tensor& bias, bool gelu);

}  // namespace stormloom
