#pragma once

#include <torch/torch.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace stormloom {

/// A network with inputs of its size, ready to be timed.
struct TimedNetwork {
  using Call = std::function<std::vector<torch::Tensor>(const std::vector<torch::Tensor>&)>;

  std::string what;
  int items = 1;
  double gigaflop = 0.0;  ///< of a call: products and convolutions (docs/performance.md)
  std::shared_ptr<torch::nn::Module> network;
  Call call;
  std::vector<torch::Tensor> inputs;  ///< float32
  bool hasGradient = false;  ///< takes a gradient inside; its network keeps the type it is given
};

/// Makes the networks one after the other, so that only one of them is in memory.
struct NetworkRecipe {
  std::string what;
  std::function<TimedNetwork()> make;
};

/// The official configurations: Earthformer for SEVIR, SEVIR-LR and ICAR-ENSO, PreDiff's denoiser,
/// guided step and VAE. Weights are random, as they are initialised. Batches only for a GPU: on a
/// processor they take as long as their items one by one.
std::vector<NetworkRecipe> officialNetworks(const torch::Device& device);

}  // namespace stormloom
