#include "models/weights_check.h"

#include <algorithm>

#include "models/checkpoint/known_networks.h"
#include "models/checkpoint/network_tensors.h"
#include "models/checkpoint/tensor_file.h"

namespace stormloom {
namespace {

constexpr std::size_t kNamesShown = 5;
constexpr const char* kDenoiser = "prediff-sevirlr-denoiser";
constexpr const char* kVae = "prediff-sevirlr-vae";

std::vector<std::string> firstOf(std::vector<std::string> names) {
  names.resize(std::min(names.size(), kNamesShown));
  return names;
}

std::string counted(std::size_t count, const char* what) {
  if (count == 0) return "";
  return (count == 1 ? "one tensor is " : std::to_string(count) + " tensors are ") +
         std::string(what);
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (!part.empty()) text += (text.empty() ? "" : ", ") + part;
  }
  return text;
}

std::string withArticle(const std::string& family) {
  return (family.starts_with("E") ? "an " : "a ") + family;
}

std::string shapeOf(const Json& config, const char* key) {
  const Json& shape = config.at(key);
  return shape.at(0).dump() + " frames of " + shape.at(1).dump() + " x " + shape.at(2).dump();
}

/// "7 frames of 128 x 128 in, 6 frames of 128 x 128 out" of whatever takes and gives fields.
std::string sizesOf(const Json& config) {
  if (config.contains("target_shape"))
    return shapeOf(config, "input_shape") + " in, " + shapeOf(config, "target_shape") + " out";
  if (config.contains("input_shape")) return shapeOf(config, "input_shape") + " in";
  return config.at("latent_channels").dump() + " latent channels";
}

std::string describe(const NetworkVerdict& verdict) {
  if (verdict.official())
    return "These are the weights of " + withArticle(verdict.family) + " (" + verdict.architecture +
           "): every tensor is there.";
  if (verdict.known())
    return "These are the weights of " + withArticle(verdict.family) + " with sizes of its own (" +
           sizesOf(verdict.config) +
           "): every tensor is there. Padding, activations and shifts leave no trace in a file and "
           "are taken as in the published networks.";
  if (!verdict.architecture.empty()) {
    const TensorDifference& difference = verdict.difference;
    return "This is nearly " + verdict.architecture + ", but " +
           joined({counted(difference.missing.size(), "missing"),
                   counted(difference.unexpected.size(), "unexpected"),
                   counted(difference.misshapen.size(), "of another shape or kind of number")}) +
           "; choose the complete file made for this network.";
  }
  if (!verdict.family.empty())
    return "These are the weights of " + withArticle(verdict.family) +
           " with sizes of its own, which names and shapes do not tell completely; it needs the "
           "model card it was trained with.";
  return "The file is sound, but its tensors belong to no network that Stormloom knows; choose "
         "weights of Earthformer or PreDiff.";
}

void takeVerdict(const NetworkVerdict& verdict, const std::string& path, WeightsReport& report) {
  if (!verdict.unusable.empty()) refuseUnusable(path, verdict.unusable);
  report.architecture = verdict.architecture;
  report.missing = firstOf(verdict.difference.missing);
  std::vector<std::string> unexpected = verdict.difference.unexpected;
  for (const std::string& name : verdict.difference.misshapen)
    unexpected.push_back(name + " (of another shape or kind of number)");
  report.unexpected = firstOf(std::move(unexpected));
  report.sentence = describe(verdict);
  if (verdict.known() && verdict.config.contains("input_shape"))
    report.input = verdict.config.at("input_shape").as<std::vector<std::int64_t>>();
}

/// A PreDiff training checkpoint carries its VAE along.
void noteFirstStage(const TensorFile& file, WeightsReport& report) {
  const auto tensors = networkTensors(file, "first_stage_model.");
  if (tensors.empty() || report.architecture != kDenoiser || !report.missing.empty() ||
      !report.unexpected.empty())
    return;
  const NetworkVerdict vae = recognizeNetwork(tensors);
  if (!vae.official() || vae.architecture != kVae) return;
  report.architecture = "prediff-sevirlr";
  report.sentence =
      "This training checkpoint holds PreDiff's denoiser and VAE (prediff-sevirlr), both complete.";
}

}  // namespace

WeightsReport checkWeights(const std::string& path) {
  const TensorFile file = readTensorFile(path);
  WeightsReport report;
  report.format = file.format();
  report.container = file.container();
  report.tensors = file.tensors().size();
  report.parameters = parameterCount(file.tensors());
  report.prefixes = networkPrefixes(file);
  const std::string prefix = mainPrefix(file);
  takeVerdict(recognizeNetwork(networkTensors(file, prefix)), path, report);
  if (prefix == "torch_nn_module.") noteFirstStage(file, report);
  return report;
}

void convertWeights(const std::string& path, const std::string& safetensorsPath) {
  const TensorFile file = readTensorFile(path);
  writeSafetensors(safetensorsPath, file.tensors(), file.metadata());
}

}  // namespace stormloom
