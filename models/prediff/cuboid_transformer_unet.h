#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "models/cuboid/pos_embed.h"
#include "models/cuboid/resampling_layers.h"
#include "models/cuboid/self_attention_stack.h"
#include "models/earthformer/cuboid_transformer_options.h"
#include "models/prediff/time_embedding.h"

namespace stormloom {

/// Denoiser of latent frames (spec 7). Defaults are those of the official configuration, but for
/// sizes.
struct CuboidTransformerUNetOptions {
  FieldShape inputShape;   ///< of the condition
  FieldShape targetShape;  ///< of the noisy latents
  std::int64_t baseUnits = 128;
  double scaleAlpha = 1.0;
  std::vector<std::int64_t> depth = {4, 4};
  Thw downsample = {1, 2, 2};
  std::int64_t upsampleKernelSize = 3;
  AttentionPattern<CuboidShape> selfPattern = {{"axial"}, {}};
  std::int64_t numHeads = 4;
  std::string ffnActivation = "gelu";
  bool gatedFfn = false;
  bool useInterFfn = true;
  PaddingType padding = PaddingType::Zeros;
  std::string posEmbedType = "t+h+w";
  bool useRelativePos = true;
  bool selfAttnUseFinalProj = true;
  double attnDrop = 0.0;
  double projDrop = 0.0;
  double ffnDrop = 0.0;

  std::int64_t numGlobalVectors = 0;
  bool useGlobalVectorFfn = true;
  bool useGlobalSelfAttn = false;
  bool separateGlobalQkv = false;
  std::int64_t globalDimRatio = 1;

  std::int64_t timeEmbedChannelsMult = 4;
  bool timeEmbedUseScaleShiftNorm = false;
  double timeEmbedDropout = 0.0;
  bool unetResConnect = true;

  /// Not official: numbers a sample is conditioned on beside the frames, such as the intensity
  /// asked for. An MLP `control_embed` adds them to the time embedding; its last layer starts at
  /// zero.
  std::int64_t controlFeatures = 0;

  std::int64_t levels() const { return std::int64_t(depth.size()); }
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
  /// Field and global vectors on their way through the levels.
  struct Stream {
    torch::Tensor x;        // (B,T,H,W,C)
    torch::Tensor globals;  // (B,N,ratio*C) or undefined
  };
  using Stacks = std::vector<std::vector<StackCuboidSelfAttentionBlock>>;

  void buildStart();
  void buildLevelChanges();
  void buildBlocks();
  Stacks addStacks(const std::string& name);
  torch::Tensor embedding(const torch::Tensor& t, const torch::Tensor& control,
                          torch::ScalarType type);
  Stream throughLevel(Stream stream, const torch::Tensor& emb, TimeEmbedResBlockImpl& block,
                      std::vector<StackCuboidSelfAttentionBlock>& stacks);

  CuboidTransformerUNetOptions options_;
  std::vector<std::int64_t> units_;
  std::vector<Thw> shapes_;  // (T_in+T_out,h,w) of every level
  torch::Tensor init_global_vectors;
  TimeEmbedResBlock first_proj{nullptr};
  PosEmbed pos_embed{nullptr};
  TimeEmbedLayer time_embed{nullptr};
  torch::nn::Sequential control_embed{nullptr};
  torch::nn::ModuleList downsample_layers, upsample_layers;
  torch::nn::ModuleList down_layer_global_proj{nullptr}, up_layer_global_proj{nullptr};
  Stacks downStacks_, upStacks_;
  torch::nn::ModuleList down_time_embed_blocks, up_time_embed_blocks;
  torch::nn::Linear final_proj{nullptr};
};
TORCH_MODULE(CuboidTransformerUNet);

}  // namespace stormloom
