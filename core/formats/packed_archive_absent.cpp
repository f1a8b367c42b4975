#include "core/errors.h"
#include "core/formats/packed_archive.h"

namespace stormloom {

void PackedArchive::Closing::operator()(archive*) const {}

PackedArchive::PackedArchive(const std::string& path) : PackedArchive(std::string_view(), path) {}

PackedArchive::PackedArchive(std::string_view, const std::string& path) : path_(path) {
  throw IoError(path + ": it is packed, and this build cannot unpack. Unpack it first.");
}

std::optional<PackedArchive::Member> PackedArchive::next() { return std::nullopt; }

}  // namespace stormloom
