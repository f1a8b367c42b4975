#pragma once

#include <torch/torch.h>

#include <vector>

#include "models/cuboid/pos_embed.h"
#include "models/cuboid/resampling_layers.h"
#include "models/earthformer/decoder_level.h"

namespace stormloom {

/// From the coarsest level to the finest: self-attention, cross-attention to the encoder's memory,
/// upsampling (spec 3, step 4).
class CuboidTransformerDecoderImpl : public torch::nn::Module {
public:
  explicit CuboidTransformerDecoderImpl(const CuboidTransformerDecoderOptions& options);

  /// z (B,T_out,H_L,W_L,units_L); memory of the encoder, from the finest level on; its global
  /// vectors may be undefined. Returns (B,T_out,H_0,W_0,units_0).
  torch::Tensor forward(const torch::Tensor& z, const std::vector<torch::Tensor>& memory,
                        const std::vector<torch::Tensor>& memoryGlobals);

private:
  std::vector<DecoderLevel> levels_;
  torch::nn::ModuleList self_blocks, cross_blocks, upsample_layers,
      hierarchical_pos_embed_l{nullptr};
};
TORCH_MODULE(CuboidTransformerDecoder);

/// One upsampling layer from every level to the next finer one.
torch::nn::ModuleList upsamplingLayers(const CuboidTransformerDecoderOptions& options);

}  // namespace stormloom
