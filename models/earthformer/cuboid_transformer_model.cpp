#include "models/earthformer/cuboid_transformer_model.h"

#include "models/cuboid/attention_parts.h"
#include "models/cuboid/cuboid_layout.h"

namespace stormloom {
using torch::Tensor;
namespace {

/// (H,W) before each stage of the input, from the field's own on.
std::vector<Thw> stageShapes(const CuboidTransformerOptions& options) {
  std::vector<Thw> shapes = {options.targetShape.thw};
  for (const std::int64_t factor : options.stackScale)
    shapes.push_back(mergedShape(shapes.back(), {1, factor, factor}));
  return shapes;
}

/// Shape behind the convolutional input.
Thw encodedShape(const CuboidTransformerOptions& options) {
  Thw shape = options.inputShape.thw;
  if (options.initialType == DownsampleType::Conv) return mergedShape(shape, options.initialScale);
  for (const std::int64_t factor : options.stackScale)
    shape = mergedShape(shape, {1, factor, factor});
  return shape;
}

/// What the self-attention stacks of encoder and decoder share.
StackCuboidSelfAttentionOptions selfStack(const CuboidTransformerOptions& options, bool useInterFfn,
                                          bool useGlobalVector) {
  StackCuboidSelfAttentionOptions stack;
  stack.attention.numHeads = options.numHeads;
  stack.attention.padding = options.padding;
  stack.attention.useFinalProj = options.selfAttnUseFinalProj;
  stack.attention.useRelativePos = options.useRelativePos;
  stack.attention.useGlobalVector = useGlobalVector;
  stack.attention.useGlobalSelfAttn = options.useGlobalSelfAttn;
  stack.attention.separateGlobalQkv = options.separateGlobalQkv;
  stack.attention.globalDimRatio = options.globalDimRatio;
  stack.attention.attnDrop = options.attnDrop;
  stack.attention.projDrop = options.projDrop;
  stack.useInterFfn = useInterFfn;
  stack.useGlobalVectorFfn = options.useGlobalVectorFfn;
  stack.ffnActivation = options.ffnActivation;
  stack.gatedFfn = options.gatedFfn;
  stack.ffnDrop = options.ffnDrop;
  return stack;
}

StackCuboidCrossAttentionOptions crossStack(const CuboidTransformerOptions& options) {
  StackCuboidCrossAttentionOptions stack;
  stack.attention.numHeads = options.numHeads;
  stack.attention.lastNFrames = options.decCrossLastNFrames;
  stack.attention.maxTemporalRelative = options.inputShape.thw[0] + options.targetShape.thw[0];
  stack.attention.useRelativePos = options.useRelativePos;
  stack.attention.useGlobalVector = options.numGlobalVectors > 0 && options.useDecCrossGlobal;
  stack.attention.separateGlobalQkv = options.separateGlobalQkv;
  stack.attention.globalDimRatio = options.globalDimRatio;
  stack.attention.attnDrop = options.attnDrop;
  stack.attention.projDrop = options.projDrop;
  stack.useInterFfn = options.decUseInterFfn;
  stack.ffnActivation = options.ffnActivation;
  stack.gatedFfn = options.gatedFfn;
  stack.ffnDrop = options.ffnDrop;
  return stack;
}

}  // namespace

CuboidTransformerModelImpl::CuboidTransformerModelImpl(const CuboidTransformerOptions& options)
    : options_(options) {
  const std::vector<std::int64_t> units =
      levelUnits(options.baseUnits, options.scaleAlpha, options.downsample, options.levels());
  memoryShapes_.push_back(encodedShape(options));
  for (std::int64_t i = 1; i < options.levels(); ++i)
    memoryShapes_.push_back(mergedShape(memoryShapes_.back(), options.downsample));

  // The order of registration is the order of the official state dictionary.
  if (options.numGlobalVectors > 0)
    init_global_vectors = register_parameter(
        "init_global_vectors",
        torch::zeros({options.numGlobalVectors, options.globalDimRatio * options.baseUnits}));
  buildConvStages();
  buildEncoder(units);
  buildDecoder(units);
}

void CuboidTransformerModelImpl::buildConvStages() {
  const Thw& target = options_.targetShape.thw;
  std::int64_t lastWidth = options_.baseUnits;
  if (options_.initialType == DownsampleType::Conv) {
    initial_encoder = torch::nn::AnyModule(InitialEncoder(InitialEncoderOptions{
        options_.inputShape.channels, options_.baseUnits, options_.initialScale,
        options_.initialConvLayers, options_.initialActivation, options_.padding}));
    final_decoder = torch::nn::AnyModule(FinalDecoder(FinalDecoderOptions{
        target, options_.baseUnits, options_.finalConvLayers, options_.initialActivation}));
  } else {
    TORCH_CHECK(!options_.stackDims.empty() && options_.stackDims.back() == options_.baseUnits,
                "the last stage of the input must have the width of the base units");
    initial_encoder = torch::nn::AnyModule(InitialStackPatchMergingEncoder(
        InitialStackOptions{options_.inputShape.channels, options_.stackDims, options_.stackScale,
                            options_.stackConvs, options_.initialActivation, options_.padding}));
    // The output walks the stages of the input backwards.
    FinalStackOptions output;
    output.dim = options_.baseUnits;
    const std::vector<Thw> shapes = stageShapes(options_);
    output.targets.assign(shapes.rbegin() + 1, shapes.rend());
    output.outDims.assign(options_.stackDims.rbegin(), options_.stackDims.rend());
    output.convs.assign(options_.stackConvs.rbegin(), options_.stackConvs.rend());
    output.activation = options_.initialActivation;
    final_decoder = torch::nn::AnyModule(FinalStackUpsamplingDecoder(output));
    lastWidth = options_.stackDims.front();
  }
  register_module("initial_encoder", initial_encoder.ptr());
  register_module("final_decoder", final_decoder.ptr());
  dec_final_proj =
      register_module("dec_final_proj", linear(lastWidth, options_.targetShape.channels));
}

void CuboidTransformerModelImpl::buildEncoder(const std::vector<std::int64_t>& units) {
  CuboidTransformerEncoderOptions encoding;
  encoding.units = units;
  encoding.depth = options_.encDepth;
  encoding.downsample = options_.downsample;
  encoding.stack = selfStack(options_, options_.encUseInterFfn, options_.numGlobalVectors > 0);
  for (std::int64_t i = 0; i < options_.levels(); ++i)
    encoding.layers.push_back(layersAt(options_.encSelf, i, memoryShapes_[std::size_t(i)]));
  encoder = register_module("encoder", CuboidTransformerEncoder(encoding));
  enc_pos_embed = register_module(
      "enc_pos_embed", PosEmbed(options_.baseUnits, memoryShapes_.front(), options_.posEmbedType));
}

void CuboidTransformerModelImpl::buildDecoder(const std::vector<std::int64_t>& units) {
  CuboidTransformerDecoderOptions decoding;
  decoding.units = units;
  decoding.depth = options_.decDepth;
  decoding.selfStack = selfStack(options_, options_.decUseInterFfn,
                                 options_.numGlobalVectors > 0 && options_.useDecSelfGlobal);
  decoding.crossStack = crossStack(options_);
  decoding.crossStart = options_.decCrossStart;
  decoding.useFirstSelfAttn = options_.decUseFirstSelfAttn;
  decoding.selfUpdateGlobal = options_.decSelfUpdateGlobal;
  decoding.hierarchicalPosEmbed = options_.decHierarchicalPosEmbed;
  decoding.posEmbedType = options_.posEmbedType;
  for (std::int64_t i = 0; i < options_.levels(); ++i) {
    // Patterns of the decoder, too, are cut for the memory: for T_in frames, not T_out.
    const Thw& memory = memoryShapes_[std::size_t(i)];
    decoding.selfLayers.push_back(layersAt(options_.decSelf, i, memory));
    decoding.crossLayers.push_back(layersAt(options_.decCross, i, memory));
    decoding.shapes.push_back({options_.targetShape.thw[0], memory[1], memory[2]});
  }
  z_proj = register_module("z_proj", linear(units.back(), units.back()));
  dec_pos_embed = register_module(
      "dec_pos_embed", PosEmbed(units.back(), decoding.shapes.back(), options_.posEmbedType));
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
  return dec_final_proj(final_decoder.forward<Tensor>(z));
}

}  // namespace stormloom
