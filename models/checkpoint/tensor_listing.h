#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The part of the checkpoint reader that looks at bytes: it says which tensors a file holds and
// where, after every size, offset and stride has been checked. It knows no LibTorch, so that it can
// be fuzzed alone. Spec section 13.
namespace stormloom {

using Bytes = std::span<const std::byte>;

enum class ElementType {
  Float64,
  Float32,
  Float16,
  BFloat16,
  Int64,
  Int32,
  Int16,
  Int8,
  UInt8,
  Bool
};

/// Far beyond what any real network has.
inline constexpr std::size_t kMaxTensorRank = 32;
inline constexpr std::size_t kMaxTensorNameBytes = 4096;

std::size_t elementSize(ElementType type);
const char* elementTypeName(ElementType type);  ///< "float32", "bfloat16", "int64", "bool" ...

/// A view of bytes of the file: element (i, j, ...) lies at begin + (i*strides[0] + j*strides[1] +
/// ...) elements.
struct TensorEntry {
  std::string name;
  ElementType type = ElementType::Float32;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;  ///< in elements, none negative
  std::uint64_t begin = 0;            ///< byte position in the file
};

struct TensorListing {
  std::string format;     ///< "safetensors", "torch-zip", "torch-legacy"
  std::string container;  ///< "": the tensors are the file; "state_dict": they lay under that key;
                          ///< "lightning"
  std::vector<TensorEntry> tensors;                           ///< in the file's order
  std::vector<std::pair<std::string, std::string>> metadata;  ///< safetensors only
};

struct WeightsReadOptions {
  bool finite = true;  ///< refuse NaN and infinity: right for weights, wrong for reference results
  bool verifyChecksums = true;  ///< of zip records; off only for fuzzing
};

/// Finds out by content what the file is, lists its tensors and checks them. `source` names the
/// file in messages. Throws ModelError for everything that is not a sound file of weights.
TensorListing listTensors(Bytes file, const std::string& source,
                          const WeightsReadOptions& options = {});

TensorListing listSafetensors(Bytes file, const std::string& source);
TensorListing listTorchZip(Bytes file, const std::string& source,
                           const WeightsReadOptions& options = {});
TensorListing listTorchLegacy(Bytes file, const std::string& source);

[[noreturn]] void refuseFile(const std::string& source, const std::string& why);

/// Product of the dimensions; nullopt when one is negative or the product of those above zero
/// leaves 64 bits.
std::optional<std::int64_t> checkedCount(const std::vector<std::int64_t>& shape);
std::vector<std::int64_t> rowMajorStrides(const std::vector<std::int64_t>& shape);

/// The view's elements in row-major order, copied together. `out` holds count * elementSize bytes.
void gatherElements(Bytes file, const TensorEntry& tensor, std::span<std::byte> out);

/// What every format must fulfil: distinct names, sane sizes, finite values, index buffers inside
/// their tables.
void checkListing(const TensorListing& listing, Bytes file, const std::string& source,
                  const WeightsReadOptions& options);

}  // namespace stormloom
