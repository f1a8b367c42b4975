#include "models/cuboid/resampling_layers.h"

#include <algorithm>

#include "models/cuboid/attention_parts.h"
#include "models/cuboid/cuboid_layout.h"
#include "models/kernels/frame_kernels.h"
#include "models/kernels/fused_scope.h"

namespace stormloom {
using torch::Tensor;

PatchMerging3DImpl::PatchMerging3DImpl(const PatchMerging3DOptions& options) : options_(options) {
  const Thw& d = options.downsample;
  const std::int64_t merged = volumeOf(d) * options.dim;
  const std::int64_t out =
      options.outDim > 0 ? options.outDim : std::max({d[0], d[1], d[2]}) * options.dim;
  reduction = register_module("reduction", linear(merged, out, false));
  norm = register_module("norm", layerNorm(merged));
}

Thw mergedShape(const Thw& shape, const Thw& downsample) {
  Thw merged;
  for (std::size_t a = 0; a < 3; ++a) merged[a] = (shape[a] + downsample[a] - 1) / downsample[a];
  return merged;
}

Tensor PatchMerging3DImpl::forward(const Tensor& input) {
  const auto [dt, dh, dw] = options_.downsample;
  const Thw shape = thwOf(input);
  const auto [t, h, w] = mergedShape(shape, options_.downsample);
  const Thw padded = {t * dt, h * dh, w * dw};
  // Quirk Q3: padding happens only when H or W needs it; along T alone it is refused.
  TORCH_CHECK(padded == shape || padded[1] != shape[1] || padded[2] != shape[2],
              "patch merging cannot pad ", shape[0], " frames to a multiple of ", dt,
              " when height and width need no padding");
  Tensor x = input;
  if (padded != shape)
    x = options_.padding == PaddingType::Nearest
            ? resizeNearest(x, padded)
            : torch::constant_pad_nd(x, {0, 0, 0, padded[2] - shape[2], 0, padded[1] - shape[1], 0,
                                         padded[0] - shape[0]});
  if (is_training() || !takesFusedPath(input))
    return reduction(norm(mergedReference(x, options_.downsample)));
  const FusedWeights& fused = fusedWeights_.get(reduction->weight, [this] {
    return FusedWeights{fusedLinear(reduction), fusedNorm(norm)};
  });
  return product(mergedAndNormed(x, options_.downsample, fused.norm), fused.reduction)
      .to(torch::kFloat32);
}

Upsample3DLayerImpl::Upsample3DLayerImpl(const Upsample3DOptions& options) : options_(options) {
  conv = register_module(
      "conv",
      torch::nn::Conv2d(torch::nn::Conv2dOptions(options.dim, options.outDim, options.kernelSize)
                            .padding(options.kernelSize / 2)));
}

Tensor Upsample3DLayerImpl::forward(const Tensor& x) {
  TORCH_CHECK(x.size(1) == options_.targetSize[0], "upsampling keeps the number of frames; got ",
              x.size(1), " for ", options_.targetSize[0]);
  if (!is_training() && takesFusedPath(x)) return fused(x);
  const Tensor frames = framesFromField(x);
  const Tensor resized =
      resizeNearest(resizeNearest(frames, 2, options_.targetSize[1]), 3, options_.targetSize[2]);
  return fieldFromFrames(conv(resized), x.size(0));
}

Tensor Upsample3DLayerImpl::fused(const Tensor& x) {
  const UpsampledConvolution& w =
      fusedConvolution_.get(conv->weight, [this] { return upsampledConvolution(conv); });
  const Tensor frames = asFactor(x).flatten(0, 1);  // (B*T,H,W,C)
  const auto [t, rows, columns] = options_.targetSize;
  const bool repeats = rows % frames.size(1) == 0 && columns % frames.size(2) == 0;
  const Tensor y =
      repeats
          ? upsampledAndConvolved(frames, w, rows, columns)
          : convolvedWithBias(resizeNearest(resizeNearest(frames, 1, rows), 2, columns), w.whole);
  return y.unflatten(0, {x.size(0), t});
}

Tensor framesFromField(const Tensor& field) {
  return field.permute({0, 1, 4, 2, 3}).flatten(0, 1).contiguous();
}

Tensor fieldFromFrames(const Tensor& frames, std::int64_t batch) {
  return frames.unflatten(0, {batch, frames.size(0) / batch}).permute({0, 1, 3, 4, 2}).contiguous();
}

}  // namespace stormloom
