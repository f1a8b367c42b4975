#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/radar_files.h"
#include "models/nowcast_engine.h"

namespace stormloom::cli {

/// What is costly to make and useful again for the next command of the same program: the engine
/// with its weights, files that were read, their hashes.
class Workbench {
public:
  /// The engine with these options; made anew when they differ from the last ones.
  NowcastEngine& engine(const EngineOptions& options);

  /// The files read last, when they are those; else what `read` gives.
  template <class Read>
  std::shared_ptr<const RadarFiles> files(const std::vector<std::string>& paths, Read read) {
    if (!files_ || paths != paths_) {
      files_ = std::make_shared<const RadarFiles>(read());
      paths_ = paths;
    }
    return files_;
  }

  /// Makes `folder` and those above it that are missing, as far as that is possible.
  void makeFolder(const std::filesystem::path& folder);
  /// Of the folders that were made, those that stayed empty are removed: after a command that failed.
  void removeEmptyFolders();

  /// SHA-256 of a file as it is now; read again only when its time or size has changed.
  const std::string& hashOf(const std::string& path);

private:
  std::unique_ptr<NowcastEngine> engine_;
  EngineOptions engineOptions_;
  std::vector<std::string> paths_;
  std::shared_ptr<const RadarFiles> files_;
  std::map<std::string, std::string> hashes_;
  std::vector<std::filesystem::path> madeFolders_;  ///< each after the one it lies in
};

}  // namespace stormloom::cli
