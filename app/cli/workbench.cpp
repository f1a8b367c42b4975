#include "app/cli/workbench.h"

#include <filesystem>
#include <system_error>

#include "core/sha256.h"

namespace stormloom::cli {

NowcastEngine& Workbench::engine(const EngineOptions& options) {
  const auto same = [](const EngineOptions& a, const EngineOptions& b) {
    return a.device == b.device && a.precision == b.precision && a.threads == b.threads &&
           a.modelFolder == b.modelFolder && a.earthformerWeights == b.earthformerWeights;
  };
  if (!engine_ || !same(options, engineOptions_)) {
    engine_.reset();
    engine_ = std::make_unique<NowcastEngine>(options);
    engineOptions_ = options;
  }
  return *engine_;
}

void Workbench::makeFolder(const std::filesystem::path& folder) {
  std::error_code failure;
  std::filesystem::path there;
  for (const std::filesystem::path& part : std::filesystem::absolute(folder, failure)) {
    there /= part;
    if (std::filesystem::create_directory(there, failure)) madeFolders_.push_back(there);
  }
}

void Workbench::removeEmptyFolders() {
  std::error_code notEmpty;
  for (auto folder = madeFolders_.rbegin(); folder != madeFolders_.rend(); ++folder)
    std::filesystem::remove(*folder, notEmpty);
  madeFolders_.clear();
}

const std::string& Workbench::hashOf(const std::string& path) {
  std::error_code absent;
  const auto time = std::filesystem::last_write_time(path, absent).time_since_epoch().count();
  const auto size = std::filesystem::file_size(path, absent);
  std::string& hash = hashes_[path + "\n" + std::to_string(time) + " " + std::to_string(size)];
  if (hash.empty()) hash = sha256OfFile(path);
  return hash;
}

}  // namespace stormloom::cli
