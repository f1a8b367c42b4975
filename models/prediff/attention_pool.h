#pragma once

#include <torch/torch.h>

namespace stormloom {

struct AttentionPoolOptions {
  std::int64_t tokens = 0;  ///< the mean of them is added as one more
  std::int64_t embedDim = 0;
  std::int64_t headChannels = 0;
  std::int64_t outputDim = 0;
};

/// Tokens to one vector by attention of their mean over all of them (spec 9).
class AttentionPool3DImpl : public torch::nn::Module {
public:
  explicit AttentionPool3DImpl(const AttentionPoolOptions& options);
  torch::Tensor forward(const torch::Tensor& x);  ///< (B,C,n) -> (B,out)

private:
  AttentionPoolOptions options_;
  torch::Tensor positional_embedding;  // (C,n+1)
  torch::nn::Conv1d qkv_proj{nullptr}, c_proj{nullptr};
};
TORCH_MODULE(AttentionPool3D);

}  // namespace stormloom
