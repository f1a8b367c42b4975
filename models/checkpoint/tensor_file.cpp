#include "models/checkpoint/tensor_file.h"

#include <algorithm>
#include <fstream>
#include <memory>

#include "core/errors.h"
#include "models/checkpoint/element_types.h"

namespace stormloom {
namespace {

/// The whole file, kept alive by the tensors that look into it.
struct FileBytes {
  std::unique_ptr<std::byte[]> data;
  std::size_t size = 0;
  Bytes view() const { return {data.get(), size}; }
};

std::shared_ptr<const FileBytes> readWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::int64_t size = file ? std::int64_t(file.tellg()) : -1;
  // A folder opens but has no sensible size.
  if (size < 0 || size == std::numeric_limits<std::int64_t>::max()) {
    throw IoError(path + ": cannot be read. Check the path and the permissions.");
  }
  auto bytes = std::make_shared<FileBytes>();
  bytes->data = std::make_unique_for_overwrite<std::byte[]>(std::size_t(size));
  bytes->size = std::size_t(size);
  file.seekg(0);
  if (!file.read(reinterpret_cast<char*>(bytes->data.get()), size)) {
    throw IoError(path + ": cannot be read to its end. Check the disk or copy the file again.");
  }
  return bytes;
}

/// A view into the file where its bytes are aligned for the type, else a copy of its elements.
torch::Tensor tensorFrom(const std::shared_ptr<const FileBytes>& file, const TensorEntry& entry) {
  const auto options = torch::TensorOptions(scalarType(entry.type));
  if (checkedCount(entry.shape) == 0) return torch::empty(entry.shape, options);
  std::byte* at = file->data.get() + entry.begin;
  if (reinterpret_cast<std::uintptr_t>(at) % elementSize(entry.type) == 0) {
    return torch::from_blob(
        at, entry.shape, entry.strides, [file](void*) {}, options);
  }
  torch::Tensor copy = torch::empty(entry.shape, options);
  gatherElements(file->view(), entry, {static_cast<std::byte*>(copy.data_ptr()), copy.nbytes()});
  return copy;
}

template <class List>
TensorFile readWith(const std::string& path, List&& list) {
  const auto file = readWhole(path);
  TensorListing listing = list(file->view());
  std::vector<NamedTensor> tensors;
  tensors.reserve(listing.tensors.size());
  for (const TensorEntry& entry : listing.tensors)
    tensors.push_back({entry.name, tensorFrom(file, entry)});
  return TensorFile(path, std::move(listing), std::move(tensors));
}

}  // namespace

TensorFile::TensorFile(std::string path, TensorListing listing, std::vector<NamedTensor> tensors)
    : path_(std::move(path)),
      format_(std::move(listing.format)),
      container_(std::move(listing.container)),
      tensors_(std::move(tensors)),
      metadata_(std::move(listing.metadata)) {
  for (std::size_t i = 0; i < tensors_.size(); ++i) byName_.emplace(tensors_[i].name, i);
}

std::string TensorFile::metadataValue(const std::string& key) const {
  const auto found = std::find_if(metadata_.begin(), metadata_.end(),
                                  [&key](const auto& entry) { return entry.first == key; });
  return found == metadata_.end() ? std::string() : found->second;
}

const torch::Tensor* TensorFile::find(const std::string& name) const {
  const auto found = byName_.find(name);
  return found == byName_.end() ? nullptr : &tensors_[found->second].tensor;
}

const torch::Tensor& TensorFile::at(const std::string& name) const {
  if (const torch::Tensor* found = find(name)) return *found;
  throw ModelError(path_ + ": has no tensor \"" + name +
                   "\". Choose the file made for this network.");
}

TensorFile readTensorFile(const std::string& path, const WeightsReadOptions& options) {
  return readWith(path, [&](Bytes file) { return listTensors(file, path, options); });
}

TensorFile readSafetensors(const std::string& path, const WeightsReadOptions& options) {
  return readWith(path, [&](Bytes file) {
    TensorListing listing = listSafetensors(file, path);
    checkListing(listing, file, path, options);
    return listing;
  });
}

}  // namespace stormloom
