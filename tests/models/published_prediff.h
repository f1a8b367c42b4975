#pragma once

#include "models/parity/procedural.h"
#include "models/prediff/official_prediff.h"
#include "tests/support/tiny_models.h"

// A PreDiff of the published kind, with procedural weights and small enough for tests.
namespace stormloom::tiny {

struct PublishedPrediff {
  AutoencoderKL vae{nullptr};
  CuboidTransformerUNet denoiser{nullptr};
  NoisyCuboidTransformerEncoder alignment{nullptr};
};

inline PublishedPrediff publishedPrediff() {
  PrediffConfiguration config = prediffSevirLr();
  config.vae.set("block_out_channels", Json::parse("[32, 32, 32, 32]"));
  config.vae.set("layers_per_block", 1);
  config.vae.set("latent_channels", 4);
  config.denoiser.set("input_shape", Json::parse("[7, 16, 16, 4]"));
  config.denoiser.set("target_shape", Json::parse("[6, 16, 16, 4]"));
  config.denoiser.set("base_units", 32);
  config.denoiser.set("depth", Json::parse("[1, 1]"));
  config.alignment.set("input_shape", Json::parse("[6, 16, 16, 4]"));
  config.alignment.set("base_units", 32);
  PublishedPrediff networks{
      AutoencoderKL(autoencoderKLOptionsFromJson(config.vae)),
      CuboidTransformerUNet(cuboidTransformerUNetOptionsFromJson(config.denoiser)),
      NoisyCuboidTransformerEncoder(
          noisyCuboidTransformerEncoderOptionsFromJson(config.alignment))};
  fillProcedural(*networks.vae, 31, "vae.");
  fillProcedural(*networks.denoiser, 31, "denoiser.");
  fillProcedural(*networks.alignment, 31, "alignment.");
  networks.vae->eval();
  networks.denoiser->eval();
  networks.alignment->eval();
  const torch::NoGradGuard noGradient;
  for (auto& weight : networks.vae->named_parameters()) {  // pictures of middling intensity
    if (weight.key() == "decoder.conv_out.weight") weight.value().mul_(0.2);
    if (weight.key() == "decoder.conv_out.bias") weight.value().fill_(0.3);
  }
  return networks;
}

inline std::vector<NamedTensor> prefixed(const std::string& prefix, torch::nn::Module& network) {
  std::vector<NamedTensor> tensors = stateDict(network);
  for (NamedTensor& tensor : tensors) tensor.name = prefix + tensor.name;
  return tensors;
}

/// A file as training with the official scripts leaves it: all networks under their prefixes, and
/// the tables of the diffusion.
inline std::string writeTrainingCheckpoint(const QString& folder, PublishedPrediff& networks) {
  std::vector<NamedTensor> all = prefixed("torch_nn_module.", *networks.denoiser);
  for (const char* prefix : {"first_stage_model.", "cond_stage_model."})
    for (NamedTensor& tensor : prefixed(prefix, *networks.vae)) all.push_back(tensor);
  for (NamedTensor& tensor : prefixed("alignment_model.", *networks.alignment))
    all.push_back(tensor);
  all.push_back({"betas", NoiseSchedule(DiffusionOptions()).betas});
  all.push_back({"logvar", torch::zeros({1000})});
  const std::string path = folder.toStdString() + "/prediff.ckpt";
  writeSafetensors(path, all);
  return path;
}

}  // namespace stormloom::tiny
