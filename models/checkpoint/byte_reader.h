#pragma once

#include <bit>
#include <cstring>

#include "models/checkpoint/tensor_listing.h"

namespace stormloom {

static_assert(std::endian::native == std::endian::little,
              "checkpoints are read in place, little-endian");

/// Walks through bytes; a step beyond the end refuses the file.
class ByteReader {
public:
  ByteReader(Bytes bytes, const std::string& source, std::uint64_t position = 0)
      : bytes_(bytes), source_(source), position_(position) {
    if (position > bytes.size())
      refuseFile(source_, "it points outside itself (cut off or damaged)");
  }

  std::uint64_t position() const { return position_; }
  std::uint64_t remaining() const { return bytes_.size() - position_; }

  Bytes take(std::uint64_t count) {
    if (count > remaining()) refuseFile(source_, "it ends too early (cut off or damaged)");
    const Bytes taken = bytes_.subspan(position_, count);
    position_ += count;
    return taken;
  }

  std::string_view text(std::uint64_t count) {
    const Bytes taken = take(count);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }

  /// Up to the next line feed, which is skipped.
  std::string_view line() {
    const Bytes rest = bytes_.subspan(position_);
    const void* end = rest.empty() ? nullptr : std::memchr(rest.data(), '\n', rest.size());
    if (!end) refuseFile(source_, "it ends too early (cut off or damaged)");
    const std::string_view found =
        text(std::uint64_t(static_cast<const std::byte*>(end) - rest.data()));
    take(1);
    return found;
  }

  /// A little-endian number.
  template <class T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }

private:
  Bytes bytes_;
  const std::string& source_;
  std::uint64_t position_;
};

}  // namespace stormloom
