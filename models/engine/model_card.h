#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "core/json.h"

namespace stormloom {

/// What a shipped network is and where it comes from: a JSON file beside its weights. Keys: name,
/// network ("vae", "denoiser", "alignment", "earthformer"), architecture (official keys), weights
/// (file name), sha256, grid, training, data, licence, validation, and what only one network has
/// (LatentScale, ClimatologyOfForecasts, SamplerChoice).
struct ModelCard {
  std::string path;
  std::string name;
  std::string network;
  Json architecture;
  std::string weightsPath;
  std::string sha256;
  Json text;  ///< the whole card
};

/// Throws ModelError for a file that is no card of this network.
ModelCard readModelCard(const std::string& path, const std::string& network);

/// Puts the weights into the network, after comparing their hash with the card's, in float32 on
/// `device`, for inference. ModelError names the file and the first names that do not fit.
void loadWeights(torch::nn::Module& network, const ModelCard& card, const torch::Device& device);

/// Mean and deviation of every latent channel over the training data: networks see (z - mean) /
/// deviation. Card of the VAE: "latent_mean", "latent_deviation".
struct LatentScale {
  torch::Tensor mean;       ///< (L)
  torch::Tensor deviation;  ///< (L)
  torch::Tensor scaled(const torch::Tensor& z) const { return (z - mean) / deviation; }
  torch::Tensor unscaled(const torch::Tensor& z) const { return z * deviation + mean; }
};
LatentScale latentScaleFromCard(const ModelCard& vae, const torch::Device& device);

/// What the context lets expect of the mean intensity of each future frame, in [0, 1]:
/// mu = a + b c + t trend, sigma = s0 + s1 c, with c the mean of the last context frame and trend
/// its change over the context's last three steps. Card of the denoiser: "anticipated" with arrays
/// a, b, t, s0, s1, one entry a lead time.
struct ClimatologyOfForecasts {
  std::vector<double> a, b, t, s0, s1;
};
ClimatologyOfForecasts climatologyFromCard(const ModelCard& denoiser);

/// Card of the denoiser: "sampler" {"name", "steps", "preview_steps"}.
struct SamplerChoice {
  std::string name = "flow-heun";
  int steps = 8;
  int previewSteps = 2;
};
SamplerChoice samplerFromCard(const ModelCard& denoiser);

}  // namespace stormloom
