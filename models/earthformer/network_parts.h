#pragma once

#include <torch/torch.h>

#include <vector>

#include "models/earthformer/cuboid_transformer_encoder.h"
#include "models/earthformer/cuboid_transformer_options.h"
#include "models/earthformer/decoder_level.h"

namespace stormloom {

// What Earthformer and Earthformer with auxiliary input have in common, from their options.

/// (T_in,H,W) at every level of the encoder, which is also the memory of the decoder.
std::vector<Thw> memoryShapes(const CuboidTransformerOptions& options);

/// Convolutional input for fields of `channels` channels: (B,T,H,W,channels) -> level 0.
torch::nn::AnyModule initialStage(const CuboidTransformerOptions& options, std::int64_t channels);

/// Convolutional output and its width: level 0 -> (B,T_out,H,W,width).
struct FinalStage {
  torch::nn::AnyModule module;
  std::int64_t width;
};
FinalStage finalStage(const CuboidTransformerOptions& options);

CuboidTransformerEncoderOptions encoderOptions(const CuboidTransformerOptions& options);
CuboidTransformerDecoderOptions decoderOptions(const CuboidTransformerOptions& options);

}  // namespace stormloom
