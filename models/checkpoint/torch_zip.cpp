#include <algorithm>
#include <unordered_set>

#include "models/checkpoint/crc32.h"
#include "models/checkpoint/torch_state_dict.h"
#include "models/checkpoint/zip_directory.h"

namespace stormloom {
namespace {

Bytes bytesOf(Bytes file, const ZipRecord& record) {
  return file.subspan(record.begin, record.bytes);
}

/// <root>/data.pkl; the root is whatever the file was called when it was saved.
const ZipRecord& findPickle(const std::vector<ZipRecord>& records, const std::string& source) {
  static constexpr std::string_view kName = "/data.pkl";
  const ZipRecord* found = nullptr;
  for (const ZipRecord& record : records) {
    if (!record.name.ends_with(kName) || record.name.find('/') != record.name.size() - kName.size())
      continue;
    if (found) refuseFile(source, "it holds two checkpoints");
    found = &record;
  }
  if (!found) refuseFile(source, "it is a zip file but no PyTorch checkpoint (it has no data.pkl)");
  return *found;
}

class TorchZip {
public:
  TorchZip(Bytes file, const std::string& source, const WeightsReadOptions& options)
      : file_(file), source_(source), records_(readZipDirectory(file, source)) {
    if (options.verifyChecksums) verifyChecksums();
  }

  TensorListing list() {
    const ZipRecord& pickleRecord = findPickle(records_, source_);
    root_ = std::string(pickleRecord.name.substr(0, pickleRecord.name.find('/') + 1));
    refuseForeignKinds();
    const PickleResult pickle = readPickle(bytesOf(file_, pickleRecord), source_);
    if (pickle.bytes != pickleRecord.bytes)
      refuseFile(source_, "its pickle has something behind its end");
    refuseUnclaimed(pickle);
    TensorListing listing = listStateDict(
        pickle, [this](std::string_view key) { return findStorage(key); }, source_);
    listing.format = "torch-zip";
    return listing;
  }

private:
  const ZipRecord* find(std::string_view name) const {
    const std::string full = root_ + std::string(name);
    const auto found = std::lower_bound(
        records_.begin(), records_.end(), full,
        [](const ZipRecord& record, const std::string& wanted) { return record.name < wanted; });
    return found != records_.end() && found->name == full ? &*found : nullptr;
  }

  std::optional<StorageBytes> findStorage(std::string_view key) const {
    const ZipRecord* record = find("data/" + std::string(key));
    if (!record) return std::nullopt;
    return StorageBytes{record->begin, record->bytes};
  }

  void verifyChecksums() const {
    for (const ZipRecord& record : records_) {
      if (crc32Of(bytesOf(file_, record)) == record.crc) continue;
      refuseFile(source_,
                 "its record \"" + std::string(record.name) + "\" has a wrong checksum (damaged)");
    }
  }

  void refuseForeignKinds() const {
    if (find("constants.pkl") || find("code/__torch__.py")) {
      refuseFile(source_, "it is a TorchScript program; save its state dictionary instead");
    }
    const ZipRecord* order = find("byteorder");
    if (!order) return;
    const Bytes word = bytesOf(file_, *order);
    if (std::string_view(reinterpret_cast<const char*>(word.data()), word.size()) != "little") {
      refuseFile(source_, "its numbers are big-endian");
    }
  }

  /// What PyTorch itself writes beside the pickle and the numbers; names that begin with a dot are
  /// its notes.
  bool isNote(std::string_view name) const {
    return name == "version" || name == "byteorder" ||
           (name.starts_with('.') && name.find("..") == name.npos);
  }

  /// Every record of numbers must be somebody's: the tensors', the optimizer's.
  void refuseUnclaimed(const PickleResult& pickle) const {
    std::unordered_set<std::string_view> keys(pickle.foreignStorages.begin(),
                                              pickle.foreignStorages.end());
    for (const PickleValue& value : pickle.values) {
      if (value.kind == PickleKind::Storage) keys.insert(value.text);
    }
    static constexpr std::string_view kNumbers = "data/";
    for (const ZipRecord& record : records_) {
      if (record.name.starts_with(root_)) {
        const std::string_view name = record.name.substr(root_.size());
        if (name == "data.pkl" || isNote(name)) continue;
        if (name.starts_with(kNumbers) && keys.contains(name.substr(kNumbers.size()))) continue;
      }
      refuseFile(source_, "its record \"" + std::string(record.name) + "\" belongs to no tensor");
    }
  }

  Bytes file_;
  const std::string& source_;
  std::vector<ZipRecord> records_;
  std::string root_;
};

}  // namespace

TensorListing listTorchZip(Bytes file, const std::string& source,
                           const WeightsReadOptions& options) {
  return TorchZip(file, source, options).list();
}

}  // namespace stormloom
