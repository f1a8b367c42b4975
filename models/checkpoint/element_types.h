#pragma once

#include <torch/torch.h>

#include <optional>

#include "models/checkpoint/tensor_listing.h"

namespace stormloom {

torch::ScalarType scalarType(ElementType type);
std::optional<ElementType> elementType(torch::ScalarType type);

}  // namespace stormloom
