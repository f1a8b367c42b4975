#pragma once

#include <torch/torch.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "models/kernels/fused_scope.h"
#include "models/kernels/group_norm.h"

namespace stormloom {

/// What a layer makes of its weights for the fused path, made at the first use and again when the
/// weights have changed (other storage, another device, or written to since) or other products are
/// wanted.
template <class Value>
class Prepared {
public:
  template <class Make>
  const Value& get(const torch::Tensor& weight, Make make) {
    TORCH_CHECK(!torch::GradMode::is_enabled() || !weight.requires_grad(),
                "gradients of weights do not pass the fused path");
    const std::lock_guard lock(mutex_);
    const Stamp now{weight.data_ptr(), weight.device(), weight._version(),
                    productType(weight.device())};
    if (!value_ || !(stamp_ == now)) {
      const torch::NoGradGuard noGradient;
      value_ = make();
      stamp_ = now;
    }
    return *value_;
  }

private:
  struct Stamp {
    const void* data = nullptr;
    torch::Device device = torch::kCPU;
    std::int64_t version = 0;
    torch::ScalarType products = torch::kFloat32;
    bool operator==(const Stamp&) const = default;
  };
  std::mutex mutex_;
  Stamp stamp_;
  std::optional<Value> value_;
};

/// The same for each shape of the data, named by a key.
template <class Value>
class PreparedPerShape {
public:
  template <class Make>
  const Value& get(const std::string& key, const torch::Tensor& weight, Make make) {
    const std::lock_guard lock(mutex_);
    return values_[key].get(weight, make);
  }

private:
  std::mutex mutex_;
  std::map<std::string, Prepared<Value>> values_;
};

/// A product with its bias, in productType() of the weights' device.
struct FusedLinear {
  torch::Tensor weight;  ///< (out,in)
  torch::Tensor bias;    ///< (out), or undefined
};
FusedLinear fusedLinear(const torch::nn::Linear& linear);
/// Several products of the same input as one: rows one below the other. None or all have a bias.
FusedLinear fusedLinears(const std::vector<torch::nn::Linear>& linears);

/// x (...,in) in productType() -> (...,out); with "gelu" the activation is part of the product (on
/// a GPU in its tanh form, which differs by less than bf16 rounds and about as much as fp16 does).
torch::Tensor product(const torch::Tensor& x, const FusedLinear& linear,
                      const std::string& activation = "");

/// A convolution whose bias is left to the next step, which reads the result anyway.
struct FusedConvolution {
  torch::Tensor weight;  ///< productType(), channels last
  torch::Tensor bias;    ///< float32 (out), or undefined
  torch::Tensor few;     ///< (3,3,in,out) float32 where convolvedFew() can make it; else undefined
  torch::Tensor spread;  ///< spreadWeights() where convolvedByTiles() makes it; else undefined
  std::vector<std::int64_t> stride, padding;
  /// The convolution that carries gradients back, made when it is first asked for; null where
  /// steps or padding do not allow it.
  std::shared_ptr<Prepared<FusedConvolution>> mirror;
};
FusedConvolution fusedConvolution(const torch::nn::Conv2d& convolution);
FusedConvolution fusedConvolution(const torch::nn::Conv3d& convolution);
/// The gradient for the tokens of `convolution`, which has a mirror, given that of its result.
torch::Tensor convolutionGradient(const torch::Tensor& ofResult,
                                  const FusedConvolution& convolution);

/// Tokens (B,H,W,C) or (B,T,H,W,C), contiguous -> tokens of the result, without the bias. Gradients
/// of tokens pass, those of weights do not.
torch::Tensor convolved(const torch::Tensor& tokens, const FusedConvolution& convolution);
/// The same with the bias.
torch::Tensor convolvedWithBias(const torch::Tensor& tokens, const FusedConvolution& convolution);

NormWeights fusedNorm(const torch::nn::LayerNorm& norm);
/// A group norm without shift or scale.
GroupNormStep fusedNorm(const torch::nn::GroupNorm& norm, const std::string& activation);

/// x in productType() of its device, contiguous.
torch::Tensor asFactor(const torch::Tensor& x);

}  // namespace stormloom
