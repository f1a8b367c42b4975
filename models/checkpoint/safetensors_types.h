#pragma once

#include <optional>
#include <string_view>

#include "models/checkpoint/tensor_listing.h"

namespace stormloom {

/// The format's names of element types: "F32", "BF16", "I64", "BOOL" ...
std::optional<ElementType> elementTypeFromSafetensors(std::string_view name);
std::string_view safetensorsName(ElementType type);

}  // namespace stormloom
