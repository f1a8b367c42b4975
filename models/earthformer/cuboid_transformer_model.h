#pragma once

#include <torch/torch.h>

#include "models/cuboid/pos_embed.h"
#include "models/earthformer/cuboid_transformer_decoder.h"
#include "models/earthformer/cuboid_transformer_encoder.h"
#include "models/earthformer/cuboid_transformer_options.h"

namespace stormloom {

/// Earthformer: an encoder and a decoder of cuboid attention that give all frames of the future at
/// once (spec 3). Names of submodules are those of the official checkpoints.
class CuboidTransformerModelImpl : public torch::nn::Module {
public:
  explicit CuboidTransformerModelImpl(const CuboidTransformerOptions& options);

  /// (B,T_in,H,W,C_in) -> (B,T_out,H,W,C_out); neither end is clipped or activated.
  torch::Tensor forward(const torch::Tensor& x);

  const CuboidTransformerOptions& options() const { return options_; }

private:
  torch::Tensor initialDecoderState(const torch::Tensor& coarsest);

  CuboidTransformerOptions options_;
  Prepared<FusedLinear> fusedFinal_;
  torch::Tensor init_global_vectors;
  torch::nn::AnyModule initial_encoder, final_decoder;
  torch::nn::Linear dec_final_proj{nullptr}, z_proj{nullptr};
  CuboidTransformerEncoder encoder{nullptr};
  PosEmbed enc_pos_embed{nullptr}, dec_pos_embed{nullptr};
  CuboidTransformerDecoder decoder{nullptr};
};
TORCH_MODULE(CuboidTransformerModel);

}  // namespace stormloom
