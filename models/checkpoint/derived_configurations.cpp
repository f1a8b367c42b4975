#include "models/checkpoint/derived_configurations.h"

#include <algorithm>

#include "core/cuboid_pattern.h"
#include "core/errors.h"
#include "models/checkpoint/tensor_shapes.h"
#include "models/earthformer/official_configurations.h"
#include "models/prediff/official_prediff.h"

namespace stormloom {
namespace {

using Sizes = std::vector<std::int64_t>;

// Index buffers grow with the square of a cuboid, without a trace in the file.
constexpr std::int64_t kMostElements = 4096;
constexpr std::int64_t kLongestAxis = 1 << 14;
constexpr std::int64_t kMostUnits = 1 << 16;

const char* const kSelfPatterns[] = {"axial",
                                     "divided_st",
                                     "full",
                                     "video_swin_1x8",
                                     "video_swin_2x4",
                                     "video_swin_2x8",
                                     "video_swin_1x16",
                                     "video_swin_10x32",
                                     "video_swin_4x4",
                                     "video_swin_4x8",
                                     "video_swin_8x8",
                                     "spatial_lg_2",
                                     "spatial_lg_4",
                                     "spatial_lg_8",
                                     "spatial_lg_16",
                                     "axial_space_dilate_2",
                                     "axial_space_dilate_4",
                                     "axial_space_dilate_8"};
const char* const kCrossPatterns[] = {"cross_1x1",       "cross_2x2",       "cross_4x4",
                                      "cross_8x8",       "cross_1x1_lg",    "cross_2x2_lg",
                                      "cross_4x4_lg",    "cross_8x8_lg",    "cross_1x1_heter",
                                      "cross_2x2_heter", "cross_4x4_heter", "cross_8x8_heter"};

std::string at(const std::string& name, std::int64_t i) { return name + "." + std::to_string(i); }

/// Rows of the bias tables of all layers of a stack `units` wide.
Sizes tableRows(const TensorShapes& shapes, const std::string& stack, std::int64_t units) {
  Sizes rows;
  const std::int64_t layers = shapes.count(stack + ".attn_l.", ".norm.weight");
  for (std::int64_t j = 0; j < layers; ++j) {
    const std::string layer = at(stack + ".attn_l", j);
    if (shapes.has(layer + ".q_proj.weight"))
      shapes.require(layer + ".kv_proj.weight", {2 * units, units});
    else
      shapes.require(layer + ".qkv.weight", {3 * units, units});
    rows.push_back(shapes.size(layer + ".relative_position_bias_table"));
  }
  const std::int64_t ffns = shapes.count(stack + ".ffn_l.", ".ffn_1.weight");
  for (std::int64_t j = 0; j < ffns; ++j)
    shapes.require(at(stack + ".ffn_l", j) + ".ffn_1.weight", {4 * units, units});
  return rows;
}

/// Rows of the bias table of a cuboid; those of none beyond all sense.
std::int64_t rowsOf(const Thw& cuboid) {
  return volumeOf(cuboid) > kMostElements ? -1 : relativePositionCount(cuboid);
}

/// The first named pattern whose layers have these table rows at a level.
std::string selfPatternOf(const Sizes& rows, const Thw& shape) {
  for (const char* name : kSelfPatterns) {
    Sizes expected;
    for (const CuboidShape& layer : selfPattern(name, shape))
      expected.push_back(rowsOf(layer.size));
    if (expected == rows) return name;
  }
  throw Undecided();
}

std::string crossPatternOf(const Sizes& rows, const Thw& shape, std::int64_t frames) {
  for (const char* name : kCrossPatterns) {
    Sizes expected;
    for (const CrossCuboidShape& layer : crossPattern(name, shape))
      expected.push_back(rowsOf({frames, layer.hw[0], layer.hw[1]}));
    if (expected == rows) return name;
  }
  throw Undecided();
}

/// (T,H,W) of a position embedding; a common table of rows and columns is taken to be square.
Thw embeddedShape(const TensorShapes& shapes, const std::string& name) {
  Thw shape = {shapes.size(name + ".T_embed.weight"), 0, 0};
  if (shapes.has(name + ".HW_embed.weight")) {
    shape[1] = shape[2] = wholeRoot(shapes.size(name + ".HW_embed.weight"));
  } else {
    shape[1] = shapes.size(name + ".H_embed.weight");
    shape[2] = shapes.size(name + ".W_embed.weight");
  }
  for (const std::int64_t axis : shape)
    if (axis > kLongestAxis) throw Undecided();
  return shape;
}

void setPosEmbed(const TensorShapes& shapes, const std::string& name, Json& config) {
  config.set("pos_embed_type", shapes.has(name + ".HW_embed.weight") ? "t+hw" : "t+h+w");
}

/// What one self-attention layer and its stack show of the options all layers share.
void setAttention(const TensorShapes& shapes, const std::string& stack, std::int64_t base,
                  Json& config) {
  const std::string layer = stack + ".attn_l.0";
  config.set("num_heads", shapes.size(layer + ".relative_position_bias_table", 1));
  config.set("gated_ffn", shapes.has(stack + ".ffn_l.0.ffn_1_gate.weight"));
  config.set("self_attn_use_final_proj", shapes.has(layer + ".proj.weight"));
  const bool global = shapes.has("init_global_vectors");
  config.set("num_global_vectors", global ? shapes.size("init_global_vectors") : 0);
  if (!global) return;
  if (shapes.size("init_global_vectors", 1) % base != 0) throw Undecided();
  config.set("global_dim_ratio", shapes.size("init_global_vectors", 1) / base);
  config.set("use_global_vector_ffn", shapes.has(stack + ".global_ffn_l.0.ffn_1.weight"));
  if (!shapes.has(layer + ".l2g_q_net.weight")) throw Undecided();  // shared: g2g leaves no trace
  config.set("separate_global_qkv", true);
  config.set("use_global_self_attn", shapes.has(layer + ".g2g_global_qkv_net.weight"));
}

bool usesInterFfn(const TensorShapes& shapes, const std::string& stack) {
  const std::int64_t ffns = shapes.count(stack + ".ffn_l.", ".ffn_1.weight");
  return ffns == shapes.count(stack + ".attn_l.", ".norm.weight");
}

/// Stacks of every level: name.{level}.{k}.
Sizes depthOf(const TensorShapes& shapes, const std::string& name) {
  Sizes depth;
  for (;;) {
    const auto level = at(name, std::int64_t(depth.size()));
    const std::int64_t stacks = shapes.count(level + ".", ".attn_l.0.norm.weight");
    if (stacks == 0) return depth;
    depth.push_back(stacks);
  }
}

Json jsonOf(const Thw& thw, std::int64_t channels) {
  return Json(Sizes{thw[0], thw[1], thw[2], channels});
}

/// What every level of a network looks like.
struct Levels {
  std::vector<Thw> shapes;
  Sizes units;
};

Levels levelsFrom(Thw shape, std::int64_t base, std::size_t count, std::int64_t factor) {
  if (factor > kLongestAxis) throw Undecided();
  Levels levels;
  for (std::size_t i = 0; i < count; ++i, base *= factor) {
    if (base > kMostUnits) throw Undecided();
    levels.shapes.push_back(shape);
    levels.units.push_back(base);
    for (std::size_t a = 1; a < 3; ++a) shape[a] = (shape[a] + factor - 1) / factor;
  }
  return levels;
}

/// Patterns of the stacks of every level, which must be equal within it.
std::vector<std::string> selfPatternsOf(const TensorShapes& shapes, const std::string& name,
                                        const Levels& levels) {
  const Sizes depth = depthOf(shapes, name);
  std::vector<std::string> patterns;
  for (std::size_t i = 0; i < depth.size() && i < levels.shapes.size(); ++i) {
    const std::string level = at(name, std::int64_t(i));
    const Sizes rows = tableRows(shapes, level + ".0", levels.units[i]);
    for (std::int64_t k = 1; k < depth[i]; ++k)
      if (tableRows(shapes, at(level, k), levels.units[i]) != rows) throw Undecided();
    patterns.push_back(selfPatternOf(rows, levels.shapes[i]));
  }
  return patterns;
}

/// Convolutions of a block `width` wide.
std::int64_t convLayers(const TensorShapes& shapes, const std::string& block, std::int64_t width) {
  std::int64_t layers = 0;
  for (; shapes.has(at(block, 3 * layers) + ".weight"); ++layers) {
    shapes.require(at(block, 3 * layers) + ".weight", {width});
    if (layers > 0) shapes.require(at(block, 3 * layers) + ".weight", {width, width});
  }
  return layers;
}

/// Stages of the input, and how much smaller the field is behind them.
std::int64_t setStackConv(const TensorShapes& shapes, Json& config) {
  const std::string blocks = "initial_encoder.conv_block_list";
  const std::int64_t stages = shapes.count(blocks + ".", ".0.weight");
  Sizes dims, factors, convs;
  std::int64_t whole = 1;
  for (std::int64_t i = 0; i < stages; ++i) {
    dims.push_back(shapes.size(at(blocks, i) + ".0.weight"));
    const auto merge = at("initial_encoder.patch_merge_list", i) + ".reduction.weight";
    factors.push_back(wholeRoot(shapes.size(merge, 1) / dims.back()));
    convs.push_back(convLayers(shapes, at(blocks, i), dims.back()));
    whole *= factors.back();
    if (whole > kLongestAxis) throw Undecided();
  }
  config.set("initial_downsample_type", "stack_conv");
  config.set("initial_downsample_stack_conv_num_layers", stages);
  config.set("initial_downsample_stack_conv_dim_list", Json(dims));
  config.set("initial_downsample_stack_conv_downscale_list", Json(factors));
  config.set("initial_downsample_stack_conv_num_conv_list", Json(convs));
  return whole;
}

std::int64_t setConv(const TensorShapes& shapes, std::int64_t base, Json& config) {
  const auto merged = shapes.size("initial_encoder.patch_merge.reduction.weight", 1);
  const std::int64_t factor = wholeRoot(merged / base);
  config.set("initial_downsample_type", "conv");
  config.set("initial_downsample_scale", factor);
  config.set("initial_downsample_conv_layers",
             convLayers(shapes, "initial_encoder.conv_block", base));
  config.set("final_upsample_conv_layers", convLayers(shapes, "final_decoder.conv_block", base));
  return factor;
}

void setDecoder(const TensorShapes& shapes, const Levels& levels, std::int64_t frames,
                Json& config) {
  const Sizes cross = depthOf(shapes, "decoder.cross_blocks");
  const Sizes self = depthOf(shapes, "decoder.self_blocks");
  // A coarsest level of depth 1 has no self-attention of its own.
  const bool start = cross.size() == levels.shapes.size() && !self.empty();
  if (!start) throw Undecided();  // cross-attention begins at a coarser level
  config.set("dec_depth", Json(cross));
  const bool first = self.size() == cross.size() && self.back() == cross.back();
  config.set("dec_use_first_self_attn", first);
  const std::string someSelf = "decoder.self_blocks.0.0", someCross = "decoder.cross_blocks.0.0";
  config.set("use_dec_self_global", shapes.has(someSelf + ".attn_l.0.global_vec_norm.weight"));
  config.set("use_dec_cross_global", shapes.has(someCross + ".attn_l.0.l2g_q_net.weight"));
  config.set("dec_hierarchical_pos_embed",
             shapes.has("decoder.hierarchical_pos_embed_l.0.T_embed.weight"));
  config.set("dec_use_inter_ffn", usesInterFfn(shapes, someCross));
  std::vector<std::string> crossPatterns;
  for (std::size_t i = 0; i < cross.size(); ++i) {
    const std::string stack = at("decoder.cross_blocks", std::int64_t(i)) + ".0";
    crossPatterns.push_back(
        crossPatternOf(tableRows(shapes, stack, levels.units[i]), levels.shapes[i], frames));
  }
  config.set("cross_pattern", Json(crossPatterns));
  auto selfPatterns = selfPatternsOf(shapes, "decoder.self_blocks", levels);
  selfPatterns.resize(cross.size(), selfPatterns.back());  // of a level without self-attention
  config.set("cross_self_pattern", Json(selfPatterns));
}

Json earthformerConfigOf(const TensorShapes& shapes) {
  Json config = earthformerConfig("earthformer-sevirlr");  // for what leaves no trace
  const std::int64_t base = shapes.size("enc_pos_embed.T_embed.weight", 1);
  const Thw finest = embeddedShape(shapes, "enc_pos_embed");
  const std::int64_t leads = shapes.size("dec_pos_embed.T_embed.weight");
  const bool stacked = shapes.has("initial_encoder.conv_block_list.0.0.weight");
  const std::int64_t scale = stacked ? setStackConv(shapes, config) : setConv(shapes, base, config);
  const auto channels = shapes.size(stacked ? "initial_encoder.conv_block_list.0.0.weight"
                                            : "initial_encoder.conv_block.0.weight",
                                    1);
  const Thw input = {finest[0], finest[1] * scale, finest[2] * scale};
  config.set("input_shape", jsonOf(input, channels));
  config.set("target_shape",
             jsonOf({leads, input[1], input[2]}, shapes.size("dec_final_proj.weight")));
  config.set("base_units", base);
  setPosEmbed(shapes, "enc_pos_embed", config);
  const Sizes depth = depthOf(shapes, "encoder.blocks");
  config.set("enc_depth", Json(depth));
  const bool several = shapes.has("encoder.down_layers.0.reduction.weight");
  const std::int64_t factor =
      several ? wholeRoot(shapes.size("encoder.down_layers.0.reduction.weight", 1) / base) : 2;
  config.set("downsample", factor);
  const Levels levels = levelsFrom(finest, base, depth.size(), factor);
  config.set("self_pattern", Json(selfPatternsOf(shapes, "encoder.blocks", levels)));
  setAttention(shapes, "encoder.blocks.0.0", base, config);
  config.set("enc_use_inter_ffn", usesInterFfn(shapes, "encoder.blocks.0.0"));
  setDecoder(shapes, levels, finest[0] + leads, config);
  return config;
}

/// What denoiser and alignment network have in common.
void setTimedLevels(const TensorShapes& shapes, const std::string& patternKey, const Thw& finest,
                    Json& config) {
  const std::int64_t base = shapes.size("pos_embed.T_embed.weight", 1);
  config.set("base_units", base);
  setPosEmbed(shapes, "pos_embed", config);
  const Sizes depth = depthOf(shapes, "down_self_blocks");
  config.set("depth", Json(depth));
  const bool several = shapes.has("downsample_layers.0.reduction.weight");
  const std::int64_t factor =
      several ? wholeRoot(shapes.size("downsample_layers.0.reduction.weight", 1) / base) : 2;
  config.set("downsample", factor);
  const Levels levels = levelsFrom(finest, base, depth.size(), factor);
  config.set(patternKey, Json(selfPatternsOf(shapes, "down_self_blocks", levels)));
  setAttention(shapes, "down_self_blocks.0.0", base, config);
  config.set("use_inter_ffn", usesInterFfn(shapes, "down_self_blocks.0.0"));
  config.set("time_embed_channels_mult", shapes.size("time_embed.layer.0.weight") / base);
  const std::string time = "down_time_embed_blocks.0";
  for (std::size_t i = 0; i < depth.size(); ++i)
    shapes.require(at("down_time_embed_blocks", std::int64_t(i)) + ".in_layers.2.weight",
                   {levels.units[i], levels.units[i]});
  config.set("time_embed_use_scale_shift_norm",
             shapes.size(time + ".emb_layers.1.weight") == 2 * base);
}

/// The denoiser does not say how many of its frames are the condition: as many as officially, one
/// more than half of an odd number, or, with control features, all but six.
Json denoiserConfigOf(const TensorShapes& shapes) {
  Json config = prediffSevirLr().denoiser;
  const Thw all = embeddedShape(shapes, "pos_embed");
  setTimedLevels(shapes, "self_pattern", all, config);
  const std::int64_t channels = shapes.size("final_proj.weight");
  const bool controlled = shapes.has("control_embed.0.weight");
  const std::int64_t target = controlled ? std::min<std::int64_t>(6, all[0] - 1) : all[0] / 2;
  config.set("input_shape", jsonOf({all[0] - target, all[1], all[2]}, channels));
  config.set("target_shape", jsonOf({target, all[1], all[2]}, channels));
  if (controlled) config.set("control_features", shapes.size("control_embed.0.weight", 1));
  return config;
}

Json alignmentConfigOf(const TensorShapes& shapes) {
  Json config = prediffSevirLr().alignment;
  const Thw all = embeddedShape(shapes, "pos_embed");
  setTimedLevels(shapes, "block_attn_patterns", all, config);
  config.set("input_shape", jsonOf(all, shapes.size("first_proj.in_layers.2.weight", 1)));
  config.set("out_channels", shapes.size("out.2.c_proj.weight"));
  config.set("out_len", all[0]);
  const std::int64_t tokens =
      shapes.size("out.2.positional_embedding", 1) - 1 - config.at("num_global_vectors").asInt();
  const Thw coarsest =
      levelsFrom(all, 1, config.at("depth").size(), config.at("downsample").asInt()).shapes.back();
  config.set("readout_seq", tokens == coarsest[1] * coarsest[2]);
  return config;
}

Json vaeConfigOf(const TensorShapes& shapes) {
  Json config = prediffSevirLr().vae;
  const std::int64_t blocks = shapes.count("encoder.down_blocks.", ".resnets.0.conv1.weight");
  Sizes widths;
  for (std::int64_t i = 0; i < blocks; ++i) {
    const std::string resnet = at("encoder.down_blocks", i) + ".resnets.0";
    widths.push_back(shapes.size(resnet + ".conv1.weight"));
    shapes.require(resnet + ".conv2.weight", {widths.back(), widths.back()});
  }
  config.set("block_out_channels", Json(widths));
  config.set("layers_per_block", shapes.count("encoder.down_blocks.0.resnets.", ".conv1.weight"));
  config.set("in_channels", shapes.size("encoder.conv_in.weight", 1));
  config.set("out_channels", shapes.size("decoder.conv_out.weight"));
  config.set("latent_channels", shapes.size("post_quant_conv.weight"));
  for (const std::int64_t width : widths)  // groups leave no trace: the official 32 must divide
    if (width % config.at("norm_num_groups").asInt() != 0) throw Undecided();
  for (const char* key : {"down_block_types", "up_block_types"}) {
    const std::string type = config.at(key).at(0).asString();
    config.set(key, Json(std::vector<std::string>(widths.size(), type)));
  }
  return config;
}

std::optional<Json> unlessUndecided(const std::vector<NamedTensor>& tensors,
                                    Json (*derive)(const TensorShapes&)) {
  try {
    return derive(TensorShapes(tensors));
  } catch (const Undecided&) {
    return std::nullopt;
  } catch (const ModelError&) {  // sizes that no cuboid can have
    return std::nullopt;
  }
}

}  // namespace

std::optional<Json> deriveEarthformer(const std::vector<NamedTensor>& tensors) {
  return unlessUndecided(tensors, earthformerConfigOf);
}
std::optional<Json> deriveVae(const std::vector<NamedTensor>& tensors) {
  return unlessUndecided(tensors, vaeConfigOf);
}
std::optional<Json> deriveDenoiser(const std::vector<NamedTensor>& tensors) {
  return unlessUndecided(tensors, denoiserConfigOf);
}
std::optional<Json> deriveAlignment(const std::vector<NamedTensor>& tensors) {
  return unlessUndecided(tensors, alignmentConfigOf);
}

}  // namespace stormloom
