// Golden kind `checkpoint`: files a person might open, good, damaged and hostile (spec 13).
#include <cstdio>

#include "core/errors.h"
#include "models/checkpoint/element_types.h"
#include "models/checkpoint/network_tensors.h"
#include "models/parity/parity_case.h"

namespace stormloom {
namespace {

using Complaints = std::vector<std::string>;

std::string hashOf(const torch::Tensor& tensor) {
  const torch::Tensor data = tensor.contiguous();
  const auto* bytes = static_cast<const char*>(data.data_ptr());
  char text[17];
  std::snprintf(text, sizeof text, "%016llx",
                static_cast<unsigned long long>(fnv1a64(std::string_view(bytes, data.nbytes()))));
  return text;
}

void checkTensor(const Json& expected, const TensorFile& file, Complaints& complaints) {
  const std::string& name = expected.at("name").asString();
  const auto demand = [&](bool good, const char* what) {
    if (!good) complaints.push_back("the tensor \"" + name + "\" has " + what);
  };
  const torch::Tensor* tensor = file.find(name);
  if (!tensor) {
    complaints.push_back("the tensor \"" + name + "\" was not found");
    return;
  }
  const auto type = elementType(tensor->scalar_type());
  demand(type && elementTypeName(*type) == expected.at("dtype").asString(), "another type");
  demand(tensor->sizes().vec() == expected.at("shape").as<std::vector<std::int64_t>>(),
         "another shape");
  demand(hashOf(*tensor) == expected.at("fnv1a64").asString(), "other bytes");
  if (const Json* hash = expected.find("float32_fnv1a64")) {
    demand(hashOf(tensor->to(torch::kFloat32)) == hash->asString(), "other values as float32");
  }
}

Complaints checkGood(const Json& expect, const TensorFile& file) {
  Complaints complaints;
  if (file.format() != expect.at("format").asString())
    complaints.push_back("the format is " + file.format());
  if (file.container() != expect.value("container", "")) {
    complaints.push_back("the container is \"" + file.container() + "\"");
  }
  const Json& tensors = expect.at("tensors");
  if (file.tensors().size() != tensors.size()) {
    complaints.push_back(std::to_string(file.tensors().size()) + " tensors were found, " +
                         std::to_string(tensors.size()) + " are there");
  }
  for (const Json& tensor : tensors) checkTensor(tensor, file, complaints);
  auto prefixes = expect.value("prefixes", std::vector<std::string>{});
  if (expect.contains("prefix")) prefixes.push_back(expect.at("prefix").asString());
  if (networkPrefixes(file) != prefixes) complaints.emplace_back("other networks were found");
  return complaints;
}

ParityAnswer checkpoint(const ParityCase& parity) {
  const Json& expect = parity.description.at("expect");
  const auto path = parity.file.parent_path() / parity.description.at("file").asString();
  try {
    const TensorFile file = readTensorFile(path.string());
    if (expect.at("ok").asBool()) return {{}, checkGood(expect, file)};
    return {{}, {"the file was opened although it must be refused: " + expect.value("reason", "")}};
  } catch (const ModelError& refusal) {
    if (!expect.at("ok").asBool()) return {};
    return {{}, {refusal.what()}};
  }
}

}  // namespace

void addCheckpointKinds(ParityKinds& kinds) { kinds["checkpoint"] = checkpoint; }

}  // namespace stormloom
