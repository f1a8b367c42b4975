#include "app/cli/inputs.h"

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <set>

#include "core/frame_picking.h"
#include "core/live_folder.h"
#include "core/sha256.h"
#include "models/frame_interpolation.h"
#include "models/weights_check.h"

namespace stormloom::cli {

namespace {

namespace fs = std::filesystem;

/// The files that were really used; a source may name a dataset behind the file's path.
std::set<std::string> usedFiles(const Session& session, const ModelContext& context) {
  std::set<std::string> files;
  std::error_code ignored;
  for (const Frame& frame : context.frames.frames)
    for (const std::string& source : sourceFiles(frame))
      if (fs::is_regular_file(source, ignored)) files.insert(source);
  if (files.empty())
    for (const std::string& path : session.arguments.positionals())
      if (fs::is_regular_file(path, ignored)) files.insert(path);
  return files;
}

/// Times of the frames that were computed between two observed ones; "none".
std::string computedTimes(const ModelContext& context) {
  std::string times;
  for (const Frame& frame : context.frames.frames)
    if (isComputed(frame)) times += (times.empty() ? "" : " ") + isoText(frame.validTime);
  return times.empty() ? "none" : times;
}

std::string boxText(const LonLatBox& box) {
  char text[128];
  std::snprintf(text, sizeof text, "%.4f,%.4f,%.4f,%.4f", box.west, box.south, box.east, box.north);
  return text;
}

void waitOrStop(std::stop_token stop, std::chrono::milliseconds time) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait_for(lock, stop, time, [] { return false; });
}

}  // namespace

RadarFiles readInputs(const Session& session) {
  ProgressLine line(session.console, "Reading");
  ReadOptions options;
  options.stop = session.stop;
  options.progress = [&](int done, int total) { line.update(double(done) / total); };
  RadarFiles files = readRadarFiles(session.arguments.positionals(), options);
  stopHere(session);
  for (const std::string& sentence : files.passedOver) session.console.warning(sentence);
  return files;
}

std::vector<Option> watchOptions() {
  return {{"--watch", "FOLDER",
           "Instead of PATH: wait for new files in FOLDER, and do it again for each new run time.",
           ""}};
}

ExitCode withInputs(const Session& session,
                    const std::function<ExitCode(const RadarFiles&)>& work) {
  const std::string folder = session.arguments.text("--watch");
  if (folder.empty()) {
    if (session.arguments.positionals().empty())
      throw UsageError("Name radar files or a folder of them, or one to --watch.");
    return work(readInputs(session));
  }
  ReadOptions options;
  options.stop = session.stop;
  LiveFolder live(folder, options);
  session.console.note("Watching " + folder + "; Ctrl+C ends it.");
  while (!session.stop.stop_requested()) {
    const bool news = live.update();
    for (const std::string& sentence : live.takeSentences()) session.console.warning(sentence);
    try {
      if (news) work(live.files());
    } catch (const IoError& error) {
      session.console.warning(error.what());
    }
    waitOrStop(session.stop, std::chrono::seconds(1));
  }
  return ExitCode::Cancelled;
}

std::vector<Option> contextOptions() {
  return {
      {"--at", "TIME", "Run time in UTC, 2019-06-10T00:24:00Z; without it the latest frame.", ""},
      {"--box", "LON,LAT", "Middle of the box; auto: where it rains most.", "auto"},
      {"--grid", "NAME", "sevir-lr (384 km, 3 km cells) or sevir (1 km cells).", "sevir-lr"},
      {"--interpolate", "",
       "Compute frames that were not observed at the model's own times along the motion.", ""}};
}

ModelContext contextFrom(const Session& session, const RadarFiles& files, const std::string& grid) {
  const Arguments& arguments = session.arguments;
  const std::string asked = arguments.choice("--grid", {"sevir-lr", "sevir"});
  const bool coarse = (grid.empty() ? asked : grid) == "sevir-lr";
  const ContextRequest request{coarse ? sevirLrGrid() : sevirGrid(), arguments.position("--box"),
                               arguments.time("--at"), std::nullopt};
  const FrameBetween between = arguments.has("--interpolate") ? frameAlongMotion : FrameBetween();
  std::vector<const FrameSequence*> candidates;
  for (const FrameSequence& sequence : files.sequences)
    if (sequence.provenance == Provenance::Observed || sequence.provenance == Provenance::Synthetic)
      candidates.push_back(&sequence);
  if (candidates.empty())
    throw IoError("There are no observed frames in these files; a forecast needs some.");
  std::stable_sort(candidates.begin(), candidates.end(), [](const auto* a, const auto* b) {
    return a->frames.size() > b->frames.size();
  });
  ModelContext context = cutContextBetween(*candidates.front(), request, between);
  if (candidates.size() > 1)
    session.console.note("Of " + std::to_string(candidates.size()) + " sequences, " +
                         candidates.front()->product + " " + candidates.front()->event +
                         " is used. Name fewer files to choose another.");
  if (!context.note.empty()) session.console.warning(context.note);
  return context;
}

std::string gridOfWeights(const Session& session) {
  const std::string weights = session.arguments.text("--weights");
  if (weights.empty() || session.arguments.has("--grid")) return "";
  const WeightsReport report = checkWeights(weights);
  return report.input.size() == 4 && report.input[1] == sevirGrid().size ? "sevir" : "";
}

EngineOptions engineOptionsFrom(const Session& session) {
  EngineOptions options;
  options.device = session.arguments.text("--device");
  options.precision = session.arguments.choice("--precision", {"fp32", "tf32", "bf16"});
  options.threads = session.arguments.integer("--threads", 0, 4096);
  return options;
}

Receipt receiptFor(const Session& session, const ModelContext& context) {
  std::string files;
  for (const std::string& file : usedFiles(session, context))
    files += (files.empty() ? "" : "\n") + sha256OfFile(file) + "  " + file;
  return {{"command_line", session.commandLine},
          {"program_version", STORMLOOM_VERSION},
          {"input_files_sha256", files},
          {"box_west_south_east_north", boxText(context.frames.geo.bounds())},
          {"run_time", isoText(context.runTime)},
          {"first_context_time", isoText(context.frames.frames.front().validTime)},
          {"interpolated_context_times", computedTimes(context)},
          {"context_id", context.hash},
          {"requested_precision", session.arguments.text("--precision")}};
}

void checkOutput(const std::string& path, const std::string& ending) {
  const fs::path file(path);
  if (file.extension() != ending)
    throw UsageError("--out needs a name that ends in " + ending + ", not \"" + path + "\".");
  const fs::path folder = file.has_parent_path() ? file.parent_path() : ".";
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (!fs::is_directory(folder))
    throw IoError(folder.string() + ": the folder for the result cannot be made. Choose another.");
}

}  // namespace stormloom::cli
