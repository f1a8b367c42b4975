#include "core/radar_paths.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>

#include "core/errors.h"

namespace stormloom {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> filesOfFolder(const fs::path& folder) {
  // SEVIR's folder: its catalogue knows which data files belong to it, one folder deeper.
  if (fs::is_regular_file(folder / "CATALOG.csv")) return {(folder / "CATALOG.csv").string()};
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && name.front() != '.') files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  if (files.empty()) {
    throw IoError(folder.string() + ": the folder holds no files. Name the folder that does.");
  }
  return files;
}

std::vector<std::string> filesOfGlob(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> files;
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    for (std::size_t k = 0; k < found.gl_pathc; ++k) files.emplace_back(found.gl_pathv[k]);
  }
  globfree(&found);
  std::erase_if(files, [](const std::string& file) { return !fs::is_regular_file(file); });
  return files;
}

std::vector<std::string> filesOf(const std::string& written) {
  std::error_code unknown;
  const std::string path = withoutEvent(written);
  if (fs::is_directory(path, unknown)) return filesOfFolder(path);
  if (fs::exists(path, unknown)) return {path};
  std::vector<std::string> files;
  if (path.find_first_of("*?[") != std::string::npos) files = filesOfGlob(path);
  if (files.empty()) {
    throw IoError(path + ": there is no such file or folder. Check the name.");
  }
  return files;
}

}  // namespace

std::string eventOfPath(const std::string& path) {
  const std::size_t mark = path.rfind('#');
  std::error_code unknown;
  const bool names = mark != std::string::npos && mark + 1 < path.size() && !fs::exists(path, unknown) &&
                     fs::exists(path.substr(0, mark), unknown);
  return names ? path.substr(mark + 1) : std::string();
}

std::string withoutEvent(const std::string& path) {
  const std::string event = eventOfPath(path);
  return event.empty() ? path : path.substr(0, path.size() - event.size() - 1);
}

std::vector<std::string> radarFilesIn(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    try {
      for (std::string& file : filesOf(path)) {
        if (std::ranges::find(files, file) == files.end()) files.push_back(std::move(file));
      }
    } catch (const fs::filesystem_error& error) {
      throw IoError(path + ": the folder cannot be read (" + error.code().message() + ").");
    }
  }
  return files;
}

}  // namespace stormloom
