#include "models/checkpoint/element_types.h"

#include <algorithm>
#include <array>

namespace stormloom {
namespace {
// In the order of ElementType.
constexpr std::array<torch::ScalarType, 10> kScalarTypes{
    torch::kFloat64, torch::kFloat32, torch::kFloat16, torch::kBFloat16, torch::kInt64,
    torch::kInt32,   torch::kInt16,   torch::kInt8,    torch::kUInt8,    torch::kBool};
}  // namespace

torch::ScalarType scalarType(ElementType type) { return kScalarTypes[std::size_t(type)]; }

std::optional<ElementType> elementType(torch::ScalarType type) {
  const auto found = std::find(kScalarTypes.begin(), kScalarTypes.end(), type);
  if (found == kScalarTypes.end()) return std::nullopt;
  return ElementType(found - kScalarTypes.begin());
}

}  // namespace stormloom
