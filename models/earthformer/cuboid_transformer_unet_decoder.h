#pragma once

#include <torch/torch.h>

#include <vector>

#include "models/cuboid/resampling_layers.h"
#include "models/earthformer/cuboid_transformer_options.h"
#include "models/earthformer/decoder_level.h"

namespace stormloom {

/// From the finest level down to the coarsest and up again, with cross-attention to the encoder's
/// memory on one way or both; nothing is added from one way to the other (spec 4).
class CuboidTransformerUNetDecoderImpl : public torch::nn::Module {
public:
  CuboidTransformerUNetDecoderImpl(const CuboidTransformerDecoderOptions& options,
                                   const Thw& downsample, PaddingType padding,
                                   UNetCrossMode crossMode);

  /// z (B,T_out,H_0,W_0,units_0); memory of the encoder, from the finest level on; its global
  /// vectors may be undefined. Returns the shape of z.
  torch::Tensor forward(const torch::Tensor& z, const std::vector<torch::Tensor>& memory,
                        const std::vector<torch::Tensor>& memoryGlobals);

private:
  std::vector<DecoderLevel> downLevels_;
  std::vector<DecoderLevel> upLevels_;
  torch::nn::ModuleList downsample_layers, upsample_layers;
};
TORCH_MODULE(CuboidTransformerUNetDecoder);

}  // namespace stormloom
