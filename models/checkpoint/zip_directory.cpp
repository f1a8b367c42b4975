#include "models/checkpoint/zip_directory.h"

#include <algorithm>

#include "models/checkpoint/byte_reader.h"

// Layout: PKWARE APPNOTE 6.3, sections 4.3.7 (local header), 4.3.12 (directory), 4.3.14 to 4.3.16
// (ends).
namespace stormloom {
namespace {

constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::uint32_t kDirectoryEntry = 0x02014b50;
constexpr std::uint32_t kEnd = 0x06054b50;
constexpr std::uint32_t kEnd64 = 0x06064b50;
constexpr std::uint32_t kEnd64Locator = 0x07064b50;
constexpr std::uint64_t kEndBytes = 22;
constexpr std::uint64_t kEnd64LocatorBytes = 20;
constexpr std::uint64_t kEntryBytes = 46;
constexpr std::uint16_t kEncrypted = 1;
constexpr std::uint16_t kSizesFollowData = 8;
constexpr std::uint32_t kIn64 = 0xFFFFFFFF;  // the true number stands in a zip64 field

struct Directory {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
  std::uint64_t begin = 0;
};

class ZipReader {
public:
  ZipReader(Bytes file, const std::string& source) : file_(file), source_(source) {}

  std::vector<ZipRecord> records() {
    const Directory directory = findDirectory();
    ByteReader reader(file_.first(directory.begin + directory.bytes), source_, directory.begin);
    std::vector<ZipRecord> records;
    for (std::uint64_t i = 0; i < directory.entries; ++i) {
      records.push_back(directoryEntry(reader));
      locate(records.back(), directory.begin);
    }
    refuseOverlaps(records);
    std::sort(records.begin(), records.end(),
              [](const ZipRecord& a, const ZipRecord& b) { return a.name < b.name; });
    const auto twice =
        std::adjacent_find(records.begin(), records.end(),
                           [](const auto& a, const auto& b) { return a.name == b.name; });
    if (twice != records.end()) refuse("its zip directory names a record twice");
    return records;
  }

private:
  [[noreturn]] void refuse(const std::string& why) const { refuseFile(source_, why); }

  void require(bool good) const {
    if (!good) refuse("its zip directory is damaged");
  }

  /// The end record is the last thing in the file but for its comment.
  std::uint64_t findEnd() const {
    const std::uint64_t size = file_.size();
    for (std::uint64_t comment = 0; comment <= 0xFFFF && kEndBytes + comment <= size; ++comment) {
      const std::uint64_t begin = size - kEndBytes - comment;
      ByteReader reader(file_, source_, begin);
      if (reader.number<std::uint32_t>() != kEnd) continue;
      reader.take(16);
      if (reader.number<std::uint16_t>() == comment) return begin;
    }
    refuse("its zip directory is missing (cut off or damaged)");
  }

  Directory findDirectory() const {
    const std::uint64_t end = findEnd();
    ByteReader reader(file_, source_, end + 4);
    require(reader.number<std::uint32_t>() == 0);  // one disk
    reader.take(2);
    Directory directory;
    directory.entries = reader.number<std::uint16_t>();
    directory.bytes = reader.number<std::uint32_t>();
    directory.begin = reader.number<std::uint32_t>();
    if (directory.entries == 0xFFFF || directory.bytes == kIn64 || directory.begin == kIn64) {
      directory = findDirectory64(end);
    }
    std::uint64_t directoryEnd = 0;
    require(!__builtin_add_overflow(directory.begin, directory.bytes, &directoryEnd) &&
            directoryEnd <= end && directory.entries <= directory.bytes / kEntryBytes);
    return directory;
  }

  Directory findDirectory64(std::uint64_t end) const {
    require(end >= kEnd64LocatorBytes);
    ByteReader locator(file_, source_, end - kEnd64LocatorBytes);
    require(locator.number<std::uint32_t>() == kEnd64Locator);
    locator.take(4);
    ByteReader reader(file_, source_, locator.number<std::uint64_t>());
    require(reader.number<std::uint32_t>() == kEnd64);
    reader.take(28);
    Directory directory;
    directory.entries = reader.number<std::uint64_t>();
    directory.bytes = reader.number<std::uint64_t>();
    directory.begin = reader.number<std::uint64_t>();
    return directory;
  }

  ZipRecord directoryEntry(ByteReader& reader) const {
    require(reader.number<std::uint32_t>() == kDirectoryEntry);
    reader.take(4);
    const auto flags = reader.number<std::uint16_t>();
    const auto method = reader.number<std::uint16_t>();
    if (method != 0 || (flags & kEncrypted))
      refuse("it has compressed or encrypted records; PyTorch writes none");
    reader.take(4);
    ZipRecord record;
    record.crc = reader.number<std::uint32_t>();
    std::uint64_t stored = reader.number<std::uint32_t>();
    record.bytes = reader.number<std::uint32_t>();
    const auto nameBytes = reader.number<std::uint16_t>();
    const auto extraBytes = reader.number<std::uint16_t>();
    const auto commentBytes = reader.number<std::uint16_t>();
    reader.take(8);
    record.headerBegin = reader.number<std::uint32_t>();
    record.name = reader.text(nameBytes);
    readZip64(reader.take(extraBytes), record, stored);
    reader.take(commentBytes);
    if (stored != record.bytes)
      refuse("its record \"" + std::string(record.name) + "\" lies about its size");
    return record;
  }

  /// Extra field 1 holds, in this order, the numbers that did not fit into 32 bits.
  void readZip64(Bytes extra, ZipRecord& record, std::uint64_t& stored) const {
    ByteReader reader(extra, source_);
    while (reader.remaining() >= 4) {
      const auto kind = reader.number<std::uint16_t>();
      const auto bytes = reader.number<std::uint16_t>();
      ByteReader field(reader.take(bytes), source_);
      if (kind != 1) continue;
      for (std::uint64_t* number : {&record.bytes, &stored, &record.headerBegin}) {
        if (*number == kIn64) *number = field.number<std::uint64_t>();
      }
    }
  }

  /// The record's own header must agree with the directory, else two programs would read two
  /// different files.
  void locate(ZipRecord& record, std::uint64_t dataEnd) const {
    ByteReader reader(file_.first(dataEnd), source_,
                      std::min<std::uint64_t>(record.headerBegin, dataEnd));
    require(reader.number<std::uint32_t>() == kLocalHeader);
    reader.take(2);
    const auto flags = reader.number<std::uint16_t>();
    require(reader.number<std::uint16_t>() == 0);
    reader.take(8);
    const std::uint64_t stored = reader.number<std::uint32_t>();
    const std::uint64_t bytes = reader.number<std::uint32_t>();
    const auto nameBytes = reader.number<std::uint16_t>();
    const auto extraBytes = reader.number<std::uint16_t>();
    require(reader.text(nameBytes) == record.name);
    reader.take(extraBytes);
    const bool sizesElsewhere = (flags & kSizesFollowData) || bytes == kIn64;
    require(sizesElsewhere || (bytes == record.bytes && stored == record.bytes));
    record.begin = reader.position();
    if (record.bytes > reader.remaining()) {
      refuse("its record \"" + std::string(record.name) + "\" claims to be larger than the file");
    }
  }

  void refuseOverlaps(std::vector<ZipRecord>& records) const {
    std::sort(records.begin(), records.end(),
              [](const ZipRecord& a, const ZipRecord& b) { return a.headerBegin < b.headerBegin; });
    for (std::size_t i = 1; i < records.size(); ++i) {
      const ZipRecord& before = records[i - 1];
      if (before.begin + before.bytes > records[i].headerBegin)
        refuse("two of its zip records share bytes");
    }
  }

  Bytes file_;
  const std::string& source_;
};

}  // namespace

std::vector<ZipRecord> readZipDirectory(Bytes file, const std::string& source) {
  return ZipReader(file, source).records();
}

}  // namespace stormloom
