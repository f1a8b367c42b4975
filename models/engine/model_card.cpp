#include "models/engine/model_card.h"

#include <filesystem>

#include "core/errors.h"
#include "core/sha256.h"
#include "models/checkpoint/network_tensors.h"
#include "models/checkpoint/state_dict.h"

namespace stormloom {
namespace {

constexpr const char* kRemedy = " Use the models that came with this program, or train new ones.";

/// An array of finite numbers of the card, not empty.
std::vector<double> numbers(const ModelCard& card, const Json& from, const char* key) {
  try {
    const auto values = from.at(key).as<std::vector<double>>();
    if (!values.empty()) return values;
  } catch (const IoError&) {
    // told below, with the card's name
  }
  throw ModelError(card.path + ": the model card has no numbers \"" + key + "\"." + kRemedy);
}

torch::Tensor channelValues(const ModelCard& card, const char* key, const torch::Device& device) {
  return torch::tensor(numbers(card, card.text, key), torch::kFloat64)
      .to(torch::kFloat32)
      .to(device);
}

}  // namespace

ModelCard readModelCard(const std::string& path, const std::string& network) {
  ModelCard card;
  card.path = path;
  try {
    card.text = readJsonFile(path, {.maxBytes = 1 << 20});
    card.name = card.text.at("name").asString();
    card.network = card.text.at("network").asString();
    card.architecture = card.text.at("architecture");
    card.sha256 = card.text.at("sha256").asString();
    const std::filesystem::path weights = card.text.at("weights").asString();
    card.weightsPath = (std::filesystem::path(path).parent_path() / weights.filename()).string();
  } catch (const IoError& error) {
    throw ModelError(std::string(error.what()) + kRemedy);
  }
  if (card.network != network)
    throw ModelError(path + ": this card describes a network of the kind \"" + card.network +
                     "\", not \"" + network + "\"." + kRemedy);
  return card;
}

void loadWeights(torch::nn::Module& network, const ModelCard& card, const torch::Device& device) {
  std::string sum;
  try {
    sum = sha256OfFile(card.weightsPath);
  } catch (const IoError& error) {
    throw ModelError(std::string(error.what()) + kRemedy);
  }
  if (sum != card.sha256)
    throw ModelError(card.weightsPath + ": the weights are not those that " + card.path +
                     " describes (SHA-256 " + sum.substr(0, 12) + ", expected " +
                     card.sha256.substr(0, 12) + ")." + kRemedy);
  loadInto(network, readTensorFile(card.weightsPath));
  moveNetwork(network, device, torch::kFloat32);
  network.eval();
  for (torch::Tensor& parameter : network.parameters()) parameter.set_requires_grad(false);
}

LatentScale latentScaleFromCard(const ModelCard& vae, const torch::Device& device) {
  LatentScale scale{channelValues(vae, "latent_mean", device),
                    channelValues(vae, "latent_deviation", device)};
  if (scale.mean.numel() != scale.deviation.numel() || !(scale.deviation > 0.0).all().item<bool>())
    throw ModelError(vae.path + ": the latent scale of the model card is not usable." + kRemedy);
  return scale;
}

ClimatologyOfForecasts climatologyFromCard(const ModelCard& denoiser) {
  const Json* anticipated = denoiser.text.find("anticipated");
  if (!anticipated)
    throw ModelError(denoiser.path + ": the model card does not say what intensity to expect." +
                     kRemedy);
  ClimatologyOfForecasts climatology{
      numbers(denoiser, *anticipated, "a"), numbers(denoiser, *anticipated, "b"),
      numbers(denoiser, *anticipated, "t"), numbers(denoiser, *anticipated, "s0"),
      numbers(denoiser, *anticipated, "s1")};
  for (const auto* values : {&climatology.b, &climatology.t, &climatology.s0, &climatology.s1})
    if (values->size() != climatology.a.size())
      throw ModelError(denoiser.path + ": the anticipated intensity has lead times missing." +
                       kRemedy);
  return climatology;
}

SamplerChoice samplerFromCard(const ModelCard& denoiser) {
  SamplerChoice choice;
  if (const Json* sampler = denoiser.text.find("sampler")) {
    choice.name = sampler->value("name", choice.name);
    choice.steps = sampler->value("steps", choice.steps);
    choice.previewSteps = sampler->value("preview_steps", choice.previewSteps);
  }
  if (choice.steps < 1 || choice.previewSteps < 1)
    throw ModelError(denoiser.path + ": a sampler needs at least one step." + kRemedy);
  return choice;
}

}  // namespace stormloom
