#include "models/prediff/attention_pool.h"

#include <cmath>

namespace stormloom {
using torch::Tensor;

AttentionPool3DImpl::AttentionPool3DImpl(const AttentionPoolOptions& options) : options_(options) {
  const std::int64_t channels = options.embedDim;
  TORCH_CHECK(options.headChannels > 0 && channels % options.headChannels == 0,
              "an attention pool over ", channels, " channels cannot have heads of ",
              options.headChannels);
  positional_embedding =
      register_parameter("positional_embedding", torch::randn({channels, options.tokens + 1}) /
                                                     std::sqrt(double(channels)));
  qkv_proj = register_module(
      "qkv_proj", torch::nn::Conv1d(torch::nn::Conv1dOptions(channels, 3 * channels, 1)));
  c_proj = register_module(
      "c_proj", torch::nn::Conv1d(torch::nn::Conv1dOptions(channels, options.outputDim, 1)));
}

Tensor AttentionPool3DImpl::forward(const Tensor& x) {
  const Tensor tokens = torch::cat({x.mean(-1, true), x}, -1) + positional_embedding;  // (B,C,n+1)
  const auto parts = qkv_proj->forward(tokens).chunk(3, 1);
  // (B,heads,ch,n+1); a head is a group of consecutive channels
  const auto heads = [&](const Tensor& part) {
    return part.reshape({x.size(0), -1, options_.headChannels, part.size(-1)});
  };
  const double scale = std::pow(double(options_.headChannels), -0.25);  // on q and on k
  const Tensor query = heads(parts[0].narrow(-1, 0, 1)) * scale;        // only token 0 is read
  const Tensor scores = query.transpose(-1, -2).matmul(heads(parts[1]) * scale);
  const Tensor pooled = heads(parts[2]).matmul(scores.softmax(-1).transpose(-1, -2));
  return c_proj->forward(pooled.reshape({x.size(0), -1, 1})).squeeze(-1);
}

}  // namespace stormloom
