#include "models/parity/parity_case.h"

#include <optional>

#include "core/errors.h"
#include "models/checkpoint/state_dict.h"
#include "models/checkpoint/tensor_file.h"

namespace stormloom {
using torch::Tensor;
namespace {

/// Inputs of one case; the file beside it is opened when the first of them lies there.
class InputSource {
public:
  explicit InputSource(std::filesystem::path tensors) : tensors_(std::move(tensors)) {}
  Tensor get(const std::string& name, const Json& source);

private:
  std::filesystem::path tensors_;
  std::optional<TensorFile> file_;
};

Tensor InputSource::get(const std::string& name, const Json& source) {
  const auto shape = source.at("shape").as<std::vector<std::int64_t>>();
  const std::string from = source.at("source").asString();
  if (from == "procedural")
    return proceduralInput(source.at("recipe").asString(), source.at("seed").asUint(), name, shape);
  if (from != "file")
    throw IoError(tensors_.string() + ": the input \"" + name + "\" has the unknown source \"" +
                  from + "\"; known are file and procedural.");
  if (!file_) file_ = readSafetensors(tensors_.string(), {.finite = false});
  const Tensor stored = file_->at("input." + name);
  if (stored.sizes() != at::IntArrayRef(shape))
    throw IoError(tensors_.string() + ": the input \"" + name + "\" has another shape than " +
                  tensors_.stem().string() + ".json says.");
  return stored.clone();
}

}  // namespace

const Tensor& ParityCase::input(const std::string& name) const {
  const auto found = inputs.find(name);
  if (found == inputs.end())
    throw IoError(file.string() + ": the input \"" + name + "\" is missing.");
  return found->second;
}

Tensor ParityCase::inputIfAny(const std::string& name) const {
  return has(name) ? input(name) : Tensor();
}

bool ParityCase::wants(const std::string& output) const {
  const Json* outputs = description.find("outputs");
  return outputs && outputs->contains(output);
}

std::uint64_t ParityCase::weightsSeed() const {
  const Json& weights = description.at("weights");
  const std::string recipe = weights.at("recipe").asString();
  if (recipe != "procedural-v1")
    throw IoError(file.string() + ": the weights recipe \"" + recipe +
                  "\" is unknown; known is procedural-v1.");
  return weights.at("seed").asUint();
}

void ParityCase::prepare(torch::nn::Module& network, const std::string& prefix) const {
  fillProcedural(network, weightsSeed(), prefix);
  network.eval();
  moveNetwork(network, device, type);
}

Tensor ParityCase::weight(const std::string& name, at::IntArrayRef shape) const {
  return proceduralWeight(weightsSeed(), name, shape).to(device);
}

namespace {

constexpr double kLargestNumber = 1 << 20;  // beyond every size, width and count of a network

/// Counts that may be none. Any other number of a configuration is a size, a width or a divisor.
bool mayBeZero(const std::string& key) {
  for (const char* part : {"shift", "num_global_vectors", "cross_start", "conv_layers",
                           "checkpoint", "depth", "num_conv_list", "drop", "idx", "weight", "posterior", "eta", "start",
                           "step", "cosine_s", "linear", "scale", "lr", "decay", "min", "seed", "threshold"})
    if (key.find(part) != std::string::npos) return true;
  return false;
}

/// Divisions by nothing and networks larger than any machine end here, with the key's name.
void requireSensible(const std::string& key, const Json& value) {
  if (value.isObject()) {
    for (const auto& [name, entry] : value.items()) requireSensible(name, entry);
  } else if (value.isArray()) {
    for (const Json& entry : value) requireSensible(key, entry);
  } else if (value.isInteger()) {
    const double number = value.asDouble();
    if (number < 0.0 || number > kLargestNumber || (number == 0.0 && !mayBeZero(key)))
      throw ModelError("The configuration's \"" + key + "\" is " + value.dump() +
                       ", which no network has.");
  }
}

}  // namespace

ParityCase readParityCase(const std::filesystem::path& file, const torch::Device& device) {
  ParityCase parity;
  parity.file = file;
  parity.description = readJsonFile(file.string());
  parity.device = device;
  if (const Json* config = parity.description.find("config")) requireSensible("config", *config);
  InputSource source(std::filesystem::path(file).replace_extension(".safetensors"));
  if (const Json* inputs = parity.description.find("inputs"))
    for (const auto& [name, entry] : inputs->items())
      parity.inputs[name] = source.get(name, entry).to(device);
  return parity;
}

}  // namespace stormloom
