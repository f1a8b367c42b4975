#pragma once

#include <string_view>
#include <vector>

#include "models/checkpoint/tensor_listing.h"

namespace stormloom {

enum class PickleKind : std::uint8_t {
  None,
  Bool,
  Integer,
  LongInteger,
  Real,
  Text,
  Bytes,
  Tuple,
  List,
  Dict,
  Global,   ///< a name of something that could be called; nothing is ever called
  Storage,  ///< raw numbers elsewhere in the file
  Tensor,   ///< a view of a storage
  Inert,    ///< whatever a call of an unknown name would have made
};

/// The names that mean something here. Everything else is Unknown and stays inert.
enum class KnownGlobal : std::uint8_t {
  Unknown,
  OrderedDict,
  RebuildTensor,
  RebuildParameter,
  StorageType
};

/// One value of the little machine. Children are indices into PickleResult::values.
struct PickleValue {
  PickleKind kind = PickleKind::None;
  KnownGlobal known = KnownGlobal::Unknown;  ///< Global
  ElementType type = ElementType::Float32;   ///< Global (of a storage type), Storage
  std::uint16_t depth = 0;                   ///< of nested tuples
  std::int64_t integer = 0;                  ///< Bool, Integer; Storage: number of elements
  std::string_view text;             ///< Text, Bytes, LongInteger (raw), Global, Storage (its key)
  std::vector<std::uint32_t> items;  ///< Tuple, List; Dict: key, value, key, value ...
                                     ///< Tensor: storage, offset, shape, strides
};

struct PickleResult {
  std::vector<PickleValue> values;
  std::uint32_t root = 0;
  std::uint64_t bytes = 0;                        ///< how long the pickle was
  std::vector<std::string_view> foreignStorages;  ///< keys of numbers of types not known here
  const PickleValue& rootValue() const { return values[root]; }
};

/// Interprets one pickle (binary opcodes of protocols 2 to 5) without running anything: a closed
/// machine whose calls only know how tensors, parameters and ordered dictionaries are written down.
/// Text is not copied: `bytes` must outlive the result.
PickleResult readPickle(Bytes bytes, const std::string& source);

}  // namespace stormloom
