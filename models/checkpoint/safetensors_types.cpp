#include "models/checkpoint/safetensors_types.h"

#include <algorithm>
#include <array>

namespace stormloom {
namespace {
// In the order of ElementType.
constexpr std::array<std::string_view, 10> kNames{"F64", "F32", "F16", "BF16", "I64",
                                                  "I32", "I16", "I8",  "U8",   "BOOL"};
}  // namespace

std::optional<ElementType> elementTypeFromSafetensors(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return ElementType(found - kNames.begin());
}

std::string_view safetensorsName(ElementType type) { return kNames[std::size_t(type)]; }

}  // namespace stormloom
