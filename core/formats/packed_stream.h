#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace stormloom {

/// The bytes of a file one after the other, unpacked on the way.
class PackedStream {
public:
  virtual ~PackedStream() = default;
  /// As many as there are, at most `count`. Throws IoError for a damaged file.
  virtual std::size_t read(char* bytes, std::size_t count) = 0;
};

/// Of gzip and bzip2 what is within, of other files themselves. IoError for what cannot be opened.
std::unique_ptr<PackedStream> openPacked(const std::string& path);

/// The next file of a tar archive, ustar, GNU or pax.
struct TarMember {
  std::string name;
  std::size_t size = 0;
};
/// Stands at the bytes of a member afterwards; nothing (an empty name) at the archive's end. Throws
/// IoError with `path` for what is no tar archive.
TarMember nextTarMember(PackedStream& stream, const std::string& path);
/// The bytes of the member and what fills its last block.
std::string readTarMember(PackedStream& stream, const TarMember& member, const std::string& path);

}  // namespace stormloom
