#include "core/radar_files.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <thread>

#include "core/decoder/decoder_process.h"
#include "core/errors.h"
#include "core/formats/format_reader.h"
#include "core/frame_gathering.h"
#include "core/radar_paths.h"

namespace stormloom {
namespace {

using Clock = std::chrono::steady_clock;

/// The gathering, which besides tells the options' listener now and then what there is so far.
class ToldGathering : public FrameGathering {
public:
  ToldGathering(const ReadOptions& options, std::size_t fileCount)
      : FrameGathering(options, fileCount), options_(options) {}

  void frame(std::size_t file, DecodedFrame frame) override {
    FrameGathering::frame(file, std::move(frame));
    constexpr std::chrono::milliseconds kPause(300);
    if (!options_.soFar || (told_ && Clock::now() - *told_ < kPause)) return;
    options_.soFar(soFar());
    told_ = Clock::now();
  }

private:
  const ReadOptions& options_;
  std::optional<Clock::time_point> told_;
};

/// Reads one file in this process; a file that cannot be used costs a sentence, not the others.
void readHere(const NumberedFile& file, const ReadOptions& options, DecodingListener& listener) {
  ReadOptions inner = options;
  if (!file.parts.empty()) inner.events = file.parts;
  inner.onFrame = [&](const FrameSequence& sequence, Frame& frame) {
    DecodedFrame decoded{.sequence = sequence, .print = {}, .reduction = 1};
    if (frame.grid) decoded.print = printOf(*frame.grid);
    decoded.sequence.frames = {std::move(frame)};
    frame = Frame{};
    listener.frame(file.number, std::move(decoded));
  };
  try {
    for (const std::string& sentence : readOneFile(file.path, inner).passedOver)
      listener.passedOver(file.number, sentence);
  } catch (const IoError& error) {
    listener.passedOver(file.number, error.what());
  } catch (const std::bad_alloc&) {
    listener.passedOver(file.number, file.path + ": it needs more memory than there is.");
  }
  listener.done(file.number);
}

int processCount(const ReadOptions& options) {
  if (options.processes > 0) return options.processes;
  return int(std::clamp(std::thread::hardware_concurrency(), 1u, 8u));
}

/// The newest picture first: it is what people want to see while the rest arrives.
std::vector<NumberedFile> lastFirst(const std::vector<std::string>& paths) {
  std::vector<NumberedFile> files = {{paths.size() - 1, paths.back()}};
  for (std::size_t k = 0; k + 1 < paths.size(); ++k) files.push_back({k, paths[k]});
  return files;
}

/// What is named behind "#" holds for the files of that path alone.
void takeParts(const std::vector<std::string>& paths, std::vector<NumberedFile>& files) {
  for (const std::string& path : paths) {
    const std::string part = eventOfPath(path);
    if (part.empty()) continue;
    for (const std::string& file : radarFilesIn({path}).radar) {
      const auto found = std::ranges::find(files, file, &NumberedFile::path);
      if (found != files.end()) found->parts.push_back(part);
    }
  }
}

[[noreturn]] void failForAll(const std::vector<std::string>& files,
                             const std::vector<std::string>& reasons) {
  if (reasons.size() == 1) throw IoError(reasons.front());
  throw IoError("None of " + std::to_string(files.size()) +
                " files can be used; the first: " + reasons.front());
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

void readInto(const std::vector<NumberedFile>& files, const ReadOptions& options,
              DecodingListener& listener) {
  const std::filesystem::path decoder = options.inThisProcess ? "none" : requireDecoderProgram();
  if (decoder != "none") {
    decodeIsolated(files,
                   {.program = decoder,
                    .processes = processCount(options),
                    .framesToo = options.framesToo,
                    .events = options.events,
                    .stop = options.stop},
                   listener);
    return;
  }
  for (const NumberedFile& file : files) {
    if (options.stop.stop_requested()) return;
    readHere(file, options, listener);
  }
}

RadarFiles readRadarFiles(const std::vector<std::string>& paths, const ReadOptions& options) {
  const FoundFiles found = radarFilesIn(paths);
  const std::vector<std::string>& files = found.radar;
  if (files.empty()) throw IoError("No file was named. Name radar files or a folder of them.");
  ToldGathering gathering(options, files.size());
  std::vector<NumberedFile> numbered = lastFirst(files);
  takeParts(paths, numbered);
  readInto(numbered, options, gathering);
  RadarFiles result = gathering.soFar();
  result.leftAside = found.leftAside;
  if (result.sequences.empty() && !options.stop.stop_requested()) {
    if (result.passedOver.empty())
      result.passedOver.push_back(files.front() + ": it holds no frames.");
    failForAll(files, result.passedOver);
  }
  return result;
}

std::optional<std::size_t> mainSequence(const RadarFiles& files) {
  std::optional<std::size_t> best;
  for (std::size_t k = 0; k < files.sequences.size(); ++k) {
    const FrameSequence& one = files.sequences[k];
    if (!isOfThePast(one)) continue;
    if (!best || one.frames.size() > files.sequences[*best].frames.size()) best = k;
  }
  return best;
}

}  // namespace stormloom
