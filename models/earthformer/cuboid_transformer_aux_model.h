#pragma once

#include <torch/torch.h>

#include "models/cuboid/pos_embed.h"
#include "models/earthformer/cuboid_transformer_encoder.h"
#include "models/earthformer/cuboid_transformer_options.h"
#include "models/earthformer/cuboid_transformer_unet_decoder.h"

namespace stormloom {

/// Earthformer with auxiliary fields beside the context and in place of the unknown future, as in
/// EarthNet (spec 4).
class CuboidTransformerAuxModelImpl : public torch::nn::Module {
public:
  explicit CuboidTransformerAuxModelImpl(const CuboidTransformerOptions& options);

  /// x (B,T_in,H,W,C_in), auxiliary fields of the context and of the future (B,T',H',W',C_aux) of
  /// any size -> (B,T_out,H,W,C_out).
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& auxiliaryContext,
                        const torch::Tensor& auxiliaryFuture);

private:
  CuboidTransformerOptions options_;
  torch::Tensor init_global_vectors;
  torch::nn::AnyModule initial_encoder, initial_aux_encoder, final_decoder;
  torch::nn::Linear dec_final_proj{nullptr};
  CuboidTransformerEncoder encoder{nullptr};
  PosEmbed enc_pos_embed{nullptr}, dec_pos_embed{nullptr};
  CuboidTransformerUNetDecoder decoder{nullptr};
};
TORCH_MODULE(CuboidTransformerAuxModel);

}  // namespace stormloom
