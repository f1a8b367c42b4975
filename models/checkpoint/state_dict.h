#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "models/checkpoint/tensor_file.h"

namespace stormloom {

/// Parameters and buffers of a network in the order of the official state dictionaries: of every
/// module first its parameters, then its buffers, then its children as registered (spec 13). The
/// tensors are the network's own.
std::vector<NamedTensor> stateDict(const torch::nn::Module& network);

/// Moves a network to a device and its floating-point tensors to `type`. (Module::to would turn
/// index buffers into floats as well.)
void moveNetwork(torch::nn::Module& network, const torch::Device& device, torch::ScalarType type);

}  // namespace stormloom
