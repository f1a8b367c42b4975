#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "models/checkpoint/crc32.h"

// Weights files written byte by byte, so that any part of them can be wrong.
namespace stormloom::crafted {

template <class Number>
std::string bytesOf(Number number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

template <class Number>
std::string arrayOf(const std::vector<Number>& numbers) {
  std::string bytes;
  for (const Number number : numbers) bytes += bytesOf(number);
  return bytes;
}

// --- safetensors

inline std::string safetensors(const std::string& header, const std::string& data) {
  return bytesOf(std::uint64_t(header.size())) + header + data;
}

/// One tensor "x".
inline std::string oneTensor(const std::string& type, const std::string& shape,
                             const std::string& offsets, const std::string& data) {
  return safetensors(R"({"x":{"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" +
                         offsets + "}}",
                     data);
}

// --- pickles of protocol 2

inline std::string text(const std::string& word) {
  return "X" + bytesOf(std::uint32_t(word.size())) + word;
}
inline std::string integer(std::int64_t number) { return "\x8a\x08" + bytesOf(number); }
inline std::string tuple(const std::vector<std::string>& items) {
  std::string pickle = "(";
  for (const std::string& item : items) pickle += item;
  return pickle + "t";
}
inline std::string integers(const std::vector<std::int64_t>& numbers) {
  std::vector<std::string> items;
  for (const std::int64_t number : numbers) items.push_back(integer(number));
  return tuple(items);
}
inline std::string list(const std::vector<std::string>& items) {
  std::string pickle = "](";
  for (const std::string& item : items) pickle += item;
  return pickle + "e";
}
inline std::string global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}
inline std::string call(const std::string& callee, const std::vector<std::string>& arguments) {
  return callee + tuple(arguments) + "R";
}
inline std::string dict(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string pickle = "}(";
  for (const auto& [key, value] : entries) pickle += key + value;
  return pickle + "u";
}
inline std::string whole(const std::string& value) { return "\x80\x02" + value + "."; }

inline std::string storage(const std::string& type = "FloatStorage", const std::string& key = "0",
                           std::int64_t count = 6) {
  return tuple({text("storage"), global("torch", type), text(key), text("cpu"), integer(count)}) +
         "Q";
}

/// Six float32 numbers as (2,3) unless told otherwise.
struct TensorParts {
  std::string storage = crafted::storage();
  std::string offset = integer(0);
  std::string shape = integers({2, 3});
  std::string strides = integers({3, 1});
};
inline std::string tensor(const TensorParts& parts = {}) {
  return call(global("torch._utils", "_rebuild_tensor_v2"),
              {parts.storage, parts.offset, parts.shape, parts.strides, "\x89",
               call(global("collections", "OrderedDict"), {})});
}

inline std::string sixNumbers() { return arrayOf<float>({1, 2, 3, 4, 5, 6}); }

// --- zip files

struct Record {
  std::string name, content;
  std::uint16_t method = 0, flags = 0;
  std::uint32_t crcChange = 0;  ///< xor
  std::string localName = "";   ///< "": as in the directory
  std::int64_t localSizeChange = 0;
  std::int64_t offsetChange = 0;  ///< in the directory
};

struct ZipLies {
  std::string before, between, comment;
  int entriesChange = 0;
  std::int64_t directoryChange = 0;
  std::uint16_t disk = 0;
};

inline std::string localHeader(const Record& record) {
  const auto size = std::uint32_t(record.content.size());
  const auto localSize = std::uint32_t(std::int64_t(size) + record.localSizeChange);
  const std::string& name = record.localName.empty() ? record.name : record.localName;
  const Bytes content = std::as_bytes(std::span(record.content.data(), record.content.size()));
  return "PK\x03\x04" + bytesOf(std::uint16_t(0)) + bytesOf(record.flags) + bytesOf(record.method) +
         bytesOf(std::uint32_t(0)) + bytesOf(crc32Of(content) ^ record.crcChange) +
         bytesOf(localSize) + bytesOf(localSize) + bytesOf(std::uint16_t(name.size())) +
         bytesOf(std::uint16_t(0)) + name;
}

inline std::string directoryEntry(const Record& record, std::size_t offset) {
  const auto size = std::uint32_t(record.content.size());
  const Bytes content = std::as_bytes(std::span(record.content.data(), record.content.size()));
  return "PK\x01\x02" + bytesOf(std::uint32_t(0)) + bytesOf(record.flags) + bytesOf(record.method) +
         bytesOf(std::uint32_t(0)) + bytesOf(crc32Of(content) ^ record.crcChange) + bytesOf(size) +
         bytesOf(size) + bytesOf(std::uint16_t(record.name.size())) + std::string(12, '\0') +
         bytesOf(std::uint32_t(std::int64_t(offset) + record.offsetChange)) + record.name;
}

inline std::string zip(const std::vector<Record>& records, const ZipLies& lies = {}) {
  std::string file = lies.before, directory;
  for (const Record& record : records) {
    directory += directoryEntry(record, file.size());
    file += localHeader(record) + record.content + lies.between;
  }
  const auto begin = std::int64_t(file.size()) + lies.directoryChange;
  const auto entries = std::uint16_t(int(records.size()) + lies.entriesChange);
  return file + directory + "PK\x05\x06" + bytesOf(lies.disk) + bytesOf(std::uint16_t(0)) +
         bytesOf(entries) + bytesOf(entries) + bytesOf(std::uint32_t(directory.size())) +
         bytesOf(std::uint32_t(begin)) + bytesOf(std::uint16_t(lies.comment.size())) + lies.comment;
}

/// What torch.save writes: a pickle, its numbers under key 0, a version.
inline std::vector<Record> checkpoint(const std::string& value,
                                      const std::string& numbers = sixNumbers()) {
  return {{"archive/data.pkl", whole(value)},
          {"archive/byteorder", "little"},
          {"archive/data/0", numbers},
          {"archive/version", "3\n"}};
}
inline std::string zipOf(const std::string& value, const std::string& numbers = sixNumbers()) {
  return zip(checkpoint(value, numbers));
}
/// A state dictionary with this one entry "w".
inline std::string zipWith(const std::string& entry, const std::string& numbers = sixNumbers()) {
  return zipOf(dict({{text("w"), entry}}), numbers);
}

// --- the legacy stream

struct LegacyParts {
  std::string magic = whole(std::string("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 12));
  std::string protocol = whole(integer(1001));
  std::string system = whole(dict({{text("protocol_version"), integer(1001)},
                                   {text("little_endian"), "\x88"},
                                   {text("type_sizes"), "}"}}));
  std::string object = whole(dict({{text("w"), tensor()}}));
  std::string keys = whole(list({text("0")}));
  std::string numbers = bytesOf(std::int64_t(6)) + sixNumbers();
};
inline std::string legacy(const LegacyParts& parts = {}) {
  return parts.magic + parts.protocol + parts.system + parts.object + parts.keys + parts.numbers;
}

}  // namespace stormloom::crafted
