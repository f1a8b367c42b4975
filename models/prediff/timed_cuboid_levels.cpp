#include "models/prediff/timed_cuboid_levels.h"

#include "core/errors.h"
#include "models/cuboid/cuboid_json.h"
#include "models/kernels/fused_scope.h"

namespace stormloom {
namespace {

AttentionPattern<CuboidShape> patternFromJson(const Json& config, const std::string& key) {
  const Json* pattern = config.find(key);
  if (!pattern || pattern->isNull()) {
    if (!config.contains("block_cuboid_size")) return {{"axial"}, {}};
    return {{}, selfLayersFromJson(config.at("block_cuboid_size"),
                                   config.at("block_cuboid_strategy"),
                                   config.at("block_cuboid_shift_size"))};
  }
  if (pattern->isString()) return {{pattern->asString()}, {}};
  return {pattern->as<std::vector<std::string>>(), {}};
}

void readAttention(const Json& config, TimedCuboidOptions& options) {
  options.numHeads = config.value("num_heads", options.numHeads);
  options.ffnActivation = config.value("ffn_activation", options.ffnActivation);
  options.gatedFfn = config.value("gated_ffn", false);
  options.useInterFfn = config.value("use_inter_ffn", true);
  options.padding = paddingTypeFromName(config.value("padding_type", "zeros"));
  options.posEmbedType = config.value("pos_embed_type", options.posEmbedType);
  options.useRelativePos = config.value("use_relative_pos", true);
  options.selfAttnUseFinalProj = config.value("self_attn_use_final_proj", true);
  options.attnDrop = config.value("attn_drop", 0.0);
  options.projDrop = config.value("proj_drop", 0.0);
  options.ffnDrop = config.value("ffn_drop", 0.0);
  options.numGlobalVectors = config.value("num_global_vectors", options.numGlobalVectors);
  options.useGlobalVectorFfn = config.value("use_global_vector_ffn", true);
  options.useGlobalSelfAttn = config.value("use_global_self_attn", false);
  options.separateGlobalQkv = config.value("separate_global_qkv", false);
  options.globalDimRatio = config.value("global_dim_ratio", options.globalDimRatio);
}

StackCuboidSelfAttentionOptions stackOf(const TimedCuboidOptions& options) {
  StackCuboidSelfAttentionOptions stack;
  stack.attention.numHeads = options.numHeads;
  stack.attention.padding = options.padding;
  stack.attention.useFinalProj = options.selfAttnUseFinalProj;
  stack.attention.useRelativePos = options.useRelativePos;
  stack.attention.useGlobalVector = options.numGlobalVectors > 0;
  stack.attention.useGlobalSelfAttn = options.useGlobalSelfAttn;
  stack.attention.separateGlobalQkv = options.separateGlobalQkv;
  stack.attention.globalDimRatio = options.globalDimRatio;
  stack.attention.attnDrop = options.attnDrop;
  stack.attention.projDrop = options.projDrop;
  stack.useInterFfn = options.useInterFfn;
  stack.useGlobalVectorFfn = options.useGlobalVectorFfn;
  stack.ffnActivation = options.ffnActivation;
  stack.gatedFfn = options.gatedFfn;
  stack.ffnDrop = options.ffnDrop;
  return stack;
}

}  // namespace

void readTimedCuboidOptions(const Json& config, const std::string& patternKey,
                            TimedCuboidOptions& options) {
  requireValue(config, "downsample_type", "patch_merge");
  requireValue(config, "norm_layer", "layer_norm");
  options.baseUnits = config.value("base_units", options.baseUnits);
  options.scaleAlpha = config.value("scale_alpha", options.scaleAlpha);
  options.depth = config.value("depth", options.depth);
  if (options.depth.empty()) throw ModelError("A network without levels cannot be built.");
  if (const Json* downsample = config.find("downsample"))
    options.downsample = scaleFromJson(*downsample);
  options.selfPattern = patternFromJson(config, patternKey);
  readAttention(config, options);
  options.timeEmbedChannelsMult =
      config.value("time_embed_channels_mult", options.timeEmbedChannelsMult);
  options.timeEmbedUseScaleShiftNorm = config.value("time_embed_use_scale_shift_norm", false);
  options.timeEmbedDropout = config.value("time_embed_dropout", 0.0);
}

std::vector<Thw> timedLevelShapes(const TimedCuboidOptions& options, const Thw& finest) {
  std::vector<Thw> shapes = {finest};
  while (std::int64_t(shapes.size()) < options.levels())
    shapes.push_back(mergedShape(shapes.back(), options.downsample));
  return shapes;
}

TimedStacks addTimedStacks(torch::nn::Module& owner, const std::string& name,
                           const TimedCuboidOptions& options,
                           const std::vector<std::int64_t>& units, const std::vector<Thw>& shapes) {
  TimedStacks stacks;
  torch::nn::ModuleList levels;
  for (std::size_t i = 0; i < units.size(); ++i) {
    StackCuboidSelfAttentionOptions stack = stackOf(options);
    stack.attention.dim = units[i];
    stack.layers = layersAt(options.selfPattern, std::int64_t(i), shapes[i]);
    torch::nn::ModuleList level;
    stacks.emplace_back();
    for (std::int64_t k = 0; k < options.depth[i]; ++k) {
      stacks.back().push_back(StackCuboidSelfAttentionBlock(stack));
      level->push_back(stacks.back().back());
    }
    levels->push_back(level);
  }
  owner.register_module(name, levels);
  return stacks;
}

TimeEmbedResBlock timedFirstProj(const TimedCuboidOptions& options, std::int64_t channels) {
  TimeEmbedResBlockOptions first;
  first.channels = channels;
  first.outChannels = options.baseUnits;
  first.dropout = options.projDrop;
  return TimeEmbedResBlock(first);
}

TimeEmbedResBlock timedResBlock(const TimedCuboidOptions& options, std::int64_t units) {
  TimeEmbedResBlockOptions block;
  block.channels = units;
  block.embedChannels = options.timeEmbedChannels();
  block.useScaleShiftNorm = options.timeEmbedUseScaleShiftNorm;
  block.dropout = options.timeEmbedDropout;
  return TimeEmbedResBlock(block);
}

PatchMerging3D timedDownsample(const TimedCuboidOptions& options,
                               const std::vector<std::int64_t>& units, std::size_t i) {
  PatchMerging3DOptions down;
  down.dim = units[i];
  down.outDim = units[i + 1];
  down.downsample = options.downsample;
  down.padding = options.padding;
  return PatchMerging3D(down);
}

TimedStream throughTimedLevel(TimedStream stream, const torch::Tensor& emb,
                              TimeEmbedResBlockImpl& block,
                              std::vector<StackCuboidSelfAttentionBlock>& stacks,
                              const TimeEmbedResBlockImpl::Timed* known) {
  if (!stacks.empty() && !block.is_training() && takesFusedPath(stream.x) &&
      stacks.front()->fuses(stream.x)) {
    const TimeEmbedResBlockImpl::Timed timed = known ? *known : block.timed(emb);
    ResidualStream open{stream.x.to(torch::kFloat32).contiguous(), {}, {}};
    if (stream.globals.defined()) stream.globals = stream.globals.to(torch::kFloat32).contiguous();
    for (auto& stack : stacks) {
      block.fused(open, timed);
      stack->fused(open, stream.globals);
    }
    stream.x = settle(open);
    return stream;
  }
  for (auto& stack : stacks) {  // the official networks use one time block for all of them
    stream.x = block.forward(stream.x, emb);
    if (stream.globals.defined())
      std::tie(stream.x, stream.globals) = stack->forward(stream.x, stream.globals);
    else
      stream.x = stack->forward(stream.x);
  }
  return stream;
}

}  // namespace stormloom
