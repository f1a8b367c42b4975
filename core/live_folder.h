#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/folder_watch.h"
#include "core/frame_gathering.h"
#include "core/radar_files.h"

namespace stormloom {

/// The radar files of a folder that is watched: new ones are read when complete, old ones let go.
/// A writer may pause: a file that cannot be read, or not all of it, is read again whenever it changes, and once more
/// before it is complained of. Made to run for days.
class LiveFolder {
public:
  using Clock = FolderWatch::Clock;
  /// For so long a file must have stayed as it is before anybody hears that it is damaged.
  static constexpr std::chrono::seconds kPatience{60};

  /// `keep` is how far back frames stay, counted from the newest. Throws IoError when there is no
  /// such folder.
  explicit LiveFolder(const std::string& folder, ReadOptions options = {},
                      std::chrono::minutes keep = std::chrono::hours(4));

  /// Looks once, and reads what is new; true when there are other frames than before. To be called
  /// about once a second.
  bool update(Clock::time_point now = Clock::now());

  RadarFiles files() const { return gathering_.soFar(); }
  /// What was passed over since this was last asked, and why; once of each file, until it could be read.
  std::vector<std::string> takeSentences();

private:
  void readFiles(const std::vector<std::string>& paths, bool lastChance);
  void hearSentences(const std::vector<std::string>& paths, bool lastChance);
  std::vector<std::string> lastChances(Clock::time_point now);

  ReadOptions options_;
  std::chrono::minutes keep_;
  FolderWatch watch_;
  FrameGathering gathering_;
  std::map<std::string, std::size_t> numbers_;  ///< by path, of files whose frames are here
  std::size_t nextNumber_ = 0;
  std::map<std::string, bool> suspects_;  ///< paths of files with something to say of, and whether it was told
  std::vector<std::string> sentences_;
};

}  // namespace stormloom
