#include "core/live_folder.h"

#include <algorithm>

namespace stormloom {
namespace {

constexpr std::size_t kMostAtOnce =
    200;  // of a folder that was there before: the last ones by name

}  // namespace

LiveFolder::LiveFolder(const std::string& folder, ReadOptions options, std::chrono::minutes keep)
    : options_(std::move(options)), keep_(keep), watch_(folder), gathering_(options_, 0) {}

bool LiveFolder::update() {
  std::vector<std::string> paths = watch_.look();
  if (paths.size() > kMostAtOnce) paths.erase(paths.begin(), paths.end() - kMostAtOnce);
  if (paths.empty()) return false;
  std::vector<NumberedFile> files;
  for (const std::string& path : paths) {
    const auto [entry, isNew] = numbers_.emplace(path, nextNumber_);
    if (isNew)
      ++nextNumber_;
    else
      gathering_.again(entry->second);  // it was written once more
    files.push_back({entry->second, path});
  }
  const std::size_t before = gathering_.framesTaken();
  readInto(files, options_, gathering_);
  gathering_.dropOlderThan(keep_);
  const std::set<std::size_t> held = gathering_.filesHeld();
  std::erase_if(numbers_, [&](const auto& entry) { return !held.contains(entry.second); });
  return gathering_.framesTaken() != before;
}

std::vector<std::string> LiveFolder::takeSentences() { return gathering_.takeSentences(); }

}  // namespace stormloom
