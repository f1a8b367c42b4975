#include "core/scratch_file.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "core/errors.h"
#include "core/sha256.h"

namespace stormloom {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPartSign = ".part-";
constexpr std::string_view kFolderSign = "stormloom-";
constexpr std::size_t kLongestName = 255;  // bytes; of ext4, xfs, btrfs, tmpfs, NTFS and APFS alike

fs::path folderOf(const fs::path& target) {
  return target.has_parent_path() ? target.parent_path() : fs::path(".");
}

/// With a hash of the whole name: long names often differ at their ends only.
std::string scratchStem(const fs::path& target) {
  const std::string name = target.filename().string();
  Sha256 hash;
  hash.add(std::as_bytes(std::span(name)));
  return "." + name.substr(0, 80) + "-" + hash.hex().substr(0, 12) + std::string(kPartSign);
}

std::string hostName() {
  char name[65] = {};
  gethostname(name, sizeof name - 1);
  return name;
}

/// "host-PID": who writes.
std::string writerMark() { return hostName() + "-" + std::to_string(getpid()); }

/// Whether `text` begins with the mark of a process of this host that is not there any more. Of
/// other hosts, which may share the folder, nobody here knows.
bool isOfDeadWriter(std::string_view text) {
  const std::string host = hostName() + "-";
  if (!text.starts_with(host)) return false;
  pid_t process = 0;
  const auto read = std::from_chars(text.data() + host.size(), text.data() + text.size(), process);
  return read.ec == std::errc() && process > 0 && kill(process, 0) != 0 && errno == ESRCH;
}

/// In one folder, names that hold `sign` with a dead writer's mark behind it.
void removeLeftovers(const fs::path& folder, std::string_view sign) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    const std::size_t at = name.rfind(sign);
    if (at != std::string::npos && isOfDeadWriter(std::string_view(name).substr(at + sign.size())))
      removeTree(entry.path());
  }
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
  static std::atomic<int> number = 0;  // two writers of one process, two names
  removeLeftovers(folderOf(target), kPartSign);
  return target.parent_path() /
         (scratchStem(target) + writerMark() + "-" + std::to_string(++number));
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

std::optional<TargetGuard::Mark> TargetGuard::markOf(const fs::path& target) {
  struct stat found;
  if (lstat(target.c_str(), &found) != 0) return std::nullopt;
  return Mark{std::uint64_t(found.st_dev), std::uint64_t(found.st_ino),
              std::int64_t(found.st_mtim.tv_sec) * 1'000'000'000 + found.st_mtim.tv_nsec};
}

namespace {

std::mutex expectedAccess;

std::string keyOf(const fs::path& target) {
  std::error_code failure;
  const fs::path whole = fs::absolute(target, failure);
  return (failure ? target : whole).lexically_normal().string();
}

}  // namespace

std::map<std::string, std::optional<TargetGuard::Mark>>& TargetGuard::expectedMarks() {
  static std::map<std::string, std::optional<Mark>> marks;
  return marks;
}

void TargetGuard::expect(const fs::path& target) {
  const std::scoped_lock lock(expectedAccess);
  expectedMarks()[keyOf(target)] = markOf(target);
}

std::optional<TargetGuard::Mark> TargetGuard::markBefore(const fs::path& target) {
  const std::scoped_lock lock(expectedAccess);
  auto& marks = expectedMarks();
  const auto found = marks.find(keyOf(target));
  if (found == marks.end()) return markOf(target);
  const auto mark = found->second;
  marks.erase(found);
  return mark;
}

TargetGuard::TargetGuard(fs::path target)
    : target_(std::move(target)), before_(markBefore(target_)) {}

void TargetGuard::put(const fs::path& scratch) const {
  const char* from = scratch.c_str();
  const char* to = target_.c_str();
  int reason = flushToDisk(scratch);
  if (reason) refuseTarget(target_, reason);
  if (before_)
    reason = markOf(target_) != before_ ? EEXIST : rename(from, to) == 0 ? 0 : errno;
  else
    reason = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0 ? 0 : errno;
  // A file system that cannot do both in one: looked at just before.
  if (!before_ && (reason == EINVAL || reason == ENOSYS))
    reason = markOf(target_) ? EEXIST : rename(from, to) == 0 ? 0 : errno;
  if (reason == EEXIST)
    throw IoError(target_.string() +
                  ": another program has written it meanwhile, so it was left as it is. Choose "
                  "another name, or write once more to replace it.");
  if (reason) refuseTarget(target_, reason);
}

ScratchFile::ScratchFile(fs::path target)
    : target_(std::move(target)), guard_(target_), scratch_(scratchPathFor(target_)) {
  std::error_code failure;
  if (fs::is_directory(target_, failure)) refuseTarget(target_, EISDIR);
  const int file = open(scratch_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
  if (file < 0) refuseTarget(target_, errno);
  close(file);
}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept
    : target_(std::move(other.target_)),
      guard_(std::move(other.guard_)),
      scratch_(std::exchange(other.scratch_, {})) {}

ScratchFile::~ScratchFile() {
  std::error_code ignored;
  if (!scratch_.empty()) fs::remove(scratch_, ignored);
}

void ScratchFile::fill(std::string_view bytes) const {
  errno = 0;
  std::ofstream out(scratch_, std::ios::binary);
  out.write(bytes.data(), std::streamsize(bytes.size()));
  out.close();
  if (!out) refuseTarget(target_, errno ? errno : ENOSPC);
}

void ScratchFile::commit() {
  guard_.put(scratch_);
  scratch_.clear();
}

ScratchFolder::ScratchFolder() {
  const fs::path place = fs::temp_directory_path();
  removeLeftovers(place, kFolderSign);
  std::string name = (place / (std::string(kFolderSign) + writerMark() + "-XXXXXX")).string();
  if (!mkdtemp(name.data()))
    throw IoError(name + ": no folder can be made there. $TMPDIR may name another place.");
  path_ = name;
}

ScratchFolder::~ScratchFolder() { removeTree(path_); }

ScratchFile scratchWith(const std::string& path, std::string_view bytes) {
  ScratchFile scratch(path);
  scratch.fill(bytes);
  return scratch;
}

void writeWholeFile(const std::string& path, std::string_view bytes) {
  scratchWith(path, bytes).commit();
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
