#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace stormloom {

/// SHA-256 (FIPS 180-4), fed piece by piece.
class Sha256 {
public:
  void add(std::span<const std::byte> bytes);
  std::string hex();  ///< 64 lower-case digits; ends the feeding

private:
  void block(const unsigned char* bytes);

  unsigned state_[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  unsigned char waiting_[64] = {};
  std::size_t waitingBytes_ = 0;
  unsigned long long total_ = 0;
};

/// Of a whole file. Throws IoError.
std::string sha256OfFile(const std::string& path);

}  // namespace stormloom
