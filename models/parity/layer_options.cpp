#include "models/parity/layer_options.h"

#include "core/errors.h"
#include "models/cuboid/cuboid_json.h"
#include "models/earthformer/cuboid_transformer_options.h"

namespace stormloom {
namespace {

void requireLayerNorm(const Json& config) {
  const std::string norm = config.value("norm_layer", "layer_norm");
  if (norm != "layer_norm")
    throw ModelError("The normalisation \"" + norm + "\" is not built in; use layer_norm.");
}

std::optional<double> numberIfGiven(const Json& config, const char* key) {
  const Json* value = config.find(key);
  if (!value || value->isNull()) return std::nullopt;
  return value->asDouble();
}

/// Everything but the cuboid.
CuboidCrossAttentionOptions crossAttentionBaseOf(const Json& config) {
  requireLayerNorm(config);
  CuboidCrossAttentionOptions options;
  options.dim = config.at("dim").asInt();
  options.numHeads = config.at("num_heads").asInt();
  const Json* last = config.find("cross_last_n_frames");
  if (last && !last->isNull()) options.lastNFrames = last->asInt();
  options.maxTemporalRelative = config.at("max_temporal_relative").asInt();
  options.qkvBias = config.value("qkv_bias", false);
  options.qkScale = numberIfGiven(config, "qk_scale");
  options.useRelativePos = config.value("use_relative_pos", true);
  options.useGlobalVector = config.value("use_global_vector", false);
  options.separateGlobalQkv = config.value("separate_global_qkv", false);
  options.globalDimRatio = config.value("global_dim_ratio", std::int64_t(1));
  return options;
}

}  // namespace

CuboidSelfAttentionOptions selfAttentionBaseOf(const Json& config) {
  requireLayerNorm(config);
  CuboidSelfAttentionOptions options;
  options.dim = config.value("dim", std::int64_t(0));  // an encoder has widths of its own
  options.numHeads = config.at("num_heads").asInt();
  options.padding = paddingTypeFromName(config.at("padding_type").asString());
  options.qkvBias = config.value("qkv_bias", false);
  options.qkScale = numberIfGiven(config, "qk_scale");
  options.useFinalProj = config.value("use_final_proj", true);
  options.useRelativePos = config.value("use_relative_pos", true);
  options.useGlobalVector = config.value("use_global_vector", false);
  options.useGlobalSelfAttn = config.value("use_global_self_attn", false);
  options.separateGlobalQkv = config.value("separate_global_qkv", false);
  options.globalDimRatio = config.value("global_dim_ratio", std::int64_t(1));
  return options;
}

CuboidSelfAttentionOptions selfAttentionOf(const Json& config) {
  CuboidSelfAttentionOptions options = selfAttentionBaseOf(config);
  options.cuboid = {thwFromJson(config.at("cuboid_size")), strategyFromJson(config.at("strategy")),
                    thwFromJson(config.at("shift_size"))};
  return options;
}

CrossCuboidShape crossCuboidOf(const Json& config) {
  return {hwFromJson(config.at("cuboid_hw")), hwFromJson(config.at("shift_hw")),
          strategyFromJson(config.at("strategy")), config.at("n_temporal").asInt()};
}

CuboidCrossAttentionOptions crossAttentionOf(const Json& config) {
  CuboidCrossAttentionOptions options = crossAttentionBaseOf(config);
  options.cuboid = crossCuboidOf(config);
  return options;
}

StackCuboidSelfAttentionOptions selfStackOf(const Json& config) {
  StackCuboidSelfAttentionOptions options;
  options.attention = selfAttentionBaseOf(config);
  options.layers = selfLayersFromJson(config.at("block_cuboid_size"), config.at("block_strategy"),
                                      config.at("block_shift_size"));
  options.useInterFfn = config.value("use_inter_ffn", true);
  options.useGlobalVectorFfn = config.value("use_global_vector_ffn", false);
  options.ffnActivation = config.value("activation", "gelu");
  options.gatedFfn = config.value("gated_ffn", false);
  return options;
}

StackCuboidCrossAttentionOptions crossStackOf(const Json& config) {
  StackCuboidCrossAttentionOptions options;
  options.attention = crossAttentionBaseOf(config);
  options.layers = crossLayersFromJson(config.at("block_cuboid_hw"), config.at("block_strategy"),
                                       config.at("block_shift_hw"), config.at("block_n_temporal"));
  options.useInterFfn = config.value("use_inter_ffn", true);
  options.ffnActivation = config.value("activation", "gelu");
  options.gatedFfn = config.value("gated_ffn", false);
  return options;
}

CuboidTransformerEncoderOptions encoderOf(const Json& config) {
  CuboidTransformerEncoderOptions options;
  options.depth = config.at("depth").as<std::vector<std::int64_t>>();
  options.downsample = scaleFromJson(config.at("downsample"));
  const auto levels = std::int64_t(options.depth.size());
  options.units = levelUnits(config.at("base_units").asInt(), config.value("scale_alpha", 1.0),
                             options.downsample, levels);
  options.stack.attention = selfAttentionBaseOf(config);
  options.stack.attention.useFinalProj = config.value("self_attn_use_final_proj", true);
  options.stack.useInterFfn = config.value("use_inter_ffn", true);
  options.stack.useGlobalVectorFfn = config.value("use_global_vector_ffn", false);
  options.stack.ffnActivation = config.value("ffn_activation", "gelu");
  options.stack.gatedFfn = config.value("gated_ffn", false);

  AttentionPattern<CuboidShape> pattern;
  const Json* names = config.find("block_attn_patterns");
  if (!names || names->isNull())
    pattern.layers = selfLayersFromJson(config.at("block_cuboid_size"), config.at("block_strategy"),
                                        config.at("block_shift_size"));
  else if (names->isString())
    pattern.names = {names->asString()};
  else
    pattern.names = names->as<std::vector<std::string>>();
  const Json& input = config.at("input_shape");
  Thw shape = {input.at(0).asInt(), input.at(1).asInt(), input.at(2).asInt()};
  for (std::int64_t i = 0; i < levels; ++i) {
    options.layers.push_back(layersAt(pattern, i, shape));
    shape = mergedShape(shape, options.downsample);
  }
  return options;
}

}  // namespace stormloom
