#include "models/checkpoint/pickle_globals.h"

#include <algorithm>

namespace stormloom {
namespace {

struct Entry {
  std::string_view module;
  std::string_view name;
  KnownGlobal known;
  ElementType type = ElementType::Float32;
};

using enum KnownGlobal;
constexpr Entry kEntries[] = {
    {"collections", "OrderedDict", OrderedDict},
    {"torch._utils", "_rebuild_tensor", RebuildTensor},
    {"torch._utils", "_rebuild_tensor_v2", RebuildTensor},
    {"torch._utils", "_rebuild_parameter", RebuildParameter},
    {"torch.nn.parameter", "Parameter", RebuildParameter},
    {"torch", "DoubleStorage", StorageType, ElementType::Float64},
    {"torch", "FloatStorage", StorageType, ElementType::Float32},
    {"torch", "HalfStorage", StorageType, ElementType::Float16},
    {"torch", "BFloat16Storage", StorageType, ElementType::BFloat16},
    {"torch", "LongStorage", StorageType, ElementType::Int64},
    {"torch", "IntStorage", StorageType, ElementType::Int32},
    {"torch", "ShortStorage", StorageType, ElementType::Int16},
    {"torch", "CharStorage", StorageType, ElementType::Int8},
    {"torch", "ByteStorage", StorageType, ElementType::UInt8},
    {"torch", "BoolStorage", StorageType, ElementType::Bool},
};

}  // namespace

PickleValue globalNamed(std::string_view module, std::string_view name, std::string_view written) {
  PickleValue value{.kind = PickleKind::Global};
  value.text = written;
  const auto found = std::find_if(
      std::begin(kEntries), std::end(kEntries),
      [&](const Entry& entry) { return entry.module == module && entry.name == name; });
  if (found != std::end(kEntries)) {
    value.known = found->known;
    value.type = found->type;
  }
  return value;
}

}  // namespace stormloom
