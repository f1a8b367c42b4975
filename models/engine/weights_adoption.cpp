#include "models/weights_adoption.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include "core/errors.h"
#include "core/sha256.h"
#include "models/checkpoint/known_networks.h"
#include "models/engine/model_card.h"
#include "models/engine/network_loading.h"
#include "models/engine/prediff_model.h"
#include "models/nowcast_engine.h"
#include "models/prediff/official_prediff.h"

namespace stormloom {
namespace {

namespace fs = std::filesystem;

// Published PreDiff is asked 1000 times for a member; these are enough for DPM-Solver++.
constexpr int kSteps = 25;
constexpr int kPreviewSteps = 6;

/// A network found in one of the files.
struct Found {
  AdoptedNetwork what;
  Json architecture;
  std::vector<NamedTensor> tensors;
};
using FoundNetworks = std::map<std::string, Found>;  // by AdoptedNetwork::network

std::string roleOf(const std::string& family) {
  if (family == "PreDiff VAE") return "vae";
  if (family == "PreDiff denoiser") return "denoiser";
  if (family == "PreDiff alignment network") return "alignment";
  return "earthformer";
}

bool sameTensors(const std::vector<NamedTensor>& a, const std::vector<NamedTensor>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.name == y.name && x.tensor.sizes() == y.tensor.sizes() &&
           x.tensor.scalar_type() == y.tensor.scalar_type() && torch::equal(x.tensor, y.tensor);
  });
}

/// Prefixes under which a file may hold networks of their own (spec section 13); the averages and
/// the second copy of the VAE are left alone.
std::vector<std::string> prefixesIn(const TensorFile& file) {
  std::vector<std::string> found;
  for (const std::string& prefix : networkPrefixes(file))
    if (prefix == "torch_nn_module." || prefix == "first_stage_model." ||
        prefix == "alignment_model." || prefix == "module.")
      found.push_back(prefix);
  return found.empty() ? std::vector<std::string>{""} : found;
}

/// A training checkpoint holds the tables of its diffusion, which must be the published one.
void checkSchedule(const TensorFile& file) {
  const torch::Tensor* betas = file.find("betas");
  if (!betas) return;
  const NoiseSchedule official(diffusionOptionsFromJson(prediffSevirLr().diffusion));
  if (betas->sizes() != official.betas.sizes() ||
      !torch::allclose(betas->to(torch::kFloat32), official.betas, 1e-4, 1e-9))
    throw ModelError(file.path() +
                     ": this PreDiff was trained with another noise schedule than "
                     "the published one, which is all that can be adopted.");
}

void takeFrom(const std::string& path, FoundNetworks& found) {
  const TensorFile file = readTensorFile(path);
  checkSchedule(file);
  for (const std::string& prefix : prefixesIn(file)) {
    const std::vector<NamedTensor> tensors = networkTensors(file, prefix);
    const NetworkVerdict verdict = recognizeNetwork(tensors);
    if (!verdict.unusable.empty()) refuseUnusable(path, verdict.unusable);
    if (!verdict.known())
      throw ModelError(path + (prefix.empty() ? "" : ", under " + prefix) +
                       ": these tensors are no whole network that names and shapes tell; "
                       "stormloom-cli models check " +
                       path + " says what is wrong.");
    Found network{{roleOf(verdict.family),
                   verdict.official() ? verdict.architecture : verdict.family + " of your own",
                   path + (prefix.empty() ? "" : " (" + prefix + ")"), parameterCount(tensors)},
                  verdict.config,
                  tensors};
    const std::string role = network.what.network;
    const auto [there, isNew] = found.try_emplace(role, std::move(network));
    if (!isNew && !sameTensors(there->second.tensors, tensors))
      throw ModelError(path + ": there is another " + verdict.family + " in " +
                       there->second.what.from + "; name one of them.");
  }
}

/// The shipped statistics for the first `leads` lead times.
Json shippedStatistics(std::int64_t leads, AdoptionReport& report) {
  const Json all = cardOf(shippedModelFolder(), "denoiser").use.at("statistics");
  Json statistics = Json::object();
  for (const char* key : {"a", "b", "t", "s0", "s1"}) {
    auto values = all.at(key).as<std::vector<double>>();
    if (std::int64_t(values.size()) < leads)
      throw ModelError("The denoiser forecasts " + std::to_string(leads) +
                       " frames, but what intensity a context lets expect is known for " +
                       std::to_string(values.size()) + " only.");
    values.resize(std::size_t(leads));
    statistics.set(key, values);
  }
  report.notes.push_back(
      "The weights do not say which intensity is usual: mu and sigma are those of the data that "
      "Stormloom's own models were trained with.");
  return statistics;
}

Json useOfDenoiser(const Found& denoiser, AdoptionReport& report) {
  const PrediffConfiguration official = prediffSevirLr();
  const Json& shape = denoiser.architecture.at("target_shape");
  report.notes.push_back(
      "The diffusion is taken to be the published one: it predicts noise, in 1000 steps.");
  return Json::object({{"process", "diffusion"},
                       {"diffusion", official.diffusion},
                       {"guide_scale", official.guideScale},
                       {"context_frames", denoiser.architecture.at("input_shape").at(0)},
                       {"extrapolated_frames", 0},
                       {"statistics", shippedStatistics(shape.at(0).asInt(), report)},
                       {"statistics_source", "training data of Stormloom's own models"},
                       {"defaults", Json::object({{"sampler", "dpm++"},
                                                  {"steps", kSteps},
                                                  {"preview_steps", kPreviewSteps}})}});
}

Json useOf(const Found& found, AdoptionReport& report) {
  const std::string& network = found.what.network;
  if (network == "denoiser") return useOfDenoiser(found, report);
  if (network == "alignment") return Json::object({{"process", "diffusion"}});
  if (network == "earthformer") return Json::object({{"output", "frames"}});
  return Json::object();
}

void writeNetwork(const Found& found, const Json& use, const std::string& folder) {
  const std::string stem = (fs::path(folder) / found.what.network).string();
  writeSafetensors(stem + ".safetensors", found.tensors);
  ModelCard card;
  card.network = found.what.network;
  card.name = found.what.name;
  card.weightsFile = found.what.network + ".safetensors";
  card.sha256 = sha256OfFile(stem + ".safetensors");
  card.architecture = found.architecture;
  card.use = use;
  card.training = Json::object({{"adopted_from", found.what.from}});
  writeModelCard(stem + ".json", card);
}

/// A folder of models without an Earthformer gets the shipped one.
void copyShippedEarthformer(const std::string& folder, AdoptionReport& report) {
  const fs::path from = shippedModelFolder();
  std::error_code failure;
  for (const char* name : {"earthformer.json", "earthformer.safetensors"})
    if (fs::exists(from / name, failure) && !fs::exists(fs::path(folder) / name, failure))
      fs::copy_file(from / name, fs::path(folder) / name, failure);
  if (fs::exists(fs::path(folder) / "earthformer.json", failure))
    report.notes.push_back("No Earthformer was named: the folder has the shipped one.");
}

void requireWhole(const FoundNetworks& found) {
  if (!found.contains("vae") && !found.contains("denoiser") && !found.contains("alignment")) return;
  for (const char* role : {"vae", "denoiser"})
    if (!found.contains(role))
      throw ModelError(std::string("A PreDiff needs its ") +
                       (std::string(role) == "vae" ? "VAE" : "denoiser") +
                       ", too; name the file with it as well.");
}

}  // namespace

AdoptionReport adoptWeights(const std::vector<std::string>& files, const std::string& folder) {
  const torch::NoGradGuard noGradient;
  FoundNetworks found;
  for (const std::string& file : files) takeFrom(file, found);
  requireWhole(found);
  AdoptionReport report;
  std::map<std::string, Json> uses;
  for (const auto& [role, network] : found) uses.emplace(role, useOf(network, report));
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (!fs::is_directory(folder))
    throw IoError(folder + ": the folder for the models cannot be made. Choose another.");
  for (const auto& [role, network] : found) {
    writeNetwork(network, uses.at(role), folder);
    report.networks.push_back(network.what);
  }
  if (!found.contains("earthformer")) copyShippedEarthformer(folder, report);
  if (found.contains("denoiser"))  // what does not belong together is said now, not at the forecast
    PreDiffModel(folder, torch::kCPU, torch::kFloat32);
  return report;
}

}  // namespace stormloom
