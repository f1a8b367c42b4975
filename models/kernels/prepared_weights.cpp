#include "models/kernels/prepared_weights.h"

#include "models/kernels/activation.h"
#include "models/kernels/frame_kernels.h"
#include "models/kernels/fused_scope.h"
#include "models/kernels/over_threads.h"
#include "models/kernels/processor_kernels.h"
#include "models/kernels/winograd.h"

namespace stormloom {
using torch::Tensor;
namespace {

Tensor forProducts(const Tensor& weight) {
  return weight.defined() ? weight.detach().to(productType(weight.device())).contiguous() : weight;
}

Tensor inFloat(const Tensor& weight) {
  return weight.defined() ? weight.detach().to(torch::kFloat32).contiguous() : weight;
}

/// (out,in,3,3) as convolvedFew() reads it, or undefined where that cannot make it.
Tensor fewChannels(const Tensor& weight, at::IntArrayRef stride, at::IntArrayRef padding) {
  const bool can = weight.is_cuda() && weight.dim() == 4 && weight.size(1) <= kFewChannels &&
                   weight.size(0) % 8 == 0 && weight.size(2) == 3 && weight.size(3) == 3 &&
                   stride[0] == 1 && stride[1] == 1 && padding[0] == 1 && padding[1] == 1;
  return can ? inFloat(weight).permute({2, 3, 1, 0}).contiguous() : Tensor();
}

template <class Convolution>
FusedConvolution fused(const Convolution& convolution, at::MemoryFormat format) {
  const auto& options = convolution->options;
  const auto padding = std::get<0>(options.padding());
  return {forProducts(convolution->weight).contiguous(format),
          inFloat(convolution->bias),
          fewChannels(convolution->weight, *options.stride(), *padding),
          canSpread(convolution->weight, *options.stride(), *padding)
              ? spreadWeights(inFloat(convolution->weight))
              : Tensor(),
          std::vector<std::int64_t>(options.stride()->begin(), options.stride()->end()),
          std::vector<std::int64_t>(padding->begin(), padding->end())};
}

/// Tokens seen as LibTorch's convolutions name their axes: (B,C,...), channels last in memory.
Tensor channelsSecond(const Tensor& tokens) { return tokens.movedim(-1, 1); }

}  // namespace

FusedLinear fusedLinear(const torch::nn::Linear& linear) {
  return {forProducts(linear->weight), forProducts(linear->bias)};
}

FusedLinear fusedLinears(const std::vector<torch::nn::Linear>& linears) {
  std::vector<Tensor> weights, biases;
  for (const torch::nn::Linear& linear : linears) {
    weights.push_back(linear->weight);
    if (linear->bias.defined()) biases.push_back(linear->bias);
  }
  TORCH_CHECK(biases.empty() || biases.size() == weights.size(),
              "joined products need a bias all or none");
  return {forProducts(torch::cat(weights)),
          biases.empty() ? Tensor() : forProducts(torch::cat(biases))};
}

namespace {

/// x w^T with bias and GELU in one walk over the result.
Tensor productAndGelu(const Tensor& rows, const FusedLinear& linear) {
  constexpr std::int64_t kValuesAtLeast = 16384;  // that make a thread worth waking
  Tensor y = torch::mm(rows, linear.weight.t());
  const std::int64_t channels = y.size(1);
  overThreads(y.size(0), kValuesAtLeast / channels + 1,
                   [&](std::int64_t first, std::int64_t last) {
                     processorKernels().addBiasAndGelu(
                         y.data_ptr<float>(), linear.bias.data_ptr<float>(), channels, first, last);
                   });
  return y;
}

}  // namespace

Tensor product(const Tensor& x, const FusedLinear& linear, const std::string& activation) {
  const bool inEpilogue = activation == "gelu" && linear.bias.defined();
  std::vector<std::int64_t> shape(x.sizes().begin(), x.sizes().end() - 1);
  shape.push_back(linear.weight.size(0));
  const Tensor rows = x.reshape({-1, x.size(-1)});
  Tensor y;
  if (inEpilogue && x.is_cpu())
    y = productAndGelu(rows, linear);
  else if (inEpilogue)
    y = at::_addmm_activation(linear.bias, rows, linear.weight.t(), 1, 1, /*use_gelu=*/true);
  else
    y = linear.bias.defined() ? torch::addmm(linear.bias, rows, linear.weight.t())
                              : torch::mm(rows, linear.weight.t());
  if (!inEpilogue && !activation.empty()) y = activate(activation, y);
  return y.view(shape);
}

FusedConvolution fusedConvolution(const torch::nn::Conv2d& convolution) {
  return fused(convolution, at::MemoryFormat::ChannelsLast);
}

FusedConvolution fusedConvolution(const torch::nn::Conv3d& convolution) {
  return fused(convolution, at::MemoryFormat::ChannelsLast3d);
}

namespace {

Tensor convolvedAnd(const Tensor& tokens, const FusedConvolution& convolution, const Tensor& bias) {
  if (convolution.spread.defined()) return convolvedByTiles(tokens, convolution.spread, bias);
  const std::vector<std::int64_t> ones(convolution.stride.size(), 1),
      none(convolution.stride.size(), 0);
  const Tensor y =
      at::convolution(channelsSecond(tokens), convolution.weight, bias, convolution.stride,
                      convolution.padding, ones, /*transposed=*/false, none, /*groups=*/1);
  return y.movedim(1, -1).contiguous();  // no copy where the result's channels lie last
}

}  // namespace

Tensor convolved(const Tensor& tokens, const FusedConvolution& convolution) {
  if (convolution.few.defined()) return convolvedFew(tokens, convolution.few, {});
  return convolvedAnd(tokens, convolution, {});
}

Tensor convolvedWithBias(const Tensor& tokens, const FusedConvolution& convolution) {
  if (convolution.few.defined()) return convolvedFew(tokens, convolution.few, convolution.bias);
  if (tokens.is_cpu()) return convolvedAnd(tokens, convolution, convolution.bias);
  const Tensor y = convolved(tokens, convolution);
  return convolution.bias.defined() ? withBias(y, convolution.bias) : y;
}

NormWeights fusedNorm(const torch::nn::LayerNorm& norm) {
  return {inFloat(norm->weight), inFloat(norm->bias), norm->options.eps()};
}

GroupNormStep fusedNorm(const torch::nn::GroupNorm& norm, const std::string& activation) {
  return {norm->options.num_groups(),
          inFloat(norm->weight),
          inFloat(norm->bias),
          norm->options.eps(),
          activation,
          {},
          {},
          {}};
}

Tensor asFactor(const Tensor& x) { return x.to(productType(x.device())).contiguous(); }

}  // namespace stormloom
