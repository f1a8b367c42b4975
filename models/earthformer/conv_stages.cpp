#include "models/earthformer/conv_stages.h"

#include <algorithm>

#include "models/cuboid/feed_forward.h"
#include "models/kernels/fused_scope.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr std::int64_t kConvGroups = 16;  // of type `conv`; stages have a quarter of their width

/// Convolution 3x3, group norm, activation, `count` times: in -> out -> out ... (spec 1.10).
torch::nn::Sequential convBlock(std::int64_t in, std::int64_t out, std::int64_t count,
                                std::int64_t groups, const std::string& activation) {
  torch::nn::Sequential block;
  for (std::int64_t i = 0; i < count; ++i) {
    block->push_back(
        torch::nn::Conv2d(torch::nn::Conv2dOptions(i == 0 ? in : out, out, 3).padding(1)));
    block->push_back(torch::nn::GroupNorm(torch::nn::GroupNormOptions(groups, out)));
    block->push_back(activationModule(activation));
  }
  return block;
}

std::int64_t stageGroups(std::int64_t width) { return std::max<std::int64_t>(1, width / 4); }

/// (B,T,H,W,C) -> (B,T,H,W,C'), frame by frame.
Tensor overFrames(torch::nn::SequentialImpl& block, FusedConvBlock& fused, const Tensor& x) {
  if (block.is_empty()) return x;
  if (!block.is_training() && takesFusedPath(x)) return fused.forward(block, x);
  return fieldFromFrames(block.forward(framesFromField(x)), x.size(0));
}

PatchMerging3D patchMerging(std::int64_t dim, const Thw& scale, PaddingType padding) {
  PatchMerging3DOptions options;
  options.dim = dim;
  options.outDim = dim;
  options.downsample = scale;
  options.padding = padding;
  return PatchMerging3D(options);
}

Upsample3DLayer upsampling(std::int64_t dim, const Thw& target) {
  Upsample3DOptions options;
  options.dim = dim;
  options.outDim = dim;
  options.targetSize = target;
  return Upsample3DLayer(options);
}

}  // namespace

Tensor FusedConvBlock::forward(torch::nn::SequentialImpl& block, const Tensor& field) {
  const auto convolutionAt = [&](std::size_t i) {
    return torch::nn::Conv2d(block.ptr<torch::nn::Conv2dImpl>(i));
  };
  const std::vector<Step>& steps = steps_.get(convolutionAt(0)->weight, [&] {
    std::vector<Step> made;
    for (std::size_t i = 0; i < block.size(); i += 3) {  // convolution, norm, activation
      Step step{
          fusedConvolution(convolutionAt(i)),
          fusedNorm(torch::nn::GroupNorm(block.ptr<torch::nn::GroupNormImpl>(i + 1)), activation_)};
      step.norm.shift = step.convolution.bias.unsqueeze(0);
      made.push_back(step);
    }
    return made;
  });
  Tensor tokens = asFactor(field).flatten(0, 1);
  for (const Step& step : steps)
    tokens = groupNormed(convolved(tokens, step.convolution), step.norm);
  return tokens.unflatten(0, {field.size(0), field.size(1)});
}

InitialEncoderImpl::InitialEncoderImpl(const InitialEncoderOptions& options)
    : fusedBlock_(options.activation) {
  TORCH_CHECK(options.numConvLayers > 0 || options.dim == options.outDim,
              "an input without convolutions needs as many channels as base units");
  conv_block =
      register_module("conv_block", convBlock(options.dim, options.outDim, options.numConvLayers,
                                              kConvGroups, options.activation));
  patch_merge = register_module(
      "patch_merge", patchMerging(options.outDim, options.downsampleScale, options.padding));
}

Tensor InitialEncoderImpl::forward(const Tensor& x) {
  return patch_merge(overFrames(*conv_block, fusedBlock_, x));
}

FinalDecoderImpl::FinalDecoderImpl(const FinalDecoderOptions& options)
    : fusedBlock_(options.activation) {
  conv_block = register_module(
      "conv_block",
      convBlock(options.dim, options.dim, options.numConvLayers, kConvGroups, options.activation));
  upsample = register_module("upsample", upsampling(options.dim, options.target));
}

Tensor FinalDecoderImpl::forward(const Tensor& x) {
  return overFrames(*conv_block, fusedBlock_, upsample(x));
}

InitialStackPatchMergingEncoderImpl::InitialStackPatchMergingEncoderImpl(
    const InitialStackOptions& options) {
  TORCH_CHECK(options.outDims.size() == options.scales.size() &&
                  options.outDims.size() == options.convs.size(),
              "a stack of stages needs as many factors and convolution counts as widths");
  std::int64_t in = options.dim;
  for (std::size_t i = 0; i < options.outDims.size(); ++i) {
    const std::int64_t width = options.outDims[i];
    fusedBlocks_.emplace_back(options.activation);
    const Thw scale = {1, options.scales[i], options.scales[i]};
    conv_block_list->push_back(
        convBlock(in, width, options.convs[i], stageGroups(width), options.activation));
    patch_merge_list->push_back(patchMerging(width, scale, options.padding));
    in = width;
  }
  register_module("conv_block_list", conv_block_list);
  register_module("patch_merge_list", patch_merge_list);
}

Tensor InitialStackPatchMergingEncoderImpl::forward(const Tensor& input) {
  Tensor x = input;
  for (std::size_t i = 0; i < conv_block_list->size(); ++i) {
    x = overFrames(conv_block_list->at<torch::nn::SequentialImpl>(i), fusedBlocks_[i], x);
    x = patch_merge_list->at<PatchMerging3DImpl>(i).forward(x);
  }
  return x;
}

FinalStackUpsamplingDecoderImpl::FinalStackUpsamplingDecoderImpl(const FinalStackOptions& options) {
  TORCH_CHECK(options.outDims.size() == options.targets.size() &&
                  options.outDims.size() == options.convs.size(),
              "a stack of stages needs as many targets and convolution counts as widths");
  std::int64_t in = options.dim;
  for (std::size_t i = 0; i < options.outDims.size(); ++i) {
    const std::int64_t width = options.outDims[i];
    fusedBlocks_.emplace_back(options.activation);
    conv_block_list->push_back(
        convBlock(in, width, options.convs[i], stageGroups(width), options.activation));
    upsample_list->push_back(upsampling(in, options.targets[i]));
    in = width;
  }
  register_module("conv_block_list", conv_block_list);
  register_module("upsample_list", upsample_list);
}

Tensor FinalStackUpsamplingDecoderImpl::forward(const Tensor& input) {
  Tensor x = input;
  for (std::size_t i = 0; i < conv_block_list->size(); ++i) {
    x = upsample_list->at<Upsample3DLayerImpl>(i).forward(x);
    x = overFrames(conv_block_list->at<torch::nn::SequentialImpl>(i), fusedBlocks_[i], x);
  }
  return x;
}

}  // namespace stormloom
