#include "core/scratch_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "core/errors.h"
#include "core/sha256.h"

namespace stormloom {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLongestName = 255;  // bytes; of ext4, xfs, btrfs, tmpfs, NTFS and APFS alike

fs::path folderOf(const fs::path& target) {
  return target.has_parent_path() ? target.parent_path() : fs::path(".");
}

/// With a hash of the whole name: long names often differ at their ends only.
std::string scratchStem(const fs::path& target) {
  const std::string name = target.filename().string();
  Sha256 hash;
  hash.add(std::as_bytes(std::span(name)));
  return "." + name.substr(0, 80) + "-" + hash.hex().substr(0, 12) + ".part-";
}

/// What was written is on the disk, so that a full one is noticed before the old file is gone.
int flushToDisk(const fs::path& file) {
  const int handle = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (handle < 0) return errno;
  const int reason = fsync(handle) == 0 ? 0 : errno;
  close(handle);
  return reason;
}

}  // namespace

void refuseTarget(const fs::path& target, int reason) {
  const std::string folder = folderOf(target).string();
  std::string sentence = target.string() + ": ";
  if (reason == ENOENT || reason == ENOTDIR)
    sentence += "the folder " + folder + " is not there. Create it, or choose another.";
  else if (reason == EACCES || reason == EPERM || reason == EROFS)
    sentence += "nothing may be written in " + folder +
                ". Choose another folder, or get permission to write.";
  else if (reason == ENOSPC || reason == EDQUOT)
    sentence += "the disk is full. Free some space, or choose another folder.";
  else if (reason == ENAMETOOLONG)
    sentence += "this name is too long for the file system. Choose a shorter one.";
  else if (reason == EISDIR)
    sentence += "this is a folder. Choose a file name in it.";
  else
    sentence +=
        std::string("it cannot be written (") + std::strerror(reason) + "). Choose another folder.";
  throw IoError(sentence);
}

fs::path scratchPathFor(const fs::path& target) {
  if (target.filename().string().size() > kLongestName) refuseTarget(target, ENAMETOOLONG);
  return target.parent_path() / (scratchStem(target) + std::to_string(getpid()));
}

void removeStaleScratch(const fs::path& target) {
  std::error_code ignored;
  const std::string stem = scratchStem(target);
  for (const fs::directory_entry& entry : fs::directory_iterator(folderOf(target), ignored))
    if (entry.path().filename().string().starts_with(stem)) removeTree(entry.path());
}

void removeTree(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(fs::symlink_status(path, ignored))) {
    std::vector<fs::path> inside;
    for (const fs::directory_entry& entry : fs::directory_iterator(path, ignored))
      inside.push_back(entry.path());
    for (const fs::path& one : inside) removeTree(one);
  }
  fs::remove(path, ignored);
}

ScratchFile::ScratchFile(fs::path target)
    : target_(std::move(target)), scratch_(scratchPathFor(target_)) {
  std::error_code failure;
  if (fs::is_directory(target_, failure)) refuseTarget(target_, EISDIR);
  const int file = open(scratch_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
  if (file < 0) refuseTarget(target_, errno);
  close(file);
}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept
    : target_(std::move(other.target_)), scratch_(std::exchange(other.scratch_, {})) {}

ScratchFile::~ScratchFile() {
  std::error_code ignored;
  if (!scratch_.empty()) fs::remove(scratch_, ignored);
}

void ScratchFile::commit() {
  if (const int reason = flushToDisk(scratch_)) refuseTarget(target_, reason);
  std::error_code failure;
  fs::rename(scratch_, target_, failure);
  if (failure) refuseTarget(target_, failure.value());
  scratch_.clear();
}

ScratchFolder::ScratchFolder() {
  std::string name = (fs::temp_directory_path() / "stormloom-XXXXXX").string();
  if (!mkdtemp(name.data()))
    throw IoError(name + ": no folder can be made there. $TMPDIR may name another place.");
  path_ = name;
}

ScratchFolder::~ScratchFolder() { removeTree(path_); }

void writeWholeFile(const std::string& path, std::string_view bytes) {
  ScratchFile scratch(path);
  errno = 0;
  std::ofstream out(scratch.path(), std::ios::binary);
  out.write(bytes.data(), std::streamsize(bytes.size()));
  out.close();
  if (!out) refuseTarget(path, errno ? errno : ENOSPC);
  scratch.commit();
}

std::string readWholeFile(const std::string& path, std::size_t most) {
  std::error_code failure;
  const auto size = fs::file_size(path, failure);
  if (failure) throw IoError(path + ": it cannot be read (" + failure.message() + ").");
  if (size > most)
    throw IoError(path + ": with " + std::to_string(size) + " bytes it is too large for this.");
  std::string bytes(std::size_t(size), '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(bytes.data(), std::streamsize(size));
  if (!in) throw IoError(path + ": it cannot be read to its end.");
  return bytes;
}

}  // namespace stormloom
