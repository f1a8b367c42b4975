#pragma once

#include <torch/torch.h>

#include <deque>
#include <string>
#include <vector>

#include "models/cuboid/resampling_layers.h"

namespace stormloom {

/// The fused path of a block of convolutions, group norms and activations: frames stay tokens, and
/// a convolution's bias is added by the norm behind it.
class FusedConvBlock {
public:
  explicit FusedConvBlock(std::string activation) : activation_(std::move(activation)) {}
  /// (B,T,H,W,C) -> (B,T,H,W,C') in productType().
  torch::Tensor forward(torch::nn::SequentialImpl& block, const torch::Tensor& field);

private:
  struct Step {
    FusedConvolution convolution;
    GroupNormStep norm;
  };
  std::string activation_;
  Prepared<std::vector<Step>> steps_;
};

struct InitialEncoderOptions {
  std::int64_t dim = 1;     ///< channels of the input
  std::int64_t outDim = 0;  ///< base units
  Thw downsampleScale = {1, 1, 1};
  std::int64_t numConvLayers = 2;
  std::string activation = "leaky";
  PaddingType padding = PaddingType::Zeros;
};

/// Convolutions per frame, then patch merging: input of type `conv` (spec 1.10).
class InitialEncoderImpl : public torch::nn::Module {
public:
  explicit InitialEncoderImpl(const InitialEncoderOptions& options);
  /// (B,T,H,W,C_in) -> (B,T/a,H/b,W/c,outDim).
  torch::Tensor forward(const torch::Tensor& x);

private:
  FusedConvBlock fusedBlock_;
  torch::nn::Sequential conv_block{nullptr};
  PatchMerging3D patch_merge{nullptr};
};
TORCH_MODULE(InitialEncoder);

struct FinalDecoderOptions {
  Thw target = {1, 1, 1};
  std::int64_t dim = 0;
  std::int64_t numConvLayers = 1;
  std::string activation = "leaky";
};

/// Upsampling, then convolutions per frame: output of type `conv` (spec 1.10).
class FinalDecoderImpl : public torch::nn::Module {
public:
  explicit FinalDecoderImpl(const FinalDecoderOptions& options);
  torch::Tensor forward(const torch::Tensor& x);

private:
  FusedConvBlock fusedBlock_;
  torch::nn::Sequential conv_block{nullptr};
  Upsample3DLayer upsample{nullptr};
};
TORCH_MODULE(FinalDecoder);

struct InitialStackOptions {
  std::int64_t dim = 1;               ///< channels of the input
  std::vector<std::int64_t> outDims;  ///< width of every stage
  std::vector<std::int64_t> scales;   ///< factor of every stage along H and W
  std::vector<std::int64_t> convs;    ///< convolutions of every stage
  std::string activation = "leaky";
  PaddingType padding = PaddingType::Zeros;
};

/// Stages of convolutions and patch merging: input of type `stack_conv` (spec 1.10).
class InitialStackPatchMergingEncoderImpl : public torch::nn::Module {
public:
  explicit InitialStackPatchMergingEncoderImpl(const InitialStackOptions& options);
  torch::Tensor forward(const torch::Tensor& x);

private:
  std::deque<FusedConvBlock> fusedBlocks_;  // never moved
  torch::nn::ModuleList conv_block_list, patch_merge_list;
};
TORCH_MODULE(InitialStackPatchMergingEncoder);

struct FinalStackOptions {
  std::int64_t dim = 0;               ///< channels of the input
  std::vector<Thw> targets;           ///< shape after every stage
  std::vector<std::int64_t> outDims;  ///< width of every stage
  std::vector<std::int64_t> convs;    ///< convolutions of every stage
  std::string activation = "leaky";
};

/// Stages of upsampling and convolutions: output of type `stack_conv` (spec 1.10).
class FinalStackUpsamplingDecoderImpl : public torch::nn::Module {
public:
  explicit FinalStackUpsamplingDecoderImpl(const FinalStackOptions& options);
  torch::Tensor forward(const torch::Tensor& x);

private:
  std::deque<FusedConvBlock> fusedBlocks_;  // never moved
  torch::nn::ModuleList conv_block_list, upsample_list;
};
TORCH_MODULE(FinalStackUpsamplingDecoder);

}  // namespace stormloom
