#include "models/checkpoint/torch_state_dict.h"

#include <algorithm>

namespace stormloom {
namespace {

class StateDictReader {
public:
  StateDictReader(const PickleResult& pickle, const FindStorage& findStorage,
                  const std::string& source)
      : pickle_(pickle), findStorage_(findStorage), source_(source) {}

  TensorListing list() {
    const PickleValue& root = pickle_.rootValue();
    if (root.kind != PickleKind::Dict) refuseRoot(root);
    const PickleValue* inner = entry(root, "state_dict");
    TensorListing listing;
    if (inner) {
      if (inner->kind != PickleKind::Dict) refuse("its \"state_dict\" is no dictionary");
      listing.container = entry(root, "pytorch-lightning_version") ? "lightning" : "state_dict";
    }
    addTensors(inner ? *inner : root, listing);
    if (listing.tensors.empty()) refuse("it holds no tensors");
    return listing;
  }

private:
  [[noreturn]] void refuse(const std::string& why) const { refuseFile(source_, why); }

  [[noreturn]] void refuseRoot(const PickleValue& root) const {
    if (root.kind == PickleKind::Inert)
      refuse("it would call " + calleeName(root) + " instead of holding weights");
    refuse("it holds no state dictionary");
  }

  static std::string calleeName(const PickleValue& inert) {
    std::string name(inert.text.substr(0, 80));
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c > 0x7E; }, '.');
    return name.empty() ? "something unknown" : "\"" + name + "\"";
  }

  const PickleValue& at(std::uint32_t handle) const { return pickle_.values[handle]; }

  /// nullptr when absent; twice is refused, for the later one would silently win.
  const PickleValue* entry(const PickleValue& dict, std::string_view key) const {
    const PickleValue* found = nullptr;
    for (std::size_t i = 0; i < dict.items.size(); i += 2) {
      const PickleValue& name = at(dict.items[i]);
      if (name.kind != PickleKind::Text || name.text != key) continue;
      if (found) refuse("it has two entries \"" + std::string(key) + "\"");
      found = &at(dict.items[i + 1]);
    }
    return found;
  }

  static bool isPlain(PickleKind kind) { return kind <= PickleKind::Bytes; }

  void addTensors(const PickleValue& dict, TensorListing& listing) const {
    for (std::size_t i = 0; i < dict.items.size(); i += 2) {
      const PickleValue& key = at(dict.items[i]);
      const PickleValue& value = at(dict.items[i + 1]);
      if (isPlain(value.kind)) continue;  // a number or a word beside the weights does no harm
      if (key.kind != PickleKind::Text || key.text.size() > kMaxTensorNameBytes) {
        refuse("a tensor of it has no usable name");
      }
      const std::string name(key.text);
      if (value.kind == PickleKind::Inert) {
        refuse("where the weight \"" + name + "\" belongs it would call " + calleeName(value));
      }
      if (value.kind != PickleKind::Tensor) refuse("its entry \"" + name + "\" is no tensor");
      listing.tensors.push_back(view(name, value));
    }
  }

  std::vector<std::int64_t> numbers(const PickleValue& tuple, const std::string& name) const {
    if (tuple.kind != PickleKind::Tuple || tuple.items.size() > kMaxTensorRank)
      refuse("the tensor \"" + name + "\" has an impossible shape or stride");
    std::vector<std::int64_t> out;
    for (const std::uint32_t item : tuple.items) {
      const PickleValue& number = at(item);
      if (number.kind != PickleKind::Integer || number.integer < 0) {
        refuse("the tensor \"" + name + "\" has an impossible shape or stride");
      }
      out.push_back(number.integer);
    }
    return out;
  }

  StorageBytes storageOf(const PickleValue& storage, const std::string& name) const {
    const auto found = findStorage_(storage.text);
    if (!found) refuse("the numbers of the tensor \"" + name + "\" are not in the file");
    std::uint64_t bytes = 0;
    if (storage.integer < 0 ||
        __builtin_mul_overflow(std::uint64_t(storage.integer),
                               std::uint64_t(elementSize(storage.type)), &bytes) ||
        bytes != found->bytes) {
      refuse("the numbers of the tensor \"" + name + "\" are more or fewer than announced");
    }
    return *found;
  }

  TensorEntry view(const std::string& name, const PickleValue& value) const {
    const PickleValue& storage = at(value.items[0]);
    const PickleValue& offset = at(value.items[1]);
    TensorEntry tensor{.name = name, .type = storage.type};
    const StorageBytes bytes = storageOf(storage, name);
    tensor.shape = numbers(at(value.items[2]), name);
    tensor.strides = numbers(at(value.items[3]), name);
    if (tensor.shape.size() != tensor.strides.size()) {
      refuse("the tensor \"" + name + "\" has more dimensions than strides or fewer");
    }
    const auto count = checkedCount(tensor.shape);
    if (!count) refuse("the tensor \"" + name + "\" has an impossible shape");
    if (offset.kind != PickleKind::Integer ||
        !reachesOnly(tensor, *count, offset.integer, storage.integer)) {
      refuse("the tensor \"" + name + "\" reaches beyond its numbers");
    }
    straighten(tensor, *count);
    tensor.begin = bytes.begin + std::uint64_t(offset.integer) * elementSize(tensor.type);
    return tensor;
  }

  /// The farthest element, offset + sum((shape - 1) * stride), must lie in the storage.
  static bool reachesOnly(const TensorEntry& tensor, std::int64_t count, std::int64_t offset,
                          std::int64_t available) {
    if (offset < 0 || offset > available) return false;
    if (count == 0) return true;
    std::int64_t last = offset;
    for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis) {
      std::int64_t step = 0;
      if (__builtin_mul_overflow(tensor.shape[axis] - 1, tensor.strides[axis], &step) ||
          __builtin_add_overflow(last, step, &last)) {
        return false;
      }
    }
    return last < available;
  }

  /// Strides that are never stepped become those of a row-major tensor, so that no sum of them can
  /// overflow.
  static void straighten(TensorEntry& tensor, std::int64_t count) {
    const auto dense = rowMajorStrides(tensor.shape);
    for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis) {
      if (count == 0 || tensor.shape[axis] == 1) tensor.strides[axis] = dense[axis];
    }
  }

  const PickleResult& pickle_;
  const FindStorage& findStorage_;
  const std::string& source_;
};

}  // namespace

TensorListing listStateDict(const PickleResult& pickle, const FindStorage& findStorage,
                            const std::string& source) {
  return StateDictReader(pickle, findStorage, source).list();
}

}  // namespace stormloom
