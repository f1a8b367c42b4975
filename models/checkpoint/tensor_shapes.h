#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "models/checkpoint/tensor_file.h"

namespace stormloom {

/// Thrown where names and shapes do not say what a network is.
struct Undecided {};

/// Shapes by name, for finding a configuration from them.
class TensorShapes {
public:
  explicit TensorShapes(const std::vector<NamedTensor>& tensors) {
    for (const NamedTensor& tensor : tensors) shapes_.emplace(tensor.name, tensor.tensor.sizes());
  }

  bool has(const std::string& name) const { return shapes_.contains(name); }

  /// One dimension of a tensor that must be there.
  std::int64_t size(const std::string& name, std::size_t axis = 0) const {
    const auto found = shapes_.find(name);
    if (found == shapes_.end() || axis >= found->second.size() || found->second[axis] < 1)
      throw Undecided();
    return found->second[axis];
  }

  /// The first dimensions of a tensor must be these: what a network is built of must be in the
  /// file, so that building it takes about as much memory.
  void require(const std::string& name, const std::vector<std::int64_t>& sizes) const {
    for (std::size_t axis = 0; axis < sizes.size(); ++axis)
      if (size(name, axis) != sizes[axis]) throw Undecided();
  }

  /// How many of before0after, before1after, ... there are.
  std::int64_t count(const std::string& before, const std::string& after) const {
    std::int64_t found = 0;
    while (has(before + std::to_string(found) + after)) ++found;
    return found;
  }

private:
  std::unordered_map<std::string, at::IntArrayRef> shapes_;
};

/// The whole root of a square number; Undecided for others.
inline std::int64_t wholeRoot(std::int64_t square) {
  std::int64_t root = 1;
  while (root * root < square && root < 1 << 20) ++root;
  if (root * root != square) throw Undecided();
  return root;
}

}  // namespace stormloom
