#pragma once

#include <torch/torch.h>

// clang-format off: LibTorch comes before Qt.
#include <QString>
// clang-format on
#include <vector>

#include "core/json.h"
#include "core/sha256.h"
#include "models/checkpoint/state_dict.h"
#include "models/checkpoint/tensor_file.h"
#include "models/earthformer/cuboid_transformer_model.h"
#include "models/earthformer/official_configurations.h"
#include "models/engine/model_card.h"
#include "models/prediff/autoencoder_kl.h"
#include "models/prediff/cuboid_transformer_unet.h"
#include "models/prediff/noisy_cuboid_transformer_encoder.h"

// Models of random weights, small enough to draw members in a fraction of a second.
namespace stormloom::tiny {

inline constexpr const char* kVae = R"({"in_channels": 1, "out_channels": 1,
  "block_out_channels": [8, 8, 8, 8], "layers_per_block": 1, "latent_channels": 4,
  "norm_num_groups": 4, "act_fn": "silu"})";
inline constexpr const char* kDenoiser =
    R"({"input_shape": [9, 16, 16, 4], "target_shape": [6, 16, 16, 4],
  "base_units": 32, "scale_alpha": 1.0, "depth": [1, 1], "downsample": 2, "self_pattern": "axial",
  "num_heads": 4, "ffn_activation": "gelu", "padding_type": "zeros", "pos_embed_type": "t+h+w",
  "attn_drop": 0.0, "proj_drop": 0.0, "ffn_drop": 0.0, "num_global_vectors": 0,
  "time_embed_channels_mult": 4, "unet_res_connect": true, "control_features": 3})";

inline std::vector<double> six(double value) { return std::vector<double>(6, value); }

inline void writeModel(const QString& folder, const std::string& network, torch::nn::Module& module,
                       const Json& architecture, const Json& use) {
  const std::string stem = folder.toStdString() + "/" + network;
  writeSafetensors(stem + ".safetensors", stateDict(module));
  ModelCard card;
  card.network = network;
  card.name = "tiny " + network;
  card.weightsFile = network + ".safetensors";
  card.sha256 = sha256OfFile(stem + ".safetensors");
  card.architecture = architecture;
  card.use = use;
  writeModelCard(stem + ".json", card);
}

/// PreDiff: VAE and denoiser with their cards.
inline void writePrediff(const QString& folder) {
  torch::manual_seed(5);
  const Json vaeKeys = Json::parse(kVae), denoiserKeys = Json::parse(kDenoiser);
  AutoencoderKL vae(autoencoderKLOptionsFromJson(vaeKeys));
  const torch::NoGradGuard noGradient;
  for (auto& weight : vae->named_parameters())  // pictures of middling intensity, not of noise
    if (weight.key() == "decoder.conv_out.bias") weight.value().fill_(0.15);
  writeModel(folder, "vae", *vae, vaeKeys,
             Json::object({{"latent_mean", std::vector<double>(4, 0.0)},
                           {"latent_deviation", std::vector<double>(4, 1.0)}}));
  CuboidTransformerUNet denoiser(cuboidTransformerUNetOptionsFromJson(denoiserKeys));
  const Json statistics = Json::object(
      {{"a", six(0.15)}, {"b", six(0.2)}, {"t", six(0.0)}, {"s0", six(0.002)}, {"s1", six(0.0)}});
  writeModel(
      folder, "denoiser", *denoiser, denoiserKeys,
      Json::object(
          {{"statistics", statistics},
           {"context_frames", 3},
           {"defaults",
            Json::object({{"sampler", "flow-euler"}, {"steps", 3}, {"preview_steps", 1}})}}));
}

/// An Earthformer that corrects the extrapolation as the shipped one does: 7 + 6 frames in, 6 out.
inline void writeEarthformer(const QString& folder) {
  torch::manual_seed(6);
  Json config = earthformerConfig("earthformer-sevirlr");
  config.set("input_shape", Json::parse("[13, 128, 128, 1]"));
  config.set("base_units", 16);
  config.set("initial_downsample_stack_conv_dim_list", Json::parse("[16, 16, 16]"));
  CuboidTransformerModel network(cuboidTransformerOptionsFromJson(config));
  const torch::NoGradGuard noGradient;
  for (torch::Tensor& weight : network->parameters()) weight.uniform_(-0.15, 0.15);
  writeModel(folder, "earthformer", *network, config, Json::object({{"output", "correction"}}));
}

/// An alignment network over the latents of the tiny PreDiff.
inline void writeAlignment(const QString& folder) {
  torch::manual_seed(7);
  const Json config = Json::parse(R"({"input_shape": [6, 16, 16, 4], "out_channels": 1,
    "base_units": 32, "depth": [1, 1], "downsample": 2, "block_attn_patterns": "axial",
    "num_heads": 4, "pool": "attention", "readout_seq": true, "out_len": 6,
    "num_global_vectors": 0, "time_embed_channels_mult": 4})");
  NoisyCuboidTransformerEncoder network(noisyCuboidTransformerEncoderOptionsFromJson(config));
  writeModel(folder, "alignment", *network, config, Json::object());
}

}  // namespace stormloom::tiny
