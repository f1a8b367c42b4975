#pragma once

#include <torch/torch.h>

#include <string>

namespace stormloom {

/// gelu (exact), leaky (slope 0.1), relu or silu by its official name.
torch::Tensor activate(const std::string& activation, const torch::Tensor& x);
/// Refuses names that activate() does not know.
void requireActivation(const std::string& activation);

}  // namespace stormloom
