#pragma once

#include <optional>
#include <vector>

#include "core/json.h"
#include "models/checkpoint/tensor_file.h"

namespace stormloom {

// Configurations of networks of any size, found from the names and shapes of their tensors alone.
// What leaves no trace there (activations, padding, the initial decoder state, shifts) is taken to
// be as in the official configurations (spec 5, 7, 9). nullopt where names and shapes do not
// decide.

std::optional<Json> deriveEarthformer(const std::vector<NamedTensor>& tensors);
std::optional<Json> deriveVae(const std::vector<NamedTensor>& tensors);
std::optional<Json> deriveDenoiser(const std::vector<NamedTensor>& tensors);
std::optional<Json> deriveAlignment(const std::vector<NamedTensor>& tensors);

}  // namespace stormloom
