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
constexpr std::uint32_t kDescriptor = 0x08074b50;
constexpr std::uint64_t kEndBytes = 22;
constexpr std::uint64_t kEnd64LocatorBytes = 20;
constexpr std::uint64_t kEnd64Bytes = 56;
constexpr std::uint64_t kDescriptorBytes = 16;
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
    require(reader.remaining() == 0);
    refuseUnclaimed(records, directory.begin);
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

  /// The end record is the last thing in the file: PyTorch writes no comment behind it.
  std::uint64_t findEnd() const {
    if (file_.size() >= kEndBytes) {
      const std::uint64_t begin = file_.size() - kEndBytes;
      if (ByteReader(file_, source_, begin).number<std::uint32_t>() == kEnd) return begin;
    }
    refuse("its zip directory is not at its end (cut off, damaged or with something behind it)");
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
    require(reader.number<std::uint16_t>() == 0);  // no comment
    const std::uint64_t directoryEnd = takeDirectory64(end, directory);
    std::uint64_t reached = 0;
    require(!__builtin_add_overflow(directory.begin, directory.bytes, &reached) &&
            reached == directoryEnd && directory.entries <= directory.bytes / kEntryBytes);
    return directory;
  }

  /// Takes the long numbers where there are some; both must say the same, else two programs would
  /// read two different files. Returns where the directory must end.
  std::uint64_t takeDirectory64(std::uint64_t end, Directory& directory) const {
    const std::uint64_t locatorBegin = end - std::min(end, kEnd64LocatorBytes);
    ByteReader locator(file_, source_, locatorBegin);
    if (end < kEnd64LocatorBytes || locator.number<std::uint32_t>() != kEnd64Locator) {
      require(directory.entries != 0xFFFF && directory.bytes != kIn64 && directory.begin != kIn64);
      return end;
    }
    locator.take(4);
    const auto begin64 = locator.number<std::uint64_t>();
    require(locatorBegin >= kEnd64Bytes && begin64 == locatorBegin - kEnd64Bytes);
    ByteReader reader(file_, source_, begin64);
    require(reader.number<std::uint32_t>() == kEnd64);
    require(reader.number<std::uint64_t>() == kEnd64Bytes - 12);
    reader.take(20);
    const auto longer = [&](std::uint64_t brief, std::uint64_t saturated) {
      const auto value = reader.number<std::uint64_t>();
      require(value == brief || brief == saturated);
      return value;
    };
    directory.entries = longer(directory.entries, 0xFFFF);
    directory.bytes = longer(directory.bytes, kIn64);
    directory.begin = longer(directory.begin, kIn64);
    return begin64;
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
    require(commentBytes == 0);
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
    record.sizesFollow = (flags & kSizesFollowData) != 0;
    const bool sizesElsewhere = record.sizesFollow || bytes == kIn64;
    require(sizesElsewhere || (bytes == record.bytes && stored == record.bytes));
    record.begin = reader.position();
    if (record.bytes > reader.remaining()) {
      refuse("its record \"" + std::string(record.name) + "\" claims to be larger than the file");
    }
  }

  /// Records follow each other up to the directory: none shares bytes, none leaves some out.
  void refuseUnclaimed(std::vector<ZipRecord>& records, std::uint64_t directoryBegin) const {
    std::sort(records.begin(), records.end(),
              [](const ZipRecord& a, const ZipRecord& b) { return a.headerBegin < b.headerBegin; });
    std::uint64_t claimed = 0;
    for (const ZipRecord& record : records) {
      requireNext(record.headerBegin, claimed);
      claimed = record.begin + record.bytes;
      if (record.sizesFollow) claimed += descriptorBytes(record, claimed, directoryBegin);
    }
    requireNext(directoryBegin, claimed);
  }

  void requireNext(std::uint64_t begin, std::uint64_t claimed) const {
    if (begin < claimed) refuse("two of its zip records share bytes");
    if (begin > claimed) refuse("it has bytes that belong to no zip record");
  }

  /// Behind a record that was written as a stream: its checksum and sizes again, short or long.
  std::uint64_t descriptorBytes(const ZipRecord& record, std::uint64_t begin,
                                std::uint64_t directoryBegin) const {
    ByteReader reader(file_.first(directoryBegin), source_, begin);
    require(reader.number<std::uint32_t>() == kDescriptor);
    require(reader.number<std::uint32_t>() == record.crc);
    if (reads<std::uint64_t>(reader, record.bytes)) return kDescriptorBytes + 8;
    require(reads<std::uint32_t>(reader, record.bytes));
    return kDescriptorBytes;
  }

  /// Whether both sizes stand here as numbers of this width.
  template <class Number>
  static bool reads(ByteReader reader, std::uint64_t bytes) {
    return reader.remaining() >= 2 * sizeof(Number) && reader.number<Number>() == bytes &&
           reader.number<Number>() == bytes;
  }

  Bytes file_;
  const std::string& source_;
};

}  // namespace

std::vector<ZipRecord> readZipDirectory(Bytes file, const std::string& source) {
  return ZipReader(file, source).records();
}

}  // namespace stormloom
