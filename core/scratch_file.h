#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace stormloom {

/// A file beside the target under a name that nobody else uses. commit() gives it the target's
/// name; destroyed before that, it is gone and an older file of the target's name is untouched.
class ScratchFile {
public:
  explicit ScratchFile(std::filesystem::path target);
  ~ScratchFile();
  ScratchFile(ScratchFile&& other) noexcept;
  ScratchFile& operator=(ScratchFile&&) = delete;
  std::string path() const { return scratch_.string(); }
  void commit();

private:
  std::filesystem::path target_;
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

/// ".name.part-PID" beside the target; nothing is created. UsageError for names no file system
/// takes.
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

/// All of it or nothing: written beside the target, flushed to the disk, then renamed.
void writeWholeFile(const std::string& path, std::string_view bytes);

/// Throws IoError; files larger than `most` bytes are refused.
std::string readWholeFile(const std::string& path, std::size_t most = std::size_t(1) << 30);

}  // namespace stormloom
