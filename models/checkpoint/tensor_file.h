#pragma once

#include <torch/torch.h>

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/checkpoint/tensor_listing.h"

namespace stormloom {

/// A tensor and its name in a file or network.
struct NamedTensor {
  std::string name;
  torch::Tensor tensor;
};

/// The tensors of one file, checked (spec section 13) and on the CPU in the type they were stored
/// in. They may share memory with each other: copy before writing into one.
class TensorFile {
public:
  TensorFile(std::string path, TensorListing listing, std::vector<NamedTensor> tensors);

  const std::string& path() const { return path_; }
  const std::string& format() const {
    return format_;
  }  ///< "safetensors", "torch-zip", "torch-legacy"
  const std::string& container() const { return container_; }  ///< "", "state_dict", "lightning"
  const std::vector<NamedTensor>& tensors() const { return tensors_; }  ///< in the file's order
  const std::vector<std::pair<std::string, std::string>>& metadata() const { return metadata_; }
  std::string metadataValue(const std::string& key) const;  ///< "" when absent

  const torch::Tensor* find(const std::string& name) const;  ///< nullptr when absent
  const torch::Tensor& at(const std::string& name) const;    ///< ModelError when absent

private:
  std::string path_;
  std::string format_;
  std::string container_;
  std::vector<NamedTensor> tensors_;
  std::vector<std::pair<std::string, std::string>> metadata_;
  std::unordered_map<std::string, std::size_t> byName_;
};

/// Reads safetensors, torch zip or legacy torch stream; the content decides. Never runs anything in
/// the file. IoError when the file cannot be read, ModelError when it is refused.
TensorFile readTensorFile(const std::string& path, const WeightsReadOptions& options = {});

/// The same, but only safetensors. For reference results pass {.finite = false}: they may hold NaN.
TensorFile readSafetensors(const std::string& path, const WeightsReadOptions& options = {});

/// Writes the tensors in the given order, each contiguous and in its own type (float64, float32,
/// float16, bfloat16, integers, bool). Written beside the target and renamed. Refuses a name given
/// twice.
void writeSafetensors(const std::string& path, const std::vector<NamedTensor>& tensors,
                      const std::vector<std::pair<std::string, std::string>>& metadata = {});

}  // namespace stormloom
