#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace stormloom {

/// What stood under a name when writing began. Another writer may have finished meanwhile: his file
/// is never replaced.
class TargetGuard {
public:
  explicit TargetGuard(std::filesystem::path target);
  /// Writing has begun for whoever asked, long before there is a writer: what appears under the name
  /// from now on is another's. For the next guard of this name.
  static void expect(const std::filesystem::path& target);
  /// Gives `scratch`, flushed to the disk, the target's name. Throws IoError where that is another writer's now.
  void put(const std::filesystem::path& scratch) const;

private:
  struct Mark {
    std::uint64_t device = 0, inode = 0;
    std::int64_t changed = 0;  ///< nanoseconds
    bool operator==(const Mark&) const = default;
  };
  static std::optional<Mark> markOf(const std::filesystem::path& target);
  /// By absolute path; taken away by the guard that is made for it.
  static std::map<std::string, std::optional<Mark>>& expectedMarks();
  /// As it was expected to be, else as it is.
  static std::optional<Mark> markBefore(const std::filesystem::path& target);

  std::filesystem::path target_;
  std::optional<Mark> before_;
};

/// A file beside the target under a name that nobody else uses. commit() gives it the target's
/// name; destroyed before that, it is gone and an older file of the target's name is untouched.
class ScratchFile {
public:
  explicit ScratchFile(std::filesystem::path target);
  ~ScratchFile();
  ScratchFile(ScratchFile&& other) noexcept;
  ScratchFile& operator=(ScratchFile&&) = delete;
  std::string path() const { return scratch_.string(); }
  void fill(std::string_view bytes) const;  ///< with these bytes and nothing else
  void commit();

private:
  std::filesystem::path target_;
  TargetGuard guard_;
  std::filesystem::path scratch_;
};

/// A folder of our own under the system's folder for such things, gone with this object.
class ScratchFolder {
public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

/// ".name.part-HOST-PID-K" beside the target; nothing is created, but what writers of this host that
/// are dead have left in the folder is removed. IoError for names no file system takes.
std::filesystem::path scratchPathFor(const std::filesystem::path& target);

/// Removes what writers that were killed left beside the target. Only for the one who holds the
/// right to write it.
void removeStaleScratch(const std::filesystem::path& target);

/// A file, or a folder with all that is in it; links are removed, not followed. In place of
/// std::filesystem::remove_all, which LibTorch brings in a copy of its own that crashes
/// (docs/decisions/0015).
void removeTree(const std::filesystem::path& path);

/// Why nothing can be written there (an errno), and what to do, as IoError.
[[noreturn]] void refuseTarget(const std::filesystem::path& target, int reason);

/// Written and waiting for commit().
ScratchFile scratchWith(const std::string& path, std::string_view bytes);

/// All of it or nothing: written beside the target, flushed to the disk, then renamed.
void writeWholeFile(const std::string& path, std::string_view bytes);

/// Throws IoError; files larger than `most` bytes are refused.
std::string readWholeFile(const std::string& path, std::size_t most = std::size_t(1) << 30);

}  // namespace stormloom
