#pragma once

#include "models/kernels/prepared_weights.h"

namespace stormloom {

/// A convolution 3 x 3 behind frames whose every cell is repeated (spec 1.4, 6). Most of its nine
/// weights fall on one and the same cell, differently for the first, the last and the cells between
/// of a repetition. Those weights are added up beforehand and the small frames convolved:
/// 25 products in place of 81 for cells repeated 3 x 3, 16 in place of 36 for 2 x 2, and no
/// repeated frames. The same sums in another order. A GPU does so for 2 x 2 alone.
struct UpsampledConvolution {
  FusedConvolution whole;
  FusedConvolution corners;  ///< 2 x 2: (first,first), (first,last), (last,first), (last,last)
  FusedConvolution sides;    ///< 2 x 1: first and last rows, columns between
  FusedConvolution ends;     ///< 1 x 2: rows between, first and last columns
  FusedConvolution middle;   ///< 1 x 1
};
UpsampledConvolution upsampledConvolution(const torch::nn::Conv2d& convolution);

/// Frames (N,H,W,C) in productType() -> (N,rows,columns,out); rows and columns are multiples of H
/// and W. Gradients of frames pass.
torch::Tensor upsampledAndConvolved(const torch::Tensor& frames, const UpsampledConvolution& w,
                                    std::int64_t rows, std::int64_t columns);

}  // namespace stormloom
