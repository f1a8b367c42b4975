#include "models/earthformer/cuboid_transformer_model.h"

#include "models/cuboid/attention_parts.h"
#include "models/cuboid/cuboid_layout.h"
#include "models/earthformer/network_parts.h"
#include "models/kernels/fused_scope.h"

namespace stormloom {
using torch::Tensor;

CuboidTransformerModelImpl::CuboidTransformerModelImpl(const CuboidTransformerOptions& options)
    : options_(options) {
  // The order of registration is the order of the official state dictionary.
  if (options.numGlobalVectors > 0)
    init_global_vectors = register_parameter(
        "init_global_vectors",
        torch::zeros({options.numGlobalVectors, options.globalDimRatio * options.baseUnits}));
  initial_encoder = initialStage(options, options.inputShape.channels);
  register_module("initial_encoder", initial_encoder.ptr());
  const FinalStage last = finalStage(options);
  final_decoder = last.module;
  register_module("final_decoder", final_decoder.ptr());
  dec_final_proj =
      register_module("dec_final_proj", linear(last.width, options.targetShape.channels));

  const CuboidTransformerDecoderOptions decoding = decoderOptions(options);
  const std::int64_t coarsest = decoding.units.back();
  encoder = register_module("encoder", CuboidTransformerEncoder(encoderOptions(options)));
  enc_pos_embed = register_module(
      "enc_pos_embed",
      PosEmbed(options.baseUnits, memoryShapes(options).front(), options.posEmbedType));
  z_proj = register_module("z_proj", linear(coarsest, coarsest));
  dec_pos_embed = register_module("dec_pos_embed",
                                  PosEmbed(coarsest, decoding.shapes.back(), options.posEmbedType));
  decoder = register_module("decoder", CuboidTransformerDecoder(decoding));
}

// Spec 3, step 3: (B,T_in,H_L,W_L,C_L) -> (B,T_out,H_L,W_L,C_L).
Tensor CuboidTransformerModelImpl::initialDecoderState(const Tensor& coarsest) {
  const std::int64_t frames = options_.targetShape.thw[0];
  const auto repeated = [frames](const Tensor& frame) {
    return frame.expand({-1, frames, -1, -1, -1});
  };
  switch (options_.zInit) {
    case InitialDecoderState::Zeros:
      return z_proj(dec_pos_embed(
          torch::zeros_like(coarsest.narrow(1, 0, 1)).expand({-1, frames, -1, -1, -1})));
    case InitialDecoderState::NearestInterp:
      return z_proj(resizeNearest(coarsest, 1, frames));
    case InitialDecoderState::Last:
      return z_proj(repeated(coarsest.slice(1, -1)));
    case InitialDecoderState::Mean:
      return z_proj(repeated(coarsest.mean(1, /*keepdim=*/true)));
  }
  TORCH_CHECK(false, "unknown initial decoder state");
}

Tensor CuboidTransformerModelImpl::forward(const Tensor& input) {
  TORCH_CHECK(
      thwOf(input) == options_.inputShape.thw && input.size(4) == options_.inputShape.channels,
      "the network takes fields of another shape than ", input.sizes());
  const Tensor x = enc_pos_embed(initial_encoder.forward<Tensor>(input));
  Tensor globals;  // (B,N,ratio*base)
  if (init_global_vectors.defined())
    globals = init_global_vectors.unsqueeze(0).expand({input.size(0), -1, -1});
  const auto memory = encoder->forward(x, globals);
  const Tensor z =
      decoder->forward(initialDecoderState(memory.fields.back()), memory.fields, memory.globals);
  const Tensor last = final_decoder.forward<Tensor>(z);
  if (is_training() || !takesFusedPath(last)) return dec_final_proj(last);
  const FusedLinear& w =
      fusedFinal_.get(dec_final_proj->weight, [this] { return fusedLinear(dec_final_proj); });
  return product(asFactor(last), w).to(torch::kFloat32);
}

}  // namespace stormloom
