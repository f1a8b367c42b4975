#include "models/prediff/official_prediff.h"

#include "core/errors.h"

namespace stormloom {
namespace {

// Initialisation modes and the like are kept as they stand in the official files.
constexpr const char* kVae = R"({
  "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D",
  "DownEncoderBlock2D"], "in_channels": 1, "block_out_channels": [128, 256, 512, 512], "act_fn":
  "silu", "latent_channels": 64, "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D",
  "UpDecoderBlock2D", "UpDecoderBlock2D"], "norm_num_groups": 32, "layers_per_block": 2,
  "out_channels": 1
})";

constexpr const char* kDenoiser = R"({
  "input_shape": [7, 16, 16, 64], "target_shape": [6, 16, 16, 64], "base_units": 256,
  "scale_alpha": 1.0, "num_heads": 4, "attn_drop": 0.1, "proj_drop": 0.1, "ffn_drop": 0.1,
  "downsample": 2, "downsample_type": "patch_merge", "upsample_type": "upsample",
  "upsample_kernel_size": 3, "depth": [4, 4], "self_pattern": "axial", "num_global_vectors": 0,
  "use_dec_self_global": false, "dec_self_update_global": true, "use_dec_cross_global": false,
  "use_global_vector_ffn": false, "use_global_self_attn": true, "separate_global_qkv": true,
  "global_dim_ratio": 1, "ffn_activation": "gelu", "gated_ffn": false, "norm_layer":
  "layer_norm", "padding_type": "zeros", "pos_embed_type": "t+h+w", "checkpoint_level": 0,
  "use_relative_pos": true, "self_attn_use_final_proj": true, "attn_linear_init_mode": "0",
  "ffn_linear_init_mode": "0", "ffn2_linear_init_mode": "2", "attn_proj_linear_init_mode": "2",
  "conv_init_mode": "0", "down_up_linear_init_mode": "0", "global_proj_linear_init_mode": "2",
  "norm_init_mode": "0", "time_embed_channels_mult": 4, "time_embed_use_scale_shift_norm":
  false, "time_embed_dropout": 0.0, "unet_res_connect": true
})";

constexpr const char* kAlignment = R"({
  "input_shape": [6, 16, 16, 64], "out_channels": 1, "base_units": 128, "scale_alpha": 1.0,
  "depth": [1, 1], "downsample": 2, "downsample_type": "patch_merge", "block_attn_patterns":
  "axial", "num_heads": 4, "attn_drop": 0.1, "proj_drop": 0.1, "ffn_drop": 0.1,
  "ffn_activation": "gelu", "gated_ffn": false, "norm_layer": "layer_norm", "use_inter_ffn":
  true, "hierarchical_pos_embed": false, "pos_embed_type": "t+h+w", "padding_type": "zeros",
  "checkpoint_level": 0, "use_relative_pos": true, "self_attn_use_final_proj": true,
  "num_global_vectors": 0, "use_global_vector_ffn": true, "use_global_self_attn": false,
  "separate_global_qkv": false, "global_dim_ratio": 1, "attn_linear_init_mode": "0",
  "ffn_linear_init_mode": "0", "ffn2_linear_init_mode": "2", "attn_proj_linear_init_mode": "2",
  "conv_init_mode": "0", "down_linear_init_mode": "0", "global_proj_linear_init_mode": "2",
  "norm_init_mode": "0", "time_embed_channels_mult": 4, "time_embed_use_scale_shift_norm":
  false, "time_embed_dropout": 0.0, "pool": "attention", "readout_seq": true, "out_len": 6
})";

constexpr const char* kDiffusion = R"({
  "timesteps": 1000, "beta_schedule": "linear", "linear_start": 1e-4, "linear_end": 2e-2,
  "cosine_s": 8e-3, "v_posterior": 0.0, "parameterization": "eps", "clip_denoised": false,
  "scale_factor": 1.0
})";

}  // namespace

PrediffConfiguration prediffSevirLr() {
  return {Json::parse(kVae), Json::parse(kDenoiser), Json::parse(kAlignment),
          Json::parse(kDiffusion), 50.0};
}

PrediffConfiguration prediffByName(const std::string& name) {
  if (name == "prediff-sevirlr") return prediffSevirLr();
  throw ModelError("The PreDiff configuration \"" + name +
                   "\" is unknown; known is prediff-sevirlr.");
}

}  // namespace stormloom
