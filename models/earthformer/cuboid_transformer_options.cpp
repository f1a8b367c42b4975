#include "models/earthformer/cuboid_transformer_options.h"

#include <algorithm>
#include <cmath>

#include "core/errors.h"
#include "models/cuboid/cuboid_json.h"
#include "core/cuboid_pattern.h"

namespace stormloom {
namespace {

InitialDecoderState zInitFromName(const std::string& name) {
  if (name == "zeros") return InitialDecoderState::Zeros;
  if (name == "nearest_interp") return InitialDecoderState::NearestInterp;
  if (name == "last") return InitialDecoderState::Last;
  if (name == "mean") return InitialDecoderState::Mean;
  throw ModelError("The initial decoder state \"" + name +
                   "\" is unknown; use zeros, nearest_interp, last or mean.");
}

UNetCrossMode unetCrossFromName(const std::string& name) {
  if (name == "down") return UNetCrossMode::Down;
  if (name == "up") return UNetCrossMode::Up;
  if (name == "both") return UNetCrossMode::Both;
  throw ModelError("The cross-attention mode \"" + name + "\" is unknown; use down, up or both.");
}

/// One name, or one name per level; empty when null, where explicit layers follow.
std::vector<std::string> patternNames(const Json& config, const char* key) {
  const Json* pattern = config.find(key);
  if (!pattern || pattern->isNull()) return {};
  if (pattern->isString()) return {pattern->asString()};
  return pattern->as<std::vector<std::string>>();
}

AttentionPattern<CuboidShape> selfPatternFromJson(const Json& config, const char* key,
                                                  const std::string& explicitPrefix,
                                                  const std::string& shiftKey) {
  AttentionPattern<CuboidShape> pattern{patternNames(config, key), {}};
  if (pattern.names.empty())
    pattern.layers =
        selfLayersFromJson(config.at(explicitPrefix + "_cuboid_size"),
                           config.at(explicitPrefix + "_cuboid_strategy"), config.at(shiftKey));
  return pattern;
}

AttentionPattern<CrossCuboidShape> crossPatternFromJson(const Json& config) {
  AttentionPattern<CrossCuboidShape> pattern{patternNames(config, "cross_pattern"), {}};
  if (pattern.names.empty())
    pattern.layers = crossLayersFromJson(
        config.at("dec_cross_cuboid_hw"), config.at("dec_cross_cuboid_strategy"),
        config.at("dec_cross_shift_hw"), config.at("dec_cross_n_temporal"));
  return pattern;
}

void readAttention(const Json& config, CuboidTransformerOptions& options) {
  options.numHeads = config.value("num_heads", options.numHeads);
  options.ffnActivation = config.value("ffn_activation", options.ffnActivation);
  options.gatedFfn = config.value("gated_ffn", false);
  options.padding = paddingTypeFromName(config.value("padding_type", "zeros"));
  options.useRelativePos = config.value("use_relative_pos", true);
  options.selfAttnUseFinalProj = config.value("self_attn_use_final_proj", true);
  options.attnDrop = config.value("attn_drop", 0.0);
  options.projDrop = config.value("proj_drop", 0.0);
  options.ffnDrop = config.value("ffn_drop", 0.0);
  options.numGlobalVectors = config.value("num_global_vectors", options.numGlobalVectors);
  options.useDecSelfGlobal = config.value("use_dec_self_global", false);
  options.decSelfUpdateGlobal = config.value("dec_self_update_global", true);
  options.useDecCrossGlobal = config.value("use_dec_cross_global", false);
  options.useGlobalVectorFfn = config.value("use_global_vector_ffn", false);
  options.useGlobalSelfAttn = config.value("use_global_self_attn", false);
  options.separateGlobalQkv = config.value("separate_global_qkv", false);
  options.globalDimRatio = config.value("global_dim_ratio", options.globalDimRatio);
}

void readDecoder(const Json& config, CuboidTransformerOptions& options) {
  options.decCrossStart = config.value("dec_cross_start", options.decCrossStart);
  const Json* last = config.find("dec_cross_last_n_frames");
  if (last && !last->isNull()) options.decCrossLastNFrames = last->asInt();
  options.decUseFirstSelfAttn = config.value("dec_use_first_self_attn", false);
  options.decHierarchicalPosEmbed = config.value("dec_hierarchical_pos_embed", false);
  options.upsampleKernelSize = config.value("upsample_kernel_size", options.upsampleKernelSize);
  options.auxiliaryChannels = config.value("auxiliary_channels", options.auxiliaryChannels);
  options.unetCross = unetCrossFromName(config.value("unet_dec_cross_mode", "both"));
  options.zInit = zInitFromName(config.value("z_init_method", "zeros"));
}

void readConvStages(const Json& config, CuboidTransformerOptions& options) {
  options.initialActivation = config.value("initial_downsample_activation", "leaky");
  const std::string type = config.value("initial_downsample_type", "conv");
  if (type == "conv") {
    options.initialType = DownsampleType::Conv;
    options.initialScale = scaleFromJson(config.at("initial_downsample_scale"));
    options.initialConvLayers =
        config.value("initial_downsample_conv_layers", options.initialConvLayers);
    options.finalConvLayers = config.value("final_upsample_conv_layers", options.finalConvLayers);
  } else if (type == "stack_conv") {
    using Numbers = std::vector<std::int64_t>;
    options.initialType = DownsampleType::StackConv;
    options.stackScale = config.at("initial_downsample_stack_conv_downscale_list").as<Numbers>();
    options.stackConvs = config.at("initial_downsample_stack_conv_num_conv_list").as<Numbers>();
    const Json* dims = config.find("initial_downsample_stack_conv_dim_list");
    options.stackDims = dims && !dims->isNull() ? dims->as<Numbers>()
                                                : Numbers(options.stackScale.size(), options.baseUnits);
  } else {
    throw ModelError("The input of type \"" + type + "\" is not built in; use conv or stack_conv.");
  }
}

const std::string& nameAt(const std::vector<std::string>& names, std::int64_t level) {
  if (names.size() == 1) return names.front();
  if (std::size_t(level) >= names.size())
    throw ModelError("An attention pattern is missing for level " + std::to_string(level) +
                     "; give one name for all levels or one for each.");
  return names[std::size_t(level)];
}

}  // namespace

FieldShape fieldShapeFromJson(const Json& shape) {
  if (shape.size() != 4)
    throw ModelError("A configuration holds the field shape " + shape.dump() +
                     "; it needs the four numbers T, H, W, C.");
  return {{shape.at(0).asInt(), shape.at(1).asInt(), shape.at(2).asInt()}, shape.at(3).asInt()};
}

void requireValue(const Json& config, const char* key, const std::string& wanted) {
  const std::string given = config.value(key, wanted);
  if (given != wanted)
    throw ModelError(std::string("The value \"") + given + "\" of " + key +
                     " is not built in; use " + wanted + ".");
}

CuboidTransformerOptions cuboidTransformerOptionsFromJson(const Json& config) {
  requireValue(config, "downsample_type", "patch_merge");
  requireValue(config, "upsample_type", "upsample");
  requireValue(config, "norm_layer", "layer_norm");
  CuboidTransformerOptions options;
  options.inputShape = fieldShapeFromJson(config.at("input_shape"));
  options.targetShape = fieldShapeFromJson(config.at("target_shape"));
  options.baseUnits = config.value("base_units", options.baseUnits);
  options.scaleAlpha = config.value("scale_alpha", options.scaleAlpha);
  options.encDepth = config.value("enc_depth", options.encDepth);
  options.decDepth = config.value("dec_depth", options.decDepth);
  if (options.encDepth.empty() || options.encDepth.size() != options.decDepth.size())
    throw ModelError("The encoder has " + std::to_string(options.encDepth.size()) +
                     " levels and the decoder " + std::to_string(options.decDepth.size()) +
                     "; both need the same number, at least one.");
  options.encUseInterFfn = config.value("enc_use_inter_ffn", true);
  options.decUseInterFfn = config.value("dec_use_inter_ffn", true);
  if (const Json* downsample = config.find("downsample"))
    options.downsample = scaleFromJson(*downsample);
  options.posEmbedType = config.value("pos_embed_type", options.posEmbedType);
  options.encSelf = selfPatternFromJson(config, "self_pattern", "enc", "enc_shift_size");
  options.decSelf =
      selfPatternFromJson(config, "cross_self_pattern", "dec_self", "dec_self_shift_size");
  options.decCross = crossPatternFromJson(config);
  readAttention(config, options);
  readDecoder(config, options);
  readConvStages(config, options);
  return options;
}

std::vector<std::int64_t> levelUnits(std::int64_t baseUnits, double scaleAlpha,
                                     const Thw& downsample, std::int64_t levels) {
  const auto factor = double(*std::max_element(downsample.begin(), downsample.end()));
  std::vector<std::int64_t> units;
  for (std::int64_t i = 0; i < levels; ++i)
    units.push_back(baseUnits * std::int64_t(std::pow(std::pow(factor, scaleAlpha), double(i))));
  return units;
}

std::vector<std::int64_t> levelUnits(const CuboidTransformerOptions& options) {
  return levelUnits(options.baseUnits, options.scaleAlpha, options.downsample, options.levels());
}

std::vector<CuboidShape> layersAt(const AttentionPattern<CuboidShape>& pattern, std::int64_t level,
                                  const Thw& thw) {
  return pattern.names.empty() ? pattern.layers : selfPattern(nameAt(pattern.names, level), thw);
}

std::vector<CrossCuboidShape> layersAt(const AttentionPattern<CrossCuboidShape>& pattern,
                                       std::int64_t level, const Thw& thw) {
  return pattern.names.empty() ? pattern.layers : crossPattern(nameAt(pattern.names, level), thw);
}

}  // namespace stormloom
