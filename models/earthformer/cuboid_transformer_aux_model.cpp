#include "models/earthformer/cuboid_transformer_aux_model.h"

#include "models/cuboid/attention_parts.h"
#include "models/cuboid/cuboid_layout.h"
#include "models/earthformer/network_parts.h"

namespace stormloom {
using torch::Tensor;

CuboidTransformerAuxModelImpl::CuboidTransformerAuxModelImpl(
    const CuboidTransformerOptions& options)
    : options_(options) {
  if (options.numGlobalVectors > 0)
    init_global_vectors = register_parameter(
        "init_global_vectors",
        torch::zeros({options.numGlobalVectors, options.globalDimRatio * options.baseUnits}));
  initial_encoder = initialStage(options, options.inputShape.channels);
  register_module("initial_encoder", initial_encoder.ptr());
  initial_aux_encoder = initialStage(options, options.auxiliaryChannels);
  register_module("initial_aux_encoder", initial_aux_encoder.ptr());
  const FinalStage last = finalStage(options);
  final_decoder = last.module;
  register_module("final_decoder", final_decoder.ptr());
  dec_final_proj =
      register_module("dec_final_proj", linear(last.width, options.targetShape.channels));

  const CuboidTransformerDecoderOptions decoding = decoderOptions(options);
  encoder = register_module("encoder", CuboidTransformerEncoder(encoderOptions(options)));
  enc_pos_embed = register_module(
      "enc_pos_embed",
      PosEmbed(options.baseUnits, memoryShapes(options).front(), options.posEmbedType));
  // Never used, yet official checkpoints hold it.
  dec_pos_embed = register_module(
      "dec_pos_embed",
      PosEmbed(decoding.units.back(), decoding.shapes.back(), options.posEmbedType));
  decoder =
      register_module("decoder", CuboidTransformerUNetDecoder(decoding, options.downsample,
                                                              options.padding, options.unetCross));
}

Tensor CuboidTransformerAuxModelImpl::forward(const Tensor& input, const Tensor& auxiliaryContext,
                                              const Tensor& auxiliaryFuture) {
  const Tensor context = resizeNearest(auxiliaryContext, options_.inputShape.thw);
  const Tensor future = resizeNearest(auxiliaryFuture, options_.targetShape.thw);
  const Tensor x = enc_pos_embed(initial_encoder.forward<Tensor>(input) +
                                 initial_aux_encoder.forward<Tensor>(context));
  Tensor globals;  // (B,N,ratio*base)
  if (init_global_vectors.defined())
    globals = init_global_vectors.unsqueeze(0).expand({input.size(0), -1, -1});
  const auto memory = encoder->forward(x, globals);
  const Tensor z =
      decoder->forward(initial_aux_encoder.forward<Tensor>(future), memory.fields, memory.globals);
  return dec_final_proj(final_decoder.forward<Tensor>(z));
}

}  // namespace stormloom
