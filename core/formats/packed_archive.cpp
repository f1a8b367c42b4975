#include "core/formats/packed_archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <filesystem>

#include "core/errors.h"
#include "core/formats/packed_file.h"

namespace stormloom {
namespace {

constexpr std::size_t kLargestMember = std::size_t(1) << 30;
constexpr std::size_t kPiece = std::size_t(1) << 20;  // sizes are believed as far as bytes come

[[noreturn]] void refuseDamaged(const std::string& path) {
  throw IoError(path + ": it cannot be unpacked. The file is damaged or incomplete: fetch it again.");
}

/// Filters and formats by name: none that runs a program or opens another file.
archive* reader() {
  archive* open = archive_read_new();
  if (!open) throw std::bad_alloc();
  archive_read_support_filter_gzip(open);
  archive_read_support_filter_bzip2(open);
  archive_read_support_format_tar(open);
  archive_read_support_format_zip(open);
  archive_read_support_format_raw(open);
  return open;
}

bool isAlone(archive* open) { return archive_format(open) == ARCHIVE_FORMAT_RAW; }
/// A file that no filter knows would be its own member.
bool isUnpacked(archive* open) { return archive_filter_code(open, 0) != ARCHIVE_FILTER_NONE; }

/// As it is stored, whatever the machine's own letters are.
std::string nameOf(archive_entry* entry) {
  const char* name = archive_entry_pathname_utf8(entry);
  if (!name) name = archive_entry_pathname(entry);
  return name ? name : "a member without a name";
}

}  // namespace

void PackedArchive::Closing::operator()(archive* open) const { archive_read_free(open); }

PackedArchive::PackedArchive(std::string path, int) : path_(std::move(path)), archive_(reader()) {}

PackedArchive::PackedArchive(const std::string& path) : PackedArchive(path, 0) {
  constexpr std::size_t kBlock = 1 << 16;
  require(archive_read_open_filename(archive_.get(), path.c_str(), kBlock));
}

PackedArchive::PackedArchive(std::string_view bytes, const std::string& path)
    : PackedArchive(path, 0) {
  require(archive_read_open_memory(archive_.get(), bytes.data(), bytes.size()));
}

void PackedArchive::require(int outcome) const {
  if (outcome < ARCHIVE_WARN) refuseDamaged(path_);
}

std::optional<PackedArchive::Member> PackedArchive::next() {
  for (;;) {
    archive_entry* entry = nullptr;
    const int outcome = archive_read_next_header(archive_.get(), &entry);
    if (outcome == ARCHIVE_EOF) return std::nullopt;
    require(outcome);
    if (isAlone(archive_.get()) && !isUnpacked(archive_.get())) refuseDamaged(path_);
    if (isAlone(archive_.get()))
      return Member{std::filesystem::path(fileNameOf(path_)).stem().string(), bytesOfMember()};
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry)) continue;
    return Member{nameOf(entry), bytesOfMember()};
  }
}

std::string PackedArchive::bytesOfMember() {
  std::string bytes;
  for (;;) {
    const std::size_t before = bytes.size();
    if (before > kLargestMember)
      throw IoError(path_ + ": unpacked it is larger than any radar product. Fetch it again.");
    bytes.resize(before + kPiece);
    const la_ssize_t got = archive_read_data(archive_.get(), bytes.data() + before, kPiece);
    if (got < 0) refuseDamaged(path_);
    bytes.resize(before + std::size_t(got));
    if (got == 0) return bytes;
  }
}

}  // namespace stormloom
