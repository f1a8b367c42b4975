#include "core/live_folder.h"

#include <sys/stat.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <iterator>
#include <utility>

namespace stormloom {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostAtOnce =
    200;  // of a folder that was there before: the last ones by name

/// Whether a file has long been as it is, by the time of its last change of any kind, which no copying sets back.
bool isOld(const std::string& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 && std::time(nullptr) - found.st_ctim.tv_sec >= LiveFolder::kPatience.count();
}

bool isThere(const std::string& path) {
  std::error_code unknown;
  return fs::exists(path, unknown);
}

}  // namespace

LiveFolder::LiveFolder(const std::string& folder, ReadOptions options, std::chrono::minutes keep)
    : options_(std::move(options)), keep_(keep), watch_(folder), gathering_(options_, 0) {}

bool LiveFolder::update(Clock::time_point now) {
  std::vector<std::string> paths = watch_.look(now);
  if (paths.size() > kMostAtOnce) paths.erase(paths.begin(), paths.end() - kMostAtOnce);
  const std::size_t before = gathering_.framesTaken();
  readFiles(paths, false);
  readFiles(lastChances(now), true);
  return gathering_.framesTaken() != before;
}

void LiveFolder::readFiles(const std::vector<std::string>& paths, bool lastChance) {
  if (paths.empty()) return;
  std::vector<NumberedFile> files;
  for (const std::string& path : paths) {
    const auto [entry, isNew] = numbers_.emplace(path, nextNumber_);
    if (isNew)
      ++nextNumber_;
    else
      gathering_.again(entry->second);  // it was written once more
    files.push_back({entry->second, path});
  }
  readInto(files, options_, gathering_);
  if (options_.stop.stop_requested()) return;
  hearSentences(paths, lastChance);
  gathering_.dropOlderThan(keep_);
  const std::set<std::size_t> held = gathering_.filesHeld();
  std::erase_if(numbers_, [&](const auto& entry) { return !held.contains(entry.second); });
}

void LiveFolder::hearSentences(const std::vector<std::string>& paths, bool lastChance) {
  std::map<std::size_t, std::vector<std::string>> said = gathering_.takeSentences();
  for (const std::string& path : paths) {
    std::vector<std::string>& sentences = said[numbers_.at(path)];
    if (sentences.empty()) {
      suspects_.erase(path);
      continue;
    }
    bool& told = suspects_[path];
    if (told || !(lastChance || isOld(path))) continue;
    std::ranges::move(sentences, std::back_inserter(sentences_));
    told = true;
  }
}

/// Files not yet complained of that have been as they are for long.
std::vector<std::string> LiveFolder::lastChances(Clock::time_point now) {
  std::erase_if(suspects_, [](const auto& entry) { return !isThere(entry.first); });
  std::vector<std::string> paths;
  for (const auto& [path, told] : suspects_)
    if (!told && watch_.unchangedFor(path, now) >= kPatience) paths.push_back(path);
  return paths;
}

std::vector<std::string> LiveFolder::takeSentences() { return std::exchange(sentences_, {}); }

}  // namespace stormloom
