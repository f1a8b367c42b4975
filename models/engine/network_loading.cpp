#include "models/engine/network_loading.h"

#include "core/errors.h"
#include "models/checkpoint/network_tensors.h"

namespace stormloom {
namespace {
constexpr const char* kRemedy = " Use the models that came with this program, or train new ones.";
}

void loadForInference(torch::nn::Module& network, const ModelCard& card,
                      const torch::Device& device) {
  checkWeightsOfCard(card);
  loadInto(network, readTensorFile(card.weightsPath()));
  moveNetwork(network, device, torch::kFloat32);
  network.eval();
  for (torch::Tensor& parameter : network.parameters()) parameter.set_requires_grad(false);
}

ModelCard cardOf(const std::string& folder, const std::string& network) {
  const std::string path = folder + "/" + network + ".json";
  try {
    ModelCard card = readModelCard(path);
    if (card.network == network) return card;
    throw ModelError(path + ": this card describes the network \"" + card.network + "\", not \"" +
                     network + "\"." + kRemedy);
  } catch (const IoError& error) {  // a model that is missing or damaged is the models' fault
    throw ModelError(std::string(error.what()) + kRemedy);
  }
}

}  // namespace stormloom
