#include "models/checkpoint/tensor_listing.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

#include "core/errors.h"
#include "core/utf8.h"

namespace stormloom {
namespace {

// The largest known network has about 1000 tensors.
constexpr std::size_t kMaxTensors = 1 << 17;
// Views may repeat bytes (two networks in one file share theirs), but not without end.
constexpr std::uint64_t kMaxExpansion = 8;
constexpr std::uint64_t kExpansionAllowance = 1 << 20;

struct TypeFacts {
  const char* name;
  std::size_t size;
};
constexpr std::array<TypeFacts, 10> kTypes{{{"float64", 8},
                                            {"float32", 4},
                                            {"float16", 2},
                                            {"bfloat16", 2},
                                            {"int64", 8},
                                            {"int32", 4},
                                            {"int16", 2},
                                            {"int8", 1},
                                            {"uint8", 1},
                                            {"bool", 1}}};

bool isRowMajor(const TensorEntry& tensor) {
  return tensor.strides == rowMajorStrides(tensor.shape);
}

/// Calls visit(pointer to the element) in row-major order; stops when it returns false.
template <class Visit>
bool visitElements(Bytes file, const TensorEntry& tensor, Visit&& visit) {
  const std::int64_t count = checkedCount(tensor.shape).value_or(0);
  if (count == 0) return true;
  const bool dense = isRowMajor(tensor);
  const auto shape = dense ? std::vector<std::int64_t>{count} : tensor.shape;
  const auto strides = dense ? std::vector<std::int64_t>{1} : tensor.strides;
  const auto size = std::int64_t(elementSize(tensor.type));
  std::vector<std::int64_t> index(shape.size(), 0);
  std::int64_t offset = 0;  // in elements
  for (;;) {
    const std::byte* at = file.data() + tensor.begin + std::uint64_t(offset * size);
    for (std::int64_t i = 0; i < shape.back(); ++i) {
      if (!visit(at + i * strides.back() * size)) return false;
    }
    std::size_t axis = shape.size() - 1;
    for (;;) {
      if (axis-- == 0) return true;
      offset += strides[axis];
      if (++index[axis] < shape[axis]) break;
      offset -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

template <class Word, Word kExponent>
bool exponentIsFull(const std::byte* element) {
  Word bits;
  std::memcpy(&bits, element, sizeof bits);
  return (bits & kExponent) == kExponent;
}

/// NaN and infinity have all exponent bits set.
bool isUnsound(ElementType type, const std::byte* element) {
  switch (type) {
    case ElementType::Float64:
      return exponentIsFull<std::uint64_t, 0x7FF0000000000000>(element);
    case ElementType::Float32:
      return exponentIsFull<std::uint32_t, 0x7F800000>(element);
    case ElementType::Float16:
      return exponentIsFull<std::uint16_t, 0x7C00>(element);
    case ElementType::BFloat16:
      return exponentIsFull<std::uint16_t, 0x7F80>(element);
    default:
      return false;
  }
}

bool isFloating(ElementType type) { return type <= ElementType::BFloat16; }

void checkValues(Bytes file, const TensorEntry& tensor, const std::string& source,
                 const WeightsReadOptions& options) {
  const bool floats = isFloating(tensor.type) && options.finite;
  if (floats && !visitElements(file, tensor,
                               [&](const std::byte* at) { return !isUnsound(tensor.type, at); })) {
    refuseFile(source, "the tensor \"" + tensor.name + "\" holds NaN or infinity");
  }
  if (tensor.type == ElementType::Bool &&
      !visitElements(file, tensor, [](const std::byte* at) { return *at <= std::byte(1); })) {
    refuseFile(source,
               "the tensor \"" + tensor.name + "\" is boolean but holds other bytes than 0 and 1");
  }
}

/// `x.relative_position_index` picks rows of `x.relative_position_bias_table`.
void checkIndex(Bytes file, const TensorEntry& index, std::int64_t rows,
                const std::string& source) {
  if (index.type != ElementType::Int64)
    refuseFile(source, "the index \"" + index.name + "\" is " + elementTypeName(index.type) + ", not int64");
  const bool fits = visitElements(file, index, [rows](const std::byte* at) {
    std::int64_t row;
    std::memcpy(&row, at, sizeof row);
    return row >= 0 && row < rows;
  });
  if (!fits) refuseFile(source, "the index \"" + index.name + "\" points outside its table");
}

void checkIndices(const TensorListing& listing, Bytes file, const std::string& source) {
  static constexpr std::string_view kIndex = "relative_position_index";
  static constexpr std::string_view kTable = "relative_position_bias_table";
  std::unordered_map<std::string_view, const TensorEntry*> byName;
  for (const TensorEntry& tensor : listing.tensors) {
    if (tensor.name.ends_with(kTable)) byName.emplace(tensor.name, &tensor);
  }
  for (const TensorEntry& tensor : listing.tensors) {
    if (!tensor.name.ends_with(kIndex)) continue;
    const std::string table =
        tensor.name.substr(0, tensor.name.size() - kIndex.size()) + std::string(kTable);
    const auto found = byName.find(table);
    if (found == byName.end()) continue;
    const auto& shape = found->second->shape;
    checkIndex(file, tensor, shape.empty() ? 0 : shape[0], source);
  }
}

/// Names are shown: nothing in them may steer a terminal, turn the direction of writing or be unseen.
bool steers(std::string_view name) {
  static constexpr std::string_view kUnseen[] = {
      "\u061C", "\u200B", "\u200C", "\u200D", "\u200E", "\u200F", "\u2028", "\u2029", "\u202A",
      "\u202B", "\u202C", "\u202D", "\u202E", "\u2060", "\u2066", "\u2067", "\u2068", "\u2069",
      "\uFEFF", "\xF3\xA0"};  // the last: tags, U+E0000 on
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool secondControl = c == 0xC2 && i + 1 < name.size() && (name[i + 1] & 0xE0) == 0x80;
    if (c < 0x20 || c == 0x7F || secondControl) return true;  // U+0080 to U+009F in two bytes
  }
  return std::ranges::any_of(kUnseen, [&](auto unseen) { return name.find(unseen) != name.npos; });
}

void checkNames(const TensorListing& listing, const std::string& source) {
  std::vector<std::string_view> names;
  names.reserve(listing.tensors.size());
  for (const TensorEntry& tensor : listing.tensors) names.push_back(tensor.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end())
    refuseFile(source, "the tensor \"" + std::string(*twice) + "\" is there twice");
  for (std::string_view name : names) {
    if (name.size() > kMaxTensorNameBytes || !isUtf8(name) || steers(name))
      refuseFile(source, "a tensor has an impossible name");
  }
}

/// Last byte a view touches must lie in the file, and views together must not grow without end.
void checkExtents(const TensorListing& listing, Bytes file, const std::string& source) {
  if (listing.tensors.size() > kMaxTensors)
    refuseFile(source, "it has more tensors than any network");
  std::uint64_t total = 0;
  const std::uint64_t limit = file.size() * kMaxExpansion + kExpansionAllowance;
  for (const TensorEntry& tensor : listing.tensors) {
    const auto count = checkedCount(tensor.shape);
    if (!count || tensor.shape.size() > kMaxTensorRank) {
      refuseFile(source, "the tensor \"" + tensor.name + "\" has an impossible shape");
    }
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(std::uint64_t(*count), std::uint64_t(elementSize(tensor.type)),
                               &bytes) ||
        __builtin_add_overflow(total, bytes, &total) || total > limit) {
      refuseFile(source, "the tensor \"" + tensor.name + "\" would be far larger than the file");
    }
  }
}

/// Binary pickles of protocols 2 to 5; PyTorch writes 2 unless told otherwise.
bool isPickleProtocol(std::byte byte) { return byte >= std::byte(2) && byte <= std::byte(5); }

}  // namespace

std::size_t elementSize(ElementType type) { return kTypes[std::size_t(type)].size; }
const char* elementTypeName(ElementType type) { return kTypes[std::size_t(type)].name; }

void refuseFile(const std::string& source, const std::string& why) {
  throw ModelError(source + ": these weights are refused: " + why +
                   ". Get the file again from where it came from, or choose another one.");
}

std::optional<std::int64_t> checkedCount(const std::vector<std::int64_t>& shape) {
  std::int64_t product = 1;
  bool empty = false;
  for (const std::int64_t dimension : shape) {
    if (dimension < 0) return std::nullopt;
    if (dimension == 0)
      empty = true;
    else if (__builtin_mul_overflow(product, dimension, &product))
      return std::nullopt;
  }
  return empty ? 0 : product;
}

std::vector<std::int64_t> rowMajorStrides(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;) {
    strides[axis - 1] = strides[axis] * std::max<std::int64_t>(shape[axis], 1);
  }
  return strides;
}

void gatherElements(Bytes file, const TensorEntry& tensor, std::span<std::byte> out) {
  const std::size_t size = elementSize(tensor.type);
  if (isRowMajor(tensor)) {
    if (!out.empty()) std::memcpy(out.data(), file.data() + tensor.begin, out.size());
    return;
  }
  std::byte* to = out.data();
  visitElements(file, tensor, [&to, size](const std::byte* at) {
    std::memcpy(to, at, size);
    to += size;
    return true;
  });
}

void checkListing(const TensorListing& listing, Bytes file, const std::string& source,
                  const WeightsReadOptions& options) {
  checkExtents(listing, file, source);
  checkNames(listing, source);
  for (const TensorEntry& tensor : listing.tensors) checkValues(file, tensor, source, options);
  checkIndices(listing, file, source);
}

TensorListing listTensors(Bytes file, const std::string& source,
                          const WeightsReadOptions& options) {
  const auto startsWith = [file](std::string_view magic) {
    return file.size() >= magic.size() && std::memcmp(file.data(), magic.data(), magic.size()) == 0;
  };
  TensorListing listing;
  // Safetensors first: the eight bytes of its header length may look like anything.
  if (file.size() > 8 && file[8] == std::byte('{')) {
    listing = listSafetensors(file, source);
  } else if (startsWith("PK\x03\x04")) {
    listing = listTorchZip(file, source, options);
  } else if (startsWith("\x80") && file.size() > 1 && isPickleProtocol(file[1])) {
    listing = listTorchLegacy(file, source);
  } else {
    refuseFile(source,
               "it is neither safetensors nor a PyTorch file (or it is cut off or damaged)");
  }
  checkListing(listing, file, source, options);
  return listing;
}

}  // namespace stormloom
