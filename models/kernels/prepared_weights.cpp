#include "models/kernels/prepared_weights.h"

#include <numeric>

#include "models/kernels/activation.h"
#include "models/kernels/device_products.h"
#include "models/kernels/frame_kernels.h"
#include "models/kernels/fused_scope.h"
#include "models/kernels/kept_values.h"
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

at::MemoryFormat channelsLast(const Tensor& weight) {
  return weight.dim() == 4 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::ChannelsLast3d;
}

FusedConvolution fused(const Tensor& weight, const Tensor& bias, at::IntArrayRef stride,
                       at::IntArrayRef padding) {
  return {forProducts(weight).contiguous(channelsLast(weight)),
          inFloat(bias),
          fewChannels(weight, stride, padding),
          canSpread(weight, stride, padding) ? spreadWeights(inFloat(weight)) : Tensor(),
          stride.vec(),
          padding.vec(),
          {}};
}

/// In steps of one, padded to keep the field's sides.
bool keepsSides(const FusedConvolution& convolution) {
  for (std::size_t axis = 0; axis < convolution.stride.size(); ++axis)
    if (convolution.stride[axis] != 1 ||
        2 * convolution.padding[axis] + 1 != convolution.weight.size(std::int64_t(axis) + 2))
      return false;
  return true;
}

template <class Convolution>
FusedConvolution fusedWithMirror(const Convolution& convolution) {
  const auto& options = convolution->options;
  FusedConvolution made = fused(convolution->weight, convolution->bias, *options.stride(),
                                *std::get<0>(options.padding()));
  if (keepsSides(made)) made.mirror = std::make_shared<Prepared<FusedConvolution>>();
  return made;
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
  if (deviceProductTakes(rows, linear.weight))
    y = deviceProduct(rows, linear.weight, linear.bias, inEpilogue);
  else if (inEpilogue && x.is_cpu())
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
  return fusedWithMirror(convolution);
}

FusedConvolution fusedConvolution(const torch::nn::Conv3d& convolution) {
  return fusedWithMirror(convolution);
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

Tensor convolvedByKernels(const Tensor& tokens, const FusedConvolution& convolution,
                          const Tensor& bias) {
  if (convolution.few.defined()) return convolvedFew(tokens, convolution.few, bias);
  if (tokens.is_cpu() || !bias.defined()) return convolvedAnd(tokens, convolution, bias);
  return withBias(convolvedAnd(tokens, convolution, {}), bias);
}

/// A convolution in a recording of gradients.
struct ConvolutionFunction : torch::autograd::Function<ConvolutionFunction> {
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& tokens,
                        const FusedConvolution& convolution, bool withBias) {
    keepValue(context, convolution);
    return convolvedByKernels(tokens, convolution, withBias ? convolution.bias : Tensor());
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto convolution = keptValue<FusedConvolution>(context);
    return {convolutionGradient(gradients[0], convolution), Tensor(), Tensor()};
  }
};

Tensor convolvedPerhapsWithBias(const Tensor& tokens, const FusedConvolution& convolution,
                                bool withBias) {
  const Tensor bias = withBias ? convolution.bias : Tensor();
  if (!recordsGradients(tokens)) return convolvedByKernels(tokens, convolution, bias);
  if (convolution.mirror) return ConvolutionFunction::apply(tokens, convolution, withBias);
  const Tensor y = convolvedAnd(tokens, convolution, {});  // LibTorch knows its gradient
  return bias.defined() ? y + bias.to(y.scalar_type()) : y;
}

}  // namespace

Tensor convolved(const Tensor& tokens, const FusedConvolution& convolution) {
  return convolvedPerhapsWithBias(tokens, convolution, false);
}

Tensor convolvedWithBias(const Tensor& tokens, const FusedConvolution& convolution) {
  return convolvedPerhapsWithBias(tokens, convolution, true);
}

Tensor convolutionGradient(const Tensor& ofResult, const FusedConvolution& convolution) {
  const Tensor& weight = convolution.weight;
  const FusedScope products(true, weight.scalar_type());  // in a thread of the way back, too
  const FusedConvolution& mirror = convolution.mirror->get(weight, [&] {
    std::vector<std::int64_t> spatial(convolution.stride.size());
    std::iota(spatial.begin(), spatial.end(), 2);
    return fused(weight.transpose(0, 1).flip(spatial), {}, convolution.stride,
                 convolution.padding);
  });
  return convolvedByKernels(ofResult.contiguous(), mirror, {});
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
