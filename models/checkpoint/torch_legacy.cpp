#include <unordered_map>

#include "models/checkpoint/byte_reader.h"
#include "models/checkpoint/torch_state_dict.h"

namespace stormloom {
namespace {

// 0x1950a86a20f9469cfc6c, as pickle writes it: little-endian, ten bytes.
constexpr std::string_view kMagic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10);
constexpr std::int64_t kProtocol = 1001;

struct Announced {
  ElementType type = ElementType::Float32;
  std::int64_t count = 0;
};

/// Pickles of magic, protocol, system, object and storage keys, then for each key an int64 count
/// and the numbers.
class TorchLegacy {
public:
  TorchLegacy(Bytes file, const std::string& source) : file_(file), source_(source) {}

  TensorListing list() {
    const PickleResult magic = nextPickle();
    if (magic.rootValue().kind != PickleKind::LongInteger || magic.rootValue().text != kMagic) {
      refuse("it is a pickle but no PyTorch checkpoint");
    }
    const PickleResult protocol = nextPickle();
    if (protocol.rootValue().kind != PickleKind::Integer ||
        protocol.rootValue().integer != kProtocol) {
      refuse("it is of an unknown protocol");
    }
    checkSystem(nextPickle());
    const PickleResult object = nextPickle();
    collectAnnounced(object);
    readStorages(nextPickle());
    TensorListing listing = listStateDict(
        object,
        [this](std::string_view key) -> std::optional<StorageBytes> {
          const auto found = storages_.find(key);
          if (found == storages_.end()) return std::nullopt;
          return found->second;
        },
        source_);
    listing.format = "torch-legacy";
    return listing;
  }

private:
  [[noreturn]] void refuse(const std::string& why) const { refuseFile(source_, why); }

  PickleResult nextPickle() {
    PickleResult pickle = readPickle(file_.subspan(position_), source_);
    position_ += pickle.bytes;
    return pickle;
  }

  void checkSystem(const PickleResult& system) const {
    const PickleValue& root = system.rootValue();
    if (root.kind != PickleKind::Dict) refuse("its system description is damaged");
    for (std::size_t i = 0; i < root.items.size(); i += 2) {
      const PickleValue& value = system.values[root.items[i + 1]];
      if (system.values[root.items[i]].text != "little_endian") continue;
      if (value.kind != PickleKind::Bool || value.integer == 0)
        refuse("its numbers are big-endian");
    }
  }

  /// What the pickle says of each storage; the bytes that follow must agree.
  void collectAnnounced(const PickleResult& object) {
    for (const PickleValue& value : object.values) {
      if (value.kind != PickleKind::Storage) continue;
      const auto [entry, isNew] =
          announced_.try_emplace(value.text, Announced{value.type, value.integer});
      if (!isNew && (entry->second.type != value.type || entry->second.count != value.integer)) {
        refuse("it describes the same numbers in two ways");
      }
    }
  }

  void readStorages(const PickleResult& keys) {
    if (keys.rootValue().kind != PickleKind::List) refuse("its list of storages is damaged");
    ByteReader reader(file_, source_, position_);
    for (const std::uint32_t item : keys.rootValue().items) {
      const PickleValue& key = keys.values[item];
      const auto announced = announced_.find(key.text);
      if (key.kind != PickleKind::Text || announced == announced_.end()) {
        refuse("it has numbers that belong to no tensor");
      }
      const auto count = reader.number<std::int64_t>();
      if (count < 0 || count != announced->second.count) {
        refuse("it has more numbers or fewer than announced");
      }
      std::uint64_t bytes = 0;
      if (__builtin_mul_overflow(std::uint64_t(count),
                                 std::uint64_t(elementSize(announced->second.type)), &bytes)) {
        refuse("it announces more numbers than any file can hold");
      }
      if (!storages_.emplace(key.text, StorageBytes{reader.position(), bytes}).second) {
        refuse("it lists the same numbers twice");
      }
      reader.take(bytes);
    }
    if (reader.remaining() != 0) refuse("it has bytes that belong to no tensor");
  }

  Bytes file_;
  const std::string& source_;
  std::uint64_t position_ = 0;
  std::unordered_map<std::string_view, Announced> announced_;
  std::unordered_map<std::string_view, StorageBytes> storages_;
};

}  // namespace

TensorListing listTorchLegacy(Bytes file, const std::string& source) {
  return TorchLegacy(file, source).list();
}

}  // namespace stormloom
