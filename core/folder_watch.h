#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/decoder/message.h"

namespace stormloom {

/// Finds the files of a folder that are complete: closed by their writer, where the system tells
/// (inotify), otherwise unchanged in size and time for a while. A file that is written again is
/// found again.
class FolderWatch {
public:
  using Clock = std::chrono::steady_clock;

  /// Throws IoError when there is no such folder.
  explicit FolderWatch(std::string folder);

  /// Files that became complete since the last look, sorted by name. To be called about once a
  /// second.
  std::vector<std::string> look(Clock::time_point now = Clock::now());
  /// For how long the file has had its size and time, by the looks so far; zero while it is written.
  Clock::duration unchangedFor(const std::string& path, Clock::time_point now) const;
  const std::string& folder() const { return folder_; }

private:
  struct Seen {
    std::int64_t size = -1;
    std::int64_t changed = 0;  ///< nanoseconds since 1970
    Clock::time_point since;   ///< when it was first seen so
    bool given = false;
  };
  void hearEvents();
  bool isComplete(const std::string& name, const Seen& seen, Clock::time_point now) const;

  std::string folder_;
  FileHandle events_;
  std::set<std::string> beingWritten_;
  std::set<std::string> closed_;  ///< by their writer since the last look
  std::map<std::string, Seen> seen_;
};

}  // namespace stormloom
