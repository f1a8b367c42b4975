#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "models/checkpoint/network_tensors.h"

namespace stormloom {

/// What the tensors of one network are, judged by their names and shapes alone.
struct NetworkVerdict {
  std::string family;           ///< "Earthformer", "PreDiff VAE" ...; "" when unknown
  std::string architecture;     ///< "earthformer-sevir" ...; "" when no official one is near
  TensorDifference difference;  ///< from that architecture
  std::string unusable;         ///< why values of a network that fits cannot be loaded; else empty
  Json config;                  ///< official keys of the network that fits exactly, else null
  /// Every tensor is there: of an official network, or of one whose sizes the tensors tell.
  bool known() const { return !config.isNull() && difference.fits(); }
  bool official() const { return known() && !architecture.empty(); }
};

/// `tensors` are named without any prefix.
NetworkVerdict recognizeNetwork(const std::vector<NamedTensor>& tensors);

/// Elements of all tensors but the computed indices.
std::size_t parameterCount(const std::vector<NamedTensor>& tensors);

}  // namespace stormloom
