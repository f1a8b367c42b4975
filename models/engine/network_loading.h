#pragma once

#include <torch/torch.h>

#include <string>

#include "models/engine/model_card.h"

namespace stormloom {

/// Puts the weights of a card, whose hash is compared first, into its network: float32, on the device, for inference.
/// ModelError names the file and what does not fit.
void loadForInference(torch::nn::Module& network, const ModelCard& card,
                      const torch::Device& device);

/// NETWORK.json of a folder of models. ModelError when it is missing, damaged or of another network.
ModelCard cardOf(const std::string& folder, const std::string& network);

}  // namespace stormloom
