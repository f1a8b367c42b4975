#include <cstdio>
#include <filesystem>
#include <fstream>
#include <unordered_set>

#include "core/errors.h"
#include "core/json.h"
#include "models/checkpoint/element_types.h"
#include "models/checkpoint/safetensors_types.h"
#include "models/checkpoint/tensor_file.h"

namespace stormloom {
namespace {

ElementType storedType(const std::string& path, const NamedTensor& tensor) {
  if (const auto type = elementType(tensor.tensor.scalar_type())) return *type;
  throw ModelError(path + ": the tensor \"" + tensor.name +
                   "\" has a type that safetensors cannot hold.");
}

std::string headerFor(const std::string& path, const std::vector<NamedTensor>& tensors,
                      const std::vector<std::pair<std::string, std::string>>& metadata) {
  Json::Object entries;
  if (!metadata.empty()) {
    Json strings = Json::object();
    for (const auto& [key, value] : metadata) strings.set(key, value);
    entries.emplace_back("__metadata__", std::move(strings));
  }
  std::uint64_t begin = 0;
  std::unordered_set<std::string> names{"__metadata__"};
  for (const NamedTensor& tensor : tensors) {
    if (!names.insert(tensor.name).second) {
      throw ModelError(path + ": is not written: the name \"" + tensor.name + "\" is taken.");
    }
    const std::uint64_t end = begin + tensor.tensor.nbytes();
    entries.emplace_back(
        tensor.name,
        Json::object({{"dtype", safetensorsName(storedType(path, tensor))},
                      {"shape", Json(tensor.tensor.sizes().vec())},
                      {"data_offsets", Json(std::vector<std::uint64_t>{begin, end})}}));
    begin = end;
  }
  std::string text = Json(std::move(entries)).dump();
  text.append((8 - text.size() % 8) % 8, ' ');  // the data begin on a multiple of eight
  return text;
}

}  // namespace

void writeSafetensors(const std::string& path, const std::vector<NamedTensor>& tensors,
                      const std::vector<std::pair<std::string, std::string>>& metadata) {
  const std::string header = headerFor(path, tensors, metadata);
  const std::string partial = path + ".part";
  std::ofstream file(partial, std::ios::binary | std::ios::trunc);
  const std::uint64_t headerBytes = header.size();
  file.write(reinterpret_cast<const char*>(&headerBytes), sizeof headerBytes);
  file << header;
  for (const NamedTensor& tensor : tensors) {
    const torch::Tensor data = tensor.tensor.detach().to(torch::kCPU).contiguous();
    file.write(static_cast<const char*>(data.data_ptr()), std::streamsize(data.nbytes()));
  }
  file.close();
  std::error_code failed = file ? std::error_code() : std::make_error_code(std::errc::io_error);
  if (!failed) std::filesystem::rename(partial, path, failed);
  if (failed) {
    std::remove(partial.c_str());
    throw IoError(path + ": cannot be written. Check the folder, its permissions and free space.");
  }
}

}  // namespace stormloom
