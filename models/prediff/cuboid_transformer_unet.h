#pragma once

#include <torch/torch.h>

#include <vector>

#include "models/cuboid/pos_embed.h"
#include "models/prediff/timed_cuboid_levels.h"

namespace stormloom {

/// Denoiser of latent frames (spec 7). Defaults are those of the official configuration, but for
/// sizes.
struct CuboidTransformerUNetOptions : TimedCuboidOptions {
  FieldShape inputShape;   ///< of the condition
  FieldShape targetShape;  ///< of the noisy latents
  std::int64_t upsampleKernelSize = 3;
  bool unetResConnect = true;

  /// Not official: numbers a sample is conditioned on beside the frames, such as the intensity
  /// asked for. An MLP `control_embed` adds them to the time embedding; its last layer starts at
  /// zero.
  std::int64_t controlFeatures = 0;
};

/// From a configuration with the official keys (and `control_features`). Throws ModelError.
CuboidTransformerUNetOptions cuboidTransformerUNetOptionsFromJson(const Json& config);

/// Earthformer-UNet: predicts the noise (or velocity) in latent frames, given those of the
/// condition (spec 7). Names of submodules are those of the official checkpoints.
class CuboidTransformerUNetImpl : public torch::nn::Module {
public:
  explicit CuboidTransformerUNetImpl(const CuboidTransformerUNetOptions& options);

  /// zt (B,T_out,h,w,c), t (B), zc (B,T_in,h,w,c), control (B,controlFeatures) or undefined -> like
  /// zt.
  torch::Tensor forward(const torch::Tensor& zt, const torch::Tensor& t, const torch::Tensor& zc,
                        const torch::Tensor& control = {});

  const CuboidTransformerUNetOptions& options() const { return options_; }

private:
  void buildStart();
  void buildLevelChanges();
  void buildBlocks();
  torch::Tensor embedding(const torch::Tensor& t, const torch::Tensor& control,
                          torch::ScalarType type);
  /// The start of the levels, and what the time does to them.
  struct Start {
    torch::Tensor x, emb;
    std::vector<TimeEmbedResBlockImpl::Timed> down, up;  // of the levels; empty: not made yet
  };
  Start start(const torch::Tensor& zt, const torch::Tensor& t, const torch::Tensor& zc,
              const torch::Tensor& control);

  CuboidTransformerUNetOptions options_;
  std::vector<std::int64_t> units_;
  std::vector<Thw> shapes_;  // (T_in+T_out,h,w) of every level
  Prepared<FusedLinear> fusedFinal_;
  torch::Tensor init_global_vectors;
  TimeEmbedResBlock first_proj{nullptr};
  PosEmbed pos_embed{nullptr};
  TimeEmbedLayer time_embed{nullptr};
  torch::nn::Sequential control_embed{nullptr};
  torch::nn::ModuleList downsample_layers, upsample_layers;
  torch::nn::ModuleList down_layer_global_proj{nullptr}, up_layer_global_proj{nullptr};
  TimedStacks downStacks_, upStacks_;
  torch::nn::ModuleList down_time_embed_blocks, up_time_embed_blocks;
  torch::nn::Linear final_proj{nullptr};
};
TORCH_MODULE(CuboidTransformerUNet);

}  // namespace stormloom
