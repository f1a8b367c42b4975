#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stormloom {

/// What a weights file is, in plain words (`stormloom-cli models check FILE`). Throws ModelError for a file that is refused.
struct WeightsReport {
  std::string format;        ///< "safetensors", "torch-zip", "torch-legacy"
  std::string container;     ///< "", "state_dict", "lightning"
  std::string architecture;  ///< "earthformer-sevir", ..., "" when it is none of the published ones
  std::vector<std::int64_t> input;  ///< T, H, W, C that a complete network takes; empty otherwise
  std::size_t tensors = 0;
  std::size_t parameters = 0;
  std::vector<std::string> prefixes;    ///< networks found inside (spec section 13)
  std::vector<std::string> missing;     ///< first five names, when the architecture is nearly known
  std::vector<std::string> unexpected;  ///< first five names
  std::string sentence;
};
WeightsReport checkWeights(const std::string& path);

/// Writes the tensors of any readable file as safetensors, under the names they have there.
void convertWeights(const std::string& path, const std::string& safetensorsPath);

}  // namespace stormloom
