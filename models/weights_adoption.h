#pragma once

#include <string>
#include <vector>

namespace stormloom {

/// What became of one network that was adopted.
struct AdoptedNetwork {
  std::string network;   ///< "vae", "denoiser", "alignment", "earthformer"
  std::string name;      ///< "prediff-sevirlr-denoiser", "PreDiff denoiser of your own"
  std::string from;      ///< the file, and the prefix in it where there is one
  std::size_t parameters = 0;
};

struct AdoptionReport {
  std::vector<AdoptedNetwork> networks;
  std::vector<std::string> notes;  ///< what was assumed, one sentence each
};

/// Makes a folder of models (cards and safetensors) of published weights: VAE and denoiser of a PreDiff, with or
/// without its alignment network, and an Earthformer; plain files or training checkpoints that hold several. Which is
/// which is told from names and shapes. What the weights do not say (intensity statistics, an Earthformer where there
/// is none) is taken from the shipped models, and noted. IoError, ModelError.
AdoptionReport adoptWeights(const std::vector<std::string>& files, const std::string& folder);

}  // namespace stormloom
