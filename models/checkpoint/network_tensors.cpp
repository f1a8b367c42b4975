#include "models/checkpoint/network_tensors.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "core/errors.h"

namespace stormloom {
namespace {

constexpr const char* kEmaPrefix = "model_ema.";
constexpr const char* kPrefixes[] = {"torch_nn_module.",   kEmaPrefix,
                                     "first_stage_model.", "cond_stage_model.",
                                     "alignment_model.",   "loss.discriminator.",
                                     "module."};  // the last of networks trained on several GPUs

using ByName = std::unordered_map<std::string, const torch::Tensor*>;

ByName byName(const std::vector<NamedTensor>& tensors) {
  ByName out;
  for (const NamedTensor& tensor : tensors) out.emplace(tensor.name, &tensor.tensor);
  return out;
}

/// Buffers of integers are indices that the network computes itself.
bool isIndex(const NamedTensor& tensor) { return tensor.name.ends_with("relative_position_index"); }

std::string withoutDots(std::string name) {
  std::erase(name, '.');
  return name;
}

/// Gives the averages back the names of the parameters they belong to; what belongs to none keeps
/// its own.
std::vector<NamedTensor> namedAsParameters(std::vector<NamedTensor> averages,
                                           const torch::nn::Module& network) {
  std::map<std::string, std::string> dotted;
  for (const auto& parameter : network.named_parameters()) {
    if (!dotted.emplace(withoutDots(parameter.key()), parameter.key()).second) {
      throw ModelError(
          "Two parameters are called \"" + withoutDots(parameter.key()) +
          "\" without their dots; load the weights themselves instead of their averages.");
    }
  }
  std::erase_if(averages,
                [](const NamedTensor& t) { return t.name == "decay" || t.name == "num_updates"; });
  for (NamedTensor& average : averages) {
    const auto found = dotted.find(average.name);
    if (found != dotted.end()) average.name = found->second;
  }
  return averages;
}

void appendList(std::string& sentence, const char* what, const std::vector<std::string>& names) {
  if (names.empty()) return;
  sentence += std::string(" ") + what + " (" + std::to_string(names.size()) +
              "): " + firstNames(names) + ".";
}

[[noreturn]] void refuseDifference(const std::string& path, const std::string& prefix,
                                   const TensorDifference& difference) {
  std::string sentence = path + ": these weights do not fit the network";
  if (!prefix.empty()) sentence += " (looked under \"" + prefix + "\")";
  sentence += ".";
  appendList(sentence, "Missing", difference.missing);
  appendList(sentence, "Unexpected", difference.unexpected);
  appendList(sentence, "Of another shape or kind of number", difference.misshapen);
  throw ModelError(sentence + " Choose the file made for this network.");
}

/// Empty where the values can be used.
std::string unusableValue(const NamedTensor& target, const torch::Tensor& source) {
  if (isIndex(target))
    return torch::equal(target.tensor.to(torch::kCPU), source)
               ? ""
               : "the index \"" + target.name + "\" is not the one this network computes";
  // A double that no float can hold becomes infinite.
  const bool fits = source.scalar_type() != torch::kFloat64 ||
                    source.to(torch::kFloat32).isfinite().all().item<bool>();
  return fits ? "" : "the tensor \"" + target.name + "\" is too large for single precision";
}

void copyInto(const NamedTensor& target, const torch::Tensor& source, const std::string& path) {
  if (const std::string why = unusableValue(target, source); !why.empty())
    refuseUnusable(path, why);
  if (!isIndex(target)) target.tensor.detach().copy_(source.to(target.tensor.scalar_type()));
}

}  // namespace

std::vector<std::string> networkPrefixes(const TensorFile& file) {
  std::vector<std::string> found;
  for (const std::string prefix : kPrefixes) {
    const bool there =
        std::any_of(file.tensors().begin(), file.tensors().end(),
                    [&](const NamedTensor& t) { return t.name.starts_with(prefix); });
    if (there) found.push_back(prefix);
  }
  return found;
}

std::string mainPrefix(const TensorFile& file) {
  const std::vector<std::string> prefixes = networkPrefixes(file);
  for (const char* candidate :
       {"torch_nn_module.", "alignment_model.", "first_stage_model.", "module."})
    if (std::find(prefixes.begin(), prefixes.end(), candidate) != prefixes.end()) return candidate;
  return "";
}

std::vector<NamedTensor> networkTensors(const TensorFile& file, const std::string& prefix) {
  std::vector<NamedTensor> out;
  for (const NamedTensor& tensor : file.tensors()) {
    if (tensor.name.starts_with(prefix))
      out.push_back({tensor.name.substr(prefix.size()), tensor.tensor});
  }
  return out;
}

TensorDifference compareTensors(const std::vector<NamedTensor>& network,
                                const std::vector<NamedTensor>& file) {
  const ByName available = byName(file);
  const ByName wanted = byName(network);
  TensorDifference difference;
  for (const NamedTensor& target : network) {
    const auto found = available.find(target.name);
    if (found == available.end()) {
      if (!isIndex(target)) difference.missing.push_back(target.name);
    } else if (found->second->sizes() != target.tensor.sizes() ||
               found->second->is_floating_point() != target.tensor.is_floating_point()) {
      difference.misshapen.push_back(target.name);
    }
  }
  for (const NamedTensor& tensor : file) {
    if (!wanted.contains(tensor.name)) difference.unexpected.push_back(tensor.name);
  }
  return difference;
}

void refuseUnusable(const std::string& path, const std::string& why) {
  throw ModelError(path + ": " + why + ". Choose the file made for this network.");
}

std::string unusableValues(const std::vector<NamedTensor>& network,
                           const std::vector<NamedTensor>& file) {
  const ByName available = byName(file);
  for (const NamedTensor& target : network) {
    const auto found = available.find(target.name);
    if (found == available.end()) continue;
    if (std::string why = unusableValue(target, *found->second); !why.empty()) return why;
  }
  return {};
}

std::string firstNames(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 5); ++i)
    out += (i ? ", " : "") + names[i];
  return names.size() > 5 ? out + ", ..." : out;
}

void loadInto(torch::nn::Module& network, const TensorFile& file, const std::string& prefix) {
  const torch::NoGradGuard noGrad;
  std::vector<NamedTensor> source = networkTensors(file, prefix);
  if (prefix == kEmaPrefix) source = namedAsParameters(std::move(source), network);
  const std::vector<NamedTensor> target = stateDict(network);
  const TensorDifference difference = compareTensors(target, source);
  if (!difference.fits()) refuseDifference(file.path(), prefix, difference);
  const ByName available = byName(source);
  for (const NamedTensor& tensor : target) {
    const auto found = available.find(tensor.name);
    if (found != available.end()) copyInto(tensor, *found->second, file.path());
  }
}

}  // namespace stormloom
