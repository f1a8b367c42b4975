#include "models/earthformer/network_parts.h"

#include "models/earthformer/conv_stages.h"

namespace stormloom {
namespace {

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
  // Frames of the memory, which an initial stage may have made fewer (spec 3.4).
  stack.attention.maxTemporalRelative =
      memoryShapes(options).front()[0] + options.targetShape.thw[0];
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

std::vector<Thw> memoryShapes(const CuboidTransformerOptions& options) {
  Thw shape = options.inputShape.thw;
  if (options.initialType == DownsampleType::Conv) shape = mergedShape(shape, options.initialScale);
  for (const std::int64_t factor : options.stackScale)
    shape = mergedShape(shape, {1, factor, factor});
  std::vector<Thw> shapes = {shape};
  for (std::int64_t i = 1; i < options.levels(); ++i)
    shapes.push_back(mergedShape(shapes.back(), options.downsample));
  return shapes;
}

torch::nn::AnyModule initialStage(const CuboidTransformerOptions& options, std::int64_t channels) {
  if (options.initialType == DownsampleType::Conv)
    return torch::nn::AnyModule(InitialEncoder(InitialEncoderOptions{
        channels, options.baseUnits, options.initialScale, options.initialConvLayers,
        options.initialActivation, options.padding}));
  TORCH_CHECK(!options.stackDims.empty() && options.stackDims.back() == options.baseUnits,
              "the last stage of the input must have the width of the base units");
  return torch::nn::AnyModule(InitialStackPatchMergingEncoder(
      InitialStackOptions{channels, options.stackDims, options.stackScale, options.stackConvs,
                          options.initialActivation, options.padding}));
}

FinalStage finalStage(const CuboidTransformerOptions& options) {
  const Thw& target = options.targetShape.thw;
  if (options.initialType == DownsampleType::Conv)
    return {torch::nn::AnyModule(FinalDecoder(FinalDecoderOptions{
                target, options.baseUnits, options.finalConvLayers, options.initialActivation})),
            options.baseUnits};

  // The output walks the stages of the input backwards.
  std::vector<Thw> targets = {target};
  for (std::size_t i = 0; i + 1 < options.stackScale.size(); ++i)
    targets.insert(targets.begin(),
                   mergedShape(targets.front(), {1, options.stackScale[i], options.stackScale[i]}));
  FinalStackOptions stages;
  stages.dim = options.baseUnits;
  stages.targets = targets;
  stages.outDims.assign(options.stackDims.rbegin(), options.stackDims.rend());
  stages.convs.assign(options.stackConvs.rbegin(), options.stackConvs.rend());
  stages.activation = options.initialActivation;
  return {torch::nn::AnyModule(FinalStackUpsamplingDecoder(stages)), options.stackDims.front()};
}

CuboidTransformerEncoderOptions encoderOptions(const CuboidTransformerOptions& options) {
  CuboidTransformerEncoderOptions encoding;
  encoding.units = levelUnits(options);
  encoding.depth = options.encDepth;
  encoding.downsample = options.downsample;
  encoding.stack = selfStack(options, options.encUseInterFfn, options.numGlobalVectors > 0);
  const std::vector<Thw> shapes = memoryShapes(options);
  for (std::size_t i = 0; i < shapes.size(); ++i)
    encoding.layers.push_back(layersAt(options.encSelf, std::int64_t(i), shapes[i]));
  return encoding;
}

CuboidTransformerDecoderOptions decoderOptions(const CuboidTransformerOptions& options) {
  CuboidTransformerDecoderOptions decoding;
  decoding.units = levelUnits(options);
  decoding.depth = options.decDepth;
  decoding.selfStack = selfStack(options, options.decUseInterFfn,
                                 options.numGlobalVectors > 0 && options.useDecSelfGlobal);
  decoding.crossStack = crossStack(options);
  decoding.crossStart = options.decCrossStart;
  decoding.useFirstSelfAttn = options.decUseFirstSelfAttn;
  decoding.selfUpdateGlobal = options.decSelfUpdateGlobal;
  decoding.hierarchicalPosEmbed = options.decHierarchicalPosEmbed;
  decoding.posEmbedType = options.posEmbedType;
  decoding.upsampleKernelSize = options.upsampleKernelSize;
  for (const Thw& memory : memoryShapes(options)) {
    // Patterns of the decoder, too, are cut for the memory: for T_in frames, not T_out.
    const auto level = std::int64_t(decoding.shapes.size());
    decoding.selfLayers.push_back(layersAt(options.decSelf, level, memory));
    decoding.crossLayers.push_back(layersAt(options.decCross, level, memory));
    decoding.shapes.push_back({options.targetShape.thw[0], memory[1], memory[2]});
  }
  return decoding;
}

}  // namespace stormloom
