#include "core/zip_file.h"

#include <array>
#include <cstdint>

#include "core/errors.h"

namespace stormloom {

namespace {

constexpr std::uint16_t kVersion = 20;
constexpr std::uint16_t kUtf8Names = 1 << 11;
constexpr std::uint16_t kNewYear1980 = 0x0021;  // no clock in the file: the same twice

void put16(std::string& out, std::uint32_t value) {
  out += char(value & 0xFF);
  out += char(value >> 8 & 0xFF);
}

void put32(std::string& out, std::uint32_t value) {
  put16(out, value & 0xFFFF);
  put16(out, value >> 16);
}

/// What local header and directory say alike of a file.
void putCommon(std::string& out, const std::string& name, const std::string& content) {
  put16(out, kVersion);
  put16(out, kUtf8Names);
  put16(out, 0);  // stored
  put16(out, 0);
  put16(out, kNewYear1980);
  put32(out, crc32Of(content));
  put32(out, std::uint32_t(content.size()));
  put32(out, std::uint32_t(content.size()));
  put16(out, std::uint32_t(name.size()));
  put16(out, 0);
}

std::array<std::uint32_t, 256> crcTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1u ? 0xEDB88320u : 0u);
    table[i] = crc;
  }
  return table;
}

}  // namespace

unsigned crc32Of(std::string_view bytes) {
  static const auto table = crcTable();
  std::uint32_t crc = ~0u;
  for (const char c : bytes) crc = crc >> 8 ^ table[(crc ^ static_cast<unsigned char>(c)) & 0xFFu];
  return ~crc;
}

std::string zipArchive(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string out;
  std::string directory;
  for (const auto& [name, content] : files) {
    if (out.size() + content.size() > 0xF0000000u)
      throw IoError("The archive would be larger than 4 GiB; export fewer frames.");
    put32(directory, 0x02014b50u);
    put16(directory, kVersion);
    putCommon(directory, name, content);
    directory.append(10, '\0');  // no comment, disk 0, no attributes
    put32(directory, std::uint32_t(out.size()));
    directory += name;
    put32(out, 0x04034b50u);
    putCommon(out, name, content);
    out += name + content;
  }
  const auto start = std::uint32_t(out.size());
  out += directory;
  put32(out, 0x06054b50u);
  put32(out, 0);
  put16(out, std::uint32_t(files.size()));
  put16(out, std::uint32_t(files.size()));
  put32(out, std::uint32_t(directory.size()));
  put32(out, start);
  put16(out, 0);
  return out;
}

}  // namespace stormloom
