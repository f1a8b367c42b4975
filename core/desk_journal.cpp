#include "core/desk_journal.h"

#include <algorithm>
#include <filesystem>

#include "core/errors.h"

namespace stormloom {
namespace {

namespace fs = std::filesystem;
constexpr const char* kFormat = "stormloom session 1";
constexpr JsonLimits kLineLimits{
    .maxDepth = 32, .maxBytes = std::size_t(1) << 20, .maxValues = 100000};
constexpr std::size_t kLongestLine = std::size_t(1) << 20;

constexpr std::size_t kKeptSteps = 200;  ///< of a journal that was shortened

Json lineOf(const std::string& label, const DeskState& state, bool goesOn) {
  Json line = Json::object({{"step", label}, {"state", state.toJson()}});
  if (goesOn) line.set("goes_on", true);
  return line;
}

std::string pathBeside(const fs::path& folder, const std::string& path) {
  std::error_code failed;
  const fs::path relative =
      fs::relative(fs::absolute(path, failed), fs::absolute(folder, failed), failed);
  return failed ? std::string() : relative.string();
}

/// The file where it was, or where it lies seen from the session.
std::string foundPath(const std::string& path, const std::string& relative,
                      const fs::path& folder) {
  std::error_code failed;
  if (fs::exists(path, failed)) return path;
  const fs::path beside = folder / relative;
  if (!relative.empty() && fs::exists(beside, failed)) return beside.lexically_normal().string();
  const fs::path same = folder / fs::path(path).filename();
  return fs::exists(same, failed) ? same.string() : std::string();
}

/// Whether the file's last line was cut off while it was written.
bool endsWithinALine(const std::string& path) {
  std::ifstream in(path, std::ios::ate | std::ios::binary);
  if (!in || in.tellg() <= 0) return false;
  in.seekg(-1, std::ios::end);
  return in.get() != '\n';
}

}  // namespace

DeskJournal::DeskJournal(const std::string& path) : path_(path) {
  const bool cutOff = endsWithinALine(path);
  out_.open(path, std::ios::app);
  if (!out_)
    throw IoError(path +
                  ": the journal cannot be written. Nothing is lost now, but a crash would lose "
                  "the steps since the start.");
  if (cutOff) out_ << '\n';
  std::error_code failed;
  const std::uintmax_t size = fs::file_size(path, failed);
  bytes_ = failed ? 0 : std::size_t(size);
}

void DeskJournal::writeLine(const Json& line) {
  const std::string text = line.dump() + '\n';
  bytes_ += text.size();
  out_ << text;
  out_.flush();
  out_.clear();  // a full disk must not silence the journal for good
}

void DeskJournal::append(const std::string& label, const DeskState& state, bool goesOn) {
  writeLine(lineOf(label, state, goesOn));
}

void DeskJournal::close() { writeLine(Json::object({{"end", true}})); }

void DeskJournal::restart(const DeskState& state) {
  out_.close();
  out_.open(path_, std::ios::trunc);
  bytes_ = 0;
  append("Start", state);
}

void DeskJournal::shorten(const DeskHistory& history) {
  const auto& entries = history.entries();
  const std::size_t end = history.position() + 1;
  const std::string fresh = path_ + ".new";
  {
    std::ofstream file(fresh, std::ios::trunc);
    for (std::size_t i = end - std::min(end, kKeptSteps); i < end; ++i)
      file << lineOf(entries[i].label, entries[i].state, false).dump() << '\n';
    if (!file.flush()) return;  // no room: the long one goes on
  }
  std::error_code failed;
  fs::rename(fresh, path_, failed);
  if (failed) return;
  out_.close();
  out_.open(path_, std::ios::app);
  bytes_ = std::size_t(fs::file_size(path_, failed));
}

std::optional<DeskJournal::Found> DeskJournal::read(const std::string& path) {
  std::ifstream in(path);
  std::optional<Found> found;
  int damaged = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) continue;
    try {
      if (line.size() > kLongestLine) throw IoError("too long");
      const Json json = Json::parse(line, kLineLimits, path);
      if (json.contains("end")) {
        if (found) found->ended = true;
        continue;
      }
      const DeskState state = DeskState::fromJson(json.at("state"));
      const std::string label = json.value("step", "Step");
      if (!found)
        found = Found{DeskHistory(state), 1, 0, false};
      else if (json.value("goes_on", false))
        found->history.replaceLast(label, state);
      else if (found->history.record(label, state))
        ++found->steps;
      found->ended = false;
    } catch (const StormloomError&) {
      ++damaged;
    }
  }
  if (found) found->damaged = damaged;
  return found;
}

void writeSessionFile(const std::string& path, const DeskState& state) {
  const fs::path folder =
      fs::path(path).parent_path().empty() ? fs::path(".") : fs::path(path).parent_path();
  Json beside = Json::array();
  for (const std::string& file : state.paths) beside.push(pathBeside(folder, file));
  writeJsonFile(
      path,
      Json::object({{"format", kFormat}, {"state", state.toJson()}, {"paths_from_here", beside}}));
}

DeskState readSessionFile(const std::string& path) {
  const Json json =
      readJsonFile(path, {.maxDepth = 32, .maxBytes = std::size_t(16) << 20, .maxValues = 1000000});
  if (json.value("format", "") != kFormat)
    throw IoError(path +
                  ": this is no session of Stormloom. Open radar files instead, or a session saved "
                  "with Ctrl+S.");
  DeskState state = DeskState::fromJson(json.at("state"));
  const Json* beside = json.find("paths_from_here");
  const fs::path folder =
      fs::path(path).parent_path().empty() ? fs::path(".") : fs::path(path).parent_path();
  for (std::size_t i = 0; i < state.paths.size(); ++i) {
    const std::string relative =
        beside && i < beside->size() ? beside->at(i).asString() : std::string();
    const std::string found = foundPath(state.paths[i], relative, folder);
    if (found.empty())
      throw IoError(path + ": its radar data " + state.paths[i] +
                    " are not there. Put them beside the session file and open it again.");
    state.paths[i] = found;
  }
  return state;
}

bool isSessionFile(const std::string& path) {
  std::error_code failed;
  if (!fs::is_regular_file(path, failed) || fs::file_size(path, failed) > (std::size_t(16) << 20))
    return false;
  std::ifstream in(path);
  std::string start(256, '\0');
  in.read(start.data(), std::streamsize(start.size()));
  return start.find(kFormat) != std::string::npos;
}

}  // namespace stormloom
