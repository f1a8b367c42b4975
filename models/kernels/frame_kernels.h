#pragma once

#include <torch/torch.h>

#include "models/kernels/residual_norm.h"

namespace stormloom {

/// Frames (N,H,W,C) in productType(), every cell repeated to rows x columns, which are multiples of
/// H and W.
torch::Tensor upsampledFrames(const torch::Tensor& frames, std::int64_t rows, std::int64_t columns);

/// tokens (...,C) in productType(), contiguous, plus bias (C) float32; written in place.
torch::Tensor withBias(torch::Tensor tokens, const torch::Tensor& bias);

/// A stream of 16-bit tokens with its pending addition made; without gradients, on a GPU.
torch::Tensor settledFrames(const ResidualStream& stream);

/// What four convolutions of frames (N,H,W,...) made beside one another, (N,H+1,W+1,4*C), put in
/// their places, plus bias (C) float32 or undefined: (N,2*H,2*W,C). GPU only, C a multiple of 8.
torch::Tensor framesFromPhases(const torch::Tensor& phases, const torch::Tensor& bias);

/// Channels a convolution may have for convolvedFew().
constexpr std::int64_t kFewChannels = 4;
/// A convolution 3 x 3, padded by one zero, of few channels: frames (N,H,W,C<=4), weight
/// (3,3,C,out) and bias (out) or undefined in float32, out a multiple of 8 -> (N,H,W,out). GPU
/// only.
torch::Tensor convolvedFew(const torch::Tensor& frames, const torch::Tensor& weight,
                           const torch::Tensor& bias);

/// Cells of a field (B,T,H,W,C) merged by factors (T,H,W) that divide its sides, and normed
/// (spec 1.3): (B,T/ft,H/fh,W/fw,ft*fh*fw*C) in productType(). x float32 or the products' type.
torch::Tensor mergedAndNormed(const torch::Tensor& x, const std::array<std::int64_t, 3>& factors,
                              const NormWeights& norm);
torch::Tensor mergedReference(const torch::Tensor& x, const std::array<std::int64_t, 3>& factors);

}  // namespace stormloom
