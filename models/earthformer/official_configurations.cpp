#include "models/earthformer/official_configurations.h"

#include <array>

#include "core/errors.h"

namespace stormloom {
namespace {

// Spec 5. Initialisation modes and the like are kept as they stand in the official files.
constexpr const char* kCommon = R"({
  "scale_alpha": 1.0, "enc_use_inter_ffn": true, "dec_use_inter_ffn": true,
  "dec_hierarchical_pos_embed": false, "downsample": 2, "downsample_type": "patch_merge",
  "upsample_type": "upsample", "use_dec_self_global": false, "dec_self_update_global": true,
  "use_dec_cross_global": false, "use_global_vector_ffn": false, "global_dim_ratio": 1,
  "self_pattern": "axial", "cross_self_pattern": "axial", "cross_pattern": "cross_1x1",
  "dec_cross_last_n_frames": null, "attn_drop": 0.1, "proj_drop": 0.1, "ffn_drop": 0.1,
  "num_heads": 4, "ffn_activation": "gelu", "gated_ffn": false, "norm_layer": "layer_norm",
  "padding_type": "zeros", "use_relative_pos": true, "self_attn_use_final_proj": true,
  "dec_use_first_self_attn": false, "z_init_method": "zeros", "checkpoint_level": 0,
  "initial_downsample_activation": "leaky", "attn_linear_init_mode": "0",
  "ffn_linear_init_mode": "0", "conv_init_mode": "0", "down_up_linear_init_mode": "0",
  "norm_init_mode": "0"
})";

constexpr const char* kSevir = R"({
  "input_shape": [13, 384, 384, 1], "target_shape": [12, 384, 384, 1], "base_units": 128,
  "enc_depth": [1, 1], "dec_depth": [1, 1], "num_global_vectors": 8, "use_global_self_attn": true,
  "separate_global_qkv": true, "pos_embed_type": "t+h+w", "initial_downsample_type": "stack_conv",
  "initial_downsample_stack_conv_num_layers": 3,
  "initial_downsample_stack_conv_dim_list": [16, 64, 128],
  "initial_downsample_stack_conv_downscale_list": [3, 2, 2],
  "initial_downsample_stack_conv_num_conv_list": [2, 2, 2]
})";

constexpr const char* kSevirLr = R"({
  "input_shape": [7, 128, 128, 1], "target_shape": [6, 128, 128, 1], "base_units": 64,
  "enc_depth": [1, 1], "dec_depth": [1, 1], "num_global_vectors": 0, "use_global_self_attn": false,
  "separate_global_qkv": false, "pos_embed_type": "t+h+w", "initial_downsample_type": "stack_conv",
  "initial_downsample_stack_conv_num_layers": 3,
  "initial_downsample_stack_conv_dim_list": [4, 16, 64],
  "initial_downsample_stack_conv_downscale_list": [1, 2, 2],
  "initial_downsample_stack_conv_num_conv_list": [2, 2, 2]
})";

constexpr const char* kEnso = R"({
  "input_shape": [12, 24, 48, 1], "target_shape": [14, 24, 48, 1], "base_units": 64,
  "enc_depth": [1, 1], "dec_depth": [1, 1], "num_global_vectors": 0, "use_global_self_attn": false,
  "separate_global_qkv": false, "pos_embed_type": "t+h+w", "initial_downsample_type": "conv",
  "initial_downsample_scale": [1, 1, 2], "initial_downsample_conv_layers": 2,
  "final_upsample_conv_layers": 1
})";

constexpr const char* kNbody = R"({
  "input_shape": [10, 64, 64, 1], "target_shape": [10, 64, 64, 1], "base_units": 64,
  "enc_depth": [4, 4], "dec_depth": [4, 4], "num_global_vectors": 0, "use_global_self_attn": false,
  "separate_global_qkv": false, "pos_embed_type": "t+hw", "initial_downsample_type": "conv",
  "initial_downsample_scale": 2, "initial_downsample_conv_layers": 2,
  "final_upsample_conv_layers": 1
})";

struct Configuration {
  const char* name;
  const char* own;      ///< beside what all have in common
  const char* changes;  ///< in `own`
};

constexpr std::array<Configuration, 5> kConfigurations = {{
    {"earthformer-sevir", kSevir, "{}"},
    {"earthformer-sevir-noglobal", kSevir, R"({"num_global_vectors": 0})"},
    {"earthformer-sevirlr", kSevirLr, "{}"},
    {"earthformer-enso", kEnso, "{}"},
    {"earthformer-nbody", kNbody, "{}"},
}};

}  // namespace

std::vector<std::string> earthformerNames() {
  std::vector<std::string> names;
  for (const Configuration& configuration : kConfigurations) names.push_back(configuration.name);
  return names;
}

Json earthformerConfig(const std::string& name) {
  for (const Configuration& configuration : kConfigurations) {
    if (name != configuration.name) continue;
    Json config = Json::parse(kCommon);
    for (const char* text : {configuration.own, configuration.changes}) {
      const Json part = Json::parse(text);
      for (const auto& [key, value] : part.items()) config.set(key, value);
    }
    return config;
  }
  std::string known;
  for (const std::string& each : earthformerNames()) known += (known.empty() ? "" : ", ") + each;
  throw ModelError("The configuration \"" + name + "\" is unknown; known are " + known + ".");
}

}  // namespace stormloom
