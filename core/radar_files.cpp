#include "core/radar_files.h"

#include <glob.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "core/errors.h"
#include "core/formats/format_reader.h"
#include "core/scenario_file.h"

namespace stormloom {
namespace {

namespace fs = std::filesystem;

std::string startOfFile(const std::string& path) {
  std::array<char, 512> bytes{};
  std::ifstream file(path, std::ios::binary);
  if (!file) throw IoError(path + ": it cannot be opened. Check that you may read it.");
  file.read(bytes.data(), bytes.size());
  return {bytes.data(), std::size_t(file.gcount())};
}

bool beginsWith(const std::string& text, std::string_view start) {
  return text.compare(0, start.size(), start) == 0;
}

FileSequences readOwnResult(const std::string& path, const ReadOptions& options) {
  ResultFile result = readResultFile(path);
  if (result.context.frames.empty()) throw IoError(path + ": it holds no frames.");
  FileSequences sequences = {std::move(result.context)};
  for (ScenarioMember& member : result.members) {
    if (member.nSigma == member.nSigma) {
      char name[64];
      std::snprintf(name, sizeof name, "n = %g, member %d", member.nSigma, member.member);
      member.frames.event = name;
    }
    sequences.push_back(std::move(member.frames));
  }
  for (FrameSequence& sequence : sequences) {
    if (!options.onFrame) break;
    for (Frame& frame : sequence.frames) options.onFrame(sequence, frame);
  }
  return sequences;
}

RadarFiles readAs(FileSequences (*read)(const std::string&, const ReadOptions&),
                  const std::string& path, const ReadOptions& options) {
  return {.sequences = read(path, options), .passedOver = {}};
}

constexpr const char* kKnownFormats =
    "MRMS GRIB2, ODIM and KNMI HDF5, SEVIR HDF5 with CATALOG.csv and Stormloom's own NetCDF can be opened";

RadarFiles readHdf5(const std::string& path, const ReadOptions& options) {
  if (isOwnHdf5(path)) return readAs(readOwnResult, path, options);
  if (isSevirHdf5(path)) return readSevirHdf5(path, options);
  if (isKnmiHdf5(path)) return readAs(readKnmiHdf5, path, options);
  if (isOdimHdf5(path)) return readAs(readOdimHdf5, path, options);
  throw IoError(path + ": this HDF5 or NetCDF file has no layout of radar frames that is known (" +
                kKnownFormats + ").");
}

/// By content alone: services name their files as they like.
RadarFiles readOneFile(const std::string& path, const ReadOptions& options) {
  const std::string start = startOfFile(path);
  if (start.empty()) throw IoError(path + ": the file is empty. Fetch it again.");
  if (beginsWith(start, "GRIB")) return readAs(readMrmsGrib, path, options);
  if (beginsWith(start, "\x89HDF\r\n\x1a\n")) return readHdf5(path, options);
  if (isSevirCatalogue(path)) return readSevirCatalogue(path, options);
  if (beginsWith(start, "\x1f\x8b") && beginsWith(unzippedStart(path, 4), "GRIB")) {
    return readAs(readMrmsGrib, path, options);
  }
  throw IoError(path + ": no radar format is recognised in it (" + kKnownFormats + ").");
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

std::vector<std::string> filesOf(const std::string& path) {
  std::error_code unknown;
  if (fs::is_directory(path, unknown)) return filesOfFolder(path);
  if (fs::exists(path, unknown)) return {path};
  std::vector<std::string> files;
  if (path.find_first_of("*?[") != std::string::npos) files = filesOfGlob(path);
  if (files.empty()) {
    throw IoError(path + ": there is no such file or folder. Check the name.");
  }
  return files;
}

std::vector<std::string> allFiles(const std::vector<std::string>& paths) {
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

bool belongsTo(const FrameSequence& a, const FrameSequence& b) {
  return a.product == b.product && a.quantity == b.quantity && a.event == b.event &&
         a.provenance == b.provenance && a.geo == b.geo;
}

void join(std::vector<FrameSequence>& all, FrameSequence part) {
  const auto whole = std::ranges::find_if(
      all, [&](const FrameSequence& sequence) { return belongsTo(sequence, part); });
  if (whole == all.end()) {
    all.push_back(std::move(part));
    return;
  }
  std::ranges::move(part.frames, std::back_inserter(whole->frames));
}

/// Sorts by valid time; of frames with the same one the first that was read stays.
void sortFrames(FrameSequence& sequence, std::vector<std::string>& passedOver) {
  std::ranges::stable_sort(sequence.frames, {}, &Frame::validTime);
  std::vector<Frame> kept;
  for (Frame& frame : sequence.frames) {
    if (!kept.empty() && kept.back().validTime == frame.validTime) {
      passedOver.push_back(frame.source + ": it has the same valid time, " +
                           isoText(frame.validTime) + ", as " + kept.back().source +
                           ", which is used.");
      continue;
    }
    kept.push_back(std::move(frame));
  }
  sequence.frames = std::move(kept);
}

/// A new picture changes rain everywhere; where nine tenths of the wet cells kept their value to
/// the bit, the radars gave nothing new.
bool standsStill(const RadarGrid& before, const RadarGrid& now) {
  constexpr double kUnchanged = 0.9;
  std::size_t wet = 0;
  std::size_t same = 0;
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now.states()[i] != CellState::Measured || now.values()[i] == 0.0f) continue;
    ++wet;
    same += before.states()[i] == CellState::Measured && before.values()[i] == now.values()[i];
  }
  return wet > 0 && double(same) >= kUnchanged * double(wet);
}

void markStandingStill(FrameSequence& sequence) {
  if (sequence.provenance != Provenance::Observed) return;
  for (std::size_t k = 1; k < sequence.frames.size(); ++k) {
    const Frame& before = sequence.frames[k - 1];
    Frame& now = sequence.frames[k];
    if (before.grid && now.grid) now.standsStill = standsStill(*before.grid, *now.grid);
  }
}

[[noreturn]] void failForAll(const std::vector<std::string>& files,
                             const std::vector<std::string>& reasons) {
  if (reasons.size() == 1) throw IoError(reasons.front());
  throw IoError("None of " + std::to_string(files.size()) +
                " files can be used; the first: " + reasons.front());
}

/// Reads one file; a file that cannot be used costs a sentence, not the others.
void readInto(RadarFiles& result, const std::string& file, const ReadOptions& options) {
  try {
    RadarFiles one = readOneFile(file, options);
    for (FrameSequence& sequence : one.sequences) join(result.sequences, std::move(sequence));
    std::ranges::move(one.passedOver, std::back_inserter(result.passedOver));
  } catch (const IoError& error) {
    result.passedOver.emplace_back(error.what());
  } catch (const std::bad_alloc&) {
    result.passedOver.push_back(file + ": it needs more memory than there is.");
  }
}

}  // namespace

void requirePlace(const GeoReference& geo, const std::string& path) {
  LonLat middle;
  try {
    middle = geo.lonLatFromCell({0.5 * geo.width(), 0.5 * geo.height()});
  } catch (const IoError& error) {
    throw IoError(path + ": it cannot be placed on the map. " + error.what());
  }
  if (!std::isfinite(middle.lon) || !std::isfinite(middle.lat)) {
    throw IoError(path + ": its grid lies nowhere on the Earth. Fetch the file again.");
  }
}

RadarFiles readRadarFiles(const std::vector<std::string>& paths, const ReadOptions& options) {
  const std::vector<std::string> files = allFiles(paths);
  if (files.empty()) throw IoError("No file was named. Name radar files or a folder of them.");
  RadarFiles result;
  for (std::size_t k = 0; k < files.size() && !options.stop.stop_requested(); ++k) {
    readInto(result, files[k], options);
    if (options.progress) options.progress(int(k + 1), int(files.size()));
  }
  for (FrameSequence& sequence : result.sequences) {
    sortFrames(sequence, result.passedOver);
    markStandingStill(sequence);
  }
  std::erase_if(result.sequences, [](const FrameSequence& s) { return s.frames.empty(); });
  if (result.sequences.empty() && !options.stop.stop_requested()) {
    if (result.passedOver.empty())
      result.passedOver.push_back(files.front() + ": it holds no frames.");
    failForAll(files, result.passedOver);
  }
  return result;
}

}  // namespace stormloom
