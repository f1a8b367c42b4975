#pragma once

#include <torch/torch.h>

#include "core/cuboid_map.h"
#include "models/kernels/upsampled_convolution.h"

namespace stormloom {

struct PatchMerging3DOptions {
  std::int64_t dim = 0;
  std::int64_t outDim = 0;  ///< max(downsample) * dim when 0
  Thw downsample = {1, 2, 2};
  PaddingType padding = PaddingType::Zeros;
};

/// Joins neighbouring positions into one of a coarser field (spec 1.3).
class PatchMerging3DImpl : public torch::nn::Module {
public:
  explicit PatchMerging3DImpl(const PatchMerging3DOptions& options);
  /// (B,T,H,W,C) -> (B,T/dt,H/dh,W/dw,outDim).
  torch::Tensor forward(const torch::Tensor& x);

private:
  struct FusedWeights {
    FusedLinear reduction;
    NormWeights norm;
  };

  PatchMerging3DOptions options_;
  Prepared<FusedWeights> fusedWeights_;
  torch::nn::Linear reduction{nullptr};
  torch::nn::LayerNorm norm{nullptr};
};
TORCH_MODULE(PatchMerging3D);

/// Shape of a field after patch merging.
Thw mergedShape(const Thw& shape, const Thw& downsample);

struct Upsample3DOptions {
  std::int64_t dim = 0;
  std::int64_t outDim = 0;
  Thw targetSize = {1, 1, 1};  ///< its T must be that of the input
  std::int64_t kernelSize = 3;
};

/// Nearest resize and a convolution, frame by frame (spec 1.4).
class Upsample3DLayerImpl : public torch::nn::Module {
public:
  explicit Upsample3DLayerImpl(const Upsample3DOptions& options);
  torch::Tensor forward(const torch::Tensor& x);

private:
  torch::Tensor fused(const torch::Tensor& x);

  Upsample3DOptions options_;
  Prepared<UpsampledConvolution> fusedConvolution_;
  torch::nn::Conv2d conv{nullptr};
};
TORCH_MODULE(Upsample3DLayer);

/// (B,T,H,W,C) -> contiguous frames (B*T,C,H,W), as convolutions and group norms want them.
torch::Tensor framesFromField(const torch::Tensor& field);
/// Frames (B*T,C,H,W) -> (B,T,H,W,C).
torch::Tensor fieldFromFrames(const torch::Tensor& frames, std::int64_t batch);

}  // namespace stormloom
