#include "core/radar_paths.h"

#include <glob.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "core/errors.h"

namespace stormloom {
namespace {

namespace fs = std::filesystem;

/// A folder of folders: say so instead of complaining about its README.
void refuseFolderOfFolders(const fs::path& folder) {
  std::vector<std::string> inside;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory() && name.front() != '.') inside.push_back(name);
  }
  if (inside.empty()) return;
  std::ranges::sort(inside);
  constexpr std::size_t kNamed = 8;
  std::string names;
  for (std::size_t k = 0; k < std::min(kNamed, inside.size()); ++k)
    names += (k ? ", " : "") + inside[k];
  throw IoError(folder.string() + ": no radar files lie in it, but folders do: " + names +
                (inside.size() > kNamed ? ", ..." : "") + ". Name one of them.");
}

std::vector<std::string> filesOfFolder(const fs::path& folder) {
  // SEVIR's folder: its catalogue knows which data files belong to it, one folder deeper.
  if (fs::is_regular_file(folder / "CATALOG.csv")) return {(folder / "CATALOG.csv").string()};
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && name.front() != '.') files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  if (std::ranges::all_of(files, isSidecar)) refuseFolderOfFolders(folder);
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

FoundFiles withoutSidecars(std::vector<std::string> files) {
  const auto aside = std::ranges::count_if(files, isSidecar);
  if (std::size_t(aside) == files.size()) return {std::move(files), 0};
  std::erase_if(files, isSidecar);
  return {std::move(files), int(aside)};
}

FoundFiles filesOf(const std::string& written) {
  std::error_code unknown;
  const std::string path = withoutEvent(written);
  if (fs::is_directory(path, unknown)) return withoutSidecars(filesOfFolder(path));
  if (fs::exists(path, unknown)) return {{path}, 0};
  std::vector<std::string> files;
  if (path.find_first_of("*?[") != std::string::npos) files = filesOfGlob(path);
  if (files.empty()) {
    throw IoError(path + ": there is no such file or folder. Check the name.");
  }
  return withoutSidecars(std::move(files));
}

}  // namespace

std::string eventOfPath(const std::string& path) {
  const std::size_t mark = path.rfind('#');
  std::error_code unknown;
  const bool names = mark != std::string::npos && mark + 1 < path.size() &&
                     !fs::exists(path, unknown) && fs::exists(path.substr(0, mark), unknown);
  return names ? path.substr(mark + 1) : std::string();
}

std::string withoutEvent(const std::string& path) {
  const std::string event = eventOfPath(path);
  return event.empty() ? path : path.substr(0, path.size() - event.size() - 1);
}

bool isSidecar(const std::string& path) {
  std::string name = fs::path(path).filename().string();
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  const auto begins = [&](const char* with) { return name.starts_with(with); };
  const auto ends = [&](const char* with) { return name.ends_with(with); };
  return std::ranges::any_of(
             std::initializer_list<const char*>{"readme", "license", "licence", "copying",
                                                "changelog", "sha256sum", "md5sum"},
             begins) ||
         std::ranges::any_of(
             std::initializer_list<const char*>{
                 ".md", ".rst", ".pdf", ".html", ".htm", ".py", ".sh", ".json", ".yaml", ".yml",
                 ".toml", ".log", ".sha256", ".md5", ".idx", ".aux.xml", ".tfw", ".stormloom"},
             ends);
}

FoundFiles radarFilesIn(const std::vector<std::string>& paths) {
  FoundFiles all;
  for (const std::string& path : paths) {
    try {
      FoundFiles found = filesOf(path);
      all.leftAside += found.leftAside;
      for (std::string& file : found.radar) {
        if (std::ranges::find(all.radar, file) == all.radar.end())
          all.radar.push_back(std::move(file));
      }
    } catch (const fs::filesystem_error& error) {
      throw IoError(path + ": the folder cannot be read (" + error.code().message() + ").");
    }
  }
  return all;
}

}  // namespace stormloom
