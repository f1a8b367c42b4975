#include "core/folder_watch.h"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "core/errors.h"
#include "core/radar_paths.h"

namespace stormloom {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kQuiet(2);

/// Names that downloads have until they are complete.
bool isTemporary(const std::string& name) {
  if (name.empty() || name.front() == '.' || name.back() == '~') return true;
  return std::ranges::any_of(
      std::initializer_list<const char*>{".tmp", ".part", ".partial", ".filepart", ".crdownload"},
      [&](const char* ending) { return name.ends_with(ending); });
}

}  // namespace

FolderWatch::FolderWatch(std::string folder) : folder_(std::move(folder)) {
  std::error_code unknown;
  if (!fs::is_directory(folder_, unknown)) {
    throw IoError(folder_ +
                  ": there is no such folder to watch. Name the one that new files come to.");
  }
  events_ = FileHandle(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (events_.id() < 0) return;  // then quiet files are taken for complete
  inotify_add_watch(events_.id(), folder_.c_str(),
                    IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM);
}

void FolderWatch::hearEvents() {
  alignas(inotify_event) std::array<char, 16384> bytes;
  for (;;) {
    const ssize_t count = events_.id() < 0 ? -1 : read(events_.id(), bytes.data(), bytes.size());
    if (count <= 0) return;
    for (ssize_t at = 0; at < count;) {
      const auto* event = reinterpret_cast<const inotify_event*>(bytes.data() + at);
      at += ssize_t(sizeof(inotify_event)) + event->len;
      if (event->mask & IN_Q_OVERFLOW)
        beingWritten_.clear();  // some were missed: quiet files are complete
      if (event->len == 0) continue;
      const std::string name = event->name;
      if (event->mask & IN_MODIFY) beingWritten_.insert(name);
      if (event->mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) {
        beingWritten_.erase(name);
        closed_.insert(name);
      }
      if (event->mask & (IN_DELETE | IN_MOVED_FROM)) {
        beingWritten_.erase(name);
        closed_.erase(name);
      }
    }
  }
}

bool FolderWatch::isComplete(const std::string& name, const Seen& seen,
                             Clock::time_point now) const {
  if (seen.size == 0 || beingWritten_.contains(name)) return false;
  return closed_.contains(name) || now - seen.since >= kQuiet;
}

FolderWatch::Clock::duration FolderWatch::unchangedFor(const std::string& path, Clock::time_point now) const {
  const std::string name = fs::path(path).filename().string();
  const auto found = seen_.find(name);
  return found == seen_.end() || beingWritten_.contains(name) ? Clock::duration::zero() : now - found->second.since;
}

std::vector<std::string> FolderWatch::look(Clock::time_point now) {
  hearEvents();
  std::vector<std::string> complete;
  std::map<std::string, Seen> there;
  std::error_code failure;
  for (fs::directory_iterator entry(folder_, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    const std::string name = entry->path().filename().string();
    struct stat found {};
    if (isTemporary(name) || isSidecar(name) || stat(entry->path().c_str(), &found) != 0 || !S_ISREG(found.st_mode))
      continue;
    Seen seen{found.st_size,
              std::int64_t(found.st_mtim.tv_sec) * 1000000000 + found.st_mtim.tv_nsec, now, false};
    const auto before = seen_.find(name);
    if (before != seen_.end() && before->second.size == seen.size &&
        before->second.changed == seen.changed)
      seen = before->second;
    if (!seen.given && isComplete(name, seen, now)) {
      seen.given = true;
      complete.push_back(entry->path().string());
    }
    there.emplace(name, seen);
  }
  if (!failure) seen_ = std::move(there);  // a network folder may be away for a while
  closed_.clear();
  std::ranges::sort(complete);
  return complete;
}

}  // namespace stormloom
