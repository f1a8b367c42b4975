#include "core/errors.h"
#include "models/cuboid/cuboid_json.h"
#include "models/prediff/cuboid_transformer_unet.h"

namespace stormloom {
namespace {

AttentionPattern<CuboidShape> patternFromJson(const Json& config) {
  const Json* pattern = config.find("self_pattern");
  if (!pattern || pattern->isNull()) return {{"axial"}, {}};
  if (pattern->isString()) return {{pattern->asString()}, {}};
  return {pattern->as<std::vector<std::string>>(), {}};
}

void readAttention(const Json& config, CuboidTransformerUNetOptions& options) {
  options.selfPattern = patternFromJson(config);
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

}  // namespace

CuboidTransformerUNetOptions cuboidTransformerUNetOptionsFromJson(const Json& config) {
  requireValue(config, "downsample_type", "patch_merge");
  requireValue(config, "upsample_type", "upsample");
  requireValue(config, "norm_layer", "layer_norm");
  CuboidTransformerUNetOptions options;
  options.inputShape = fieldShapeFromJson(config.at("input_shape"));
  options.targetShape = fieldShapeFromJson(config.at("target_shape"));
  options.baseUnits = config.value("base_units", options.baseUnits);
  options.scaleAlpha = config.value("scale_alpha", options.scaleAlpha);
  options.depth = config.value("depth", options.depth);
  if (options.depth.empty()) throw ModelError("A denoiser without levels cannot be built.");
  if (const Json* downsample = config.find("downsample"))
    options.downsample = scaleFromJson(*downsample);
  options.upsampleKernelSize = config.value("upsample_kernel_size", options.upsampleKernelSize);
  readAttention(config, options);
  options.timeEmbedChannelsMult =
      config.value("time_embed_channels_mult", options.timeEmbedChannelsMult);
  options.timeEmbedUseScaleShiftNorm = config.value("time_embed_use_scale_shift_norm", false);
  options.timeEmbedDropout = config.value("time_embed_dropout", 0.0);
  options.unetResConnect = config.value("unet_res_connect", true);
  options.controlFeatures = config.value("control_features", options.controlFeatures);
  return options;
}

}  // namespace stormloom
