#include "models/checkpoint/state_dict.h"

namespace stormloom {
namespace {

void collect(const torch::nn::Module& module, const std::string& prefix,
             std::vector<NamedTensor>& out) {
  for (const auto& parameter : module.named_parameters(/*recurse=*/false))
    if (parameter.value().defined()) out.push_back({prefix + parameter.key(), parameter.value()});
  for (const auto& buffer : module.named_buffers(/*recurse=*/false))
    if (buffer.value().defined()) out.push_back({prefix + buffer.key(), buffer.value()});
  for (const auto& child : module.named_children())
    collect(*child.value(), prefix + child.key() + ".", out);
}

}  // namespace

std::vector<NamedTensor> stateDict(const torch::nn::Module& network) {
  std::vector<NamedTensor> tensors;
  collect(network, "", tensors);
  return tensors;
}

void moveNetwork(torch::nn::Module& network, const torch::Device& device, torch::ScalarType type) {
  network.to(device);
  for (NamedTensor& entry : stateDict(network))
    if (entry.tensor.is_floating_point()) entry.tensor.set_data(entry.tensor.to(type));
}

}  // namespace stormloom
