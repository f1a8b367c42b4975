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
/// Made to run for days.
class LiveFolder {
public:
  /// `keep` is how far back frames stay, counted from the newest. Throws IoError when there is no
  /// such folder.
  explicit LiveFolder(const std::string& folder, ReadOptions options = {},
                      std::chrono::minutes keep = std::chrono::hours(4));

  /// Looks once, and reads what is new; true when there are other frames than before. To be called
  /// about once a second.
  bool update();

  RadarFiles files() const { return gathering_.soFar(); }
  /// What was passed over since this was last asked, and why.
  std::vector<std::string> takeSentences();

private:
  ReadOptions options_;
  std::chrono::minutes keep_;
  FolderWatch watch_;
  FrameGathering gathering_;
  std::map<std::string, std::size_t> numbers_;  ///< by path, of files whose frames are here
  std::size_t nextNumber_ = 0;
};

}  // namespace stormloom
