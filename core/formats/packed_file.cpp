#include "core/formats/packed_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "core/errors.h"
#include "core/formats/file_bytes.h"
#include "core/formats/packed_archive.h"

namespace stormloom {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostSentences = 20;
constexpr int kMostMembers = 20000, kDeepest = 3;

thread_local std::map<std::string, std::string> namesOfMembers;
thread_local int depth = 0;

bool isTar(const std::string& start) { return start.size() > 262 && start.compare(257, 5, "ustar") == 0; }
bool isZip(const std::string& start) { return start.starts_with("PK\x03\x04"); }

/// What only its own library reads, by name.
bool isFileFormat(const std::string& start) {
  return start.starts_with("\x89HDF") || start.starts_with("CDF") || start.starts_with("II*") ||
         start.starts_with("MM") || start.starts_with("GIF8");
}

/// A file that lies in memory and has a path as long as it is there.
class MemoryFile {
public:
  MemoryFile(const std::string& bytes, const std::string& name, const std::string& archive)
      : file_(memfd_create("stormloom-member", MFD_CLOEXEC)) {
    std::size_t done = 0;
    while (file_ >= 0 && done < bytes.size()) {
      const ssize_t written = write(file_, bytes.data() + done, bytes.size() - done);
      if (written <= 0) break;
      done += std::size_t(written);
    }
    if (file_ < 0 || done < bytes.size()) {
      if (file_ >= 0) close(file_);
      throw IoError(archive + ": there is not enough memory to unpack " + name + ".");
    }
    path_ = "/proc/self/fd/" + std::to_string(file_);
    namesOfMembers[path_] = name;
  }
  ~MemoryFile() {
    namesOfMembers.erase(path_);
    close(file_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  const std::string& path() const { return path_; }

private:
  int file_;
  std::string path_;
};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

/// Reads members as they come and gathers what is in them.
class PackedReading {
public:
  PackedReading(const std::string& path, const ReadOptions& options,
                const MemberReading& readMember)
      : path_(path), readMember_(readMember), options_(options), listener_(options.onFrame) {
    if (++depth > kDeepest) {
      --depth;
      throw IoError(path + ": archives lie too deep in it. Unpack it first.");
    }
    options_.onFrame = [this](const FrameSequence& sequence, Frame& frame) {
      frame.source = path_;
      if (listener_) listener_(sequence, frame);
    };
  }
  ~PackedReading() { --depth; }

  bool wantsMore() const { return count_ < kMostMembers && !options_.stop.stop_requested(); }

  void member(const std::string& name, const std::string& bytes) {
    if (bytes.empty() || fs::path(name).filename().string().starts_with('.')) return;
    ++count_;
    const MemoryFile file(bytes, name, path_);
    try {
      take(readMember_(file.path(), options_), file.path(), name);
    } catch (const IoError& error) {
      sentence(replaced(error.what(), file.path(), path_ + "/" + name));
    }
  }

  void sentence(const std::string& text) {
    if (result_.passedOver.size() < kMostSentences) result_.passedOver.push_back(text);
  }

  RadarFiles result() {
    if (!result_.sequences.empty() || options_.stop.stop_requested()) return std::move(result_);
    if (!result_.passedOver.empty()) throw IoError(result_.passedOver.front());
    throw IoError(path_ + ": no file is packed in it. Fetch it again.");
  }

private:
  void take(RadarFiles read, const std::string& from, const std::string& name) {
    for (const std::string& one : read.passedOver) sentence(replaced(one, from, path_ + "/" + name));
    for (FrameSequence& sequence : read.sequences) {
      for (Frame& frame : sequence.frames) frame.source = path_;
      result_.sequences.push_back(std::move(sequence));
    }
  }

  std::string path_;
  const MemberReading& readMember_;
  ReadOptions options_;
  std::function<void(const FrameSequence&, Frame&)> listener_;
  RadarFiles result_;
  int count_ = 0;
};

}  // namespace

bool isPacked(const std::string& path) {
  constexpr std::size_t kLookedAt = 512;
  const std::string stored = storedStart(path, kLookedAt);
  if (isTar(stored) || isZip(stored) || stored.starts_with("BZh")) return true;
  if (!isGzip(stored)) return false;
  const std::string inside = startOfFile(path, kLookedAt);
  return isTar(inside) || isFileFormat(inside);
}

RadarFiles readPacked(const std::string& path, const ReadOptions& options,
                      const MemberReading& readMember) {
  PackedReading reading(path, options, readMember);
  try {
    PackedArchive archive(path);
    while (reading.wantsMore()) {
      const auto member = archive.next();
      if (!member) break;
      reading.member(member->name, member->bytes);
    }
  } catch (const IoError& error) {  // what came before the damage is kept
    reading.sentence(error.what());
  }
  return reading.result();
}

bool liesInMemory(const std::string& path) { return namesOfMembers.contains(path); }

std::string fileNameOf(const std::string& path) {
  const auto known = namesOfMembers.find(path);
  const std::string& called = known == namesOfMembers.end() ? path : known->second;
  return called.substr(called.find_last_of('/') + 1);
}

}  // namespace stormloom
