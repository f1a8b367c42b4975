#include "app/cli/inputs.h"

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "app/cli/help.h"
#include "core/frame_picking.h"
#include "core/live_folder.h"
#include "core/map_data.h"
#include "core/receipt_in_file.h"
#include "models/frame_interpolation.h"
#include "models/weights_check.h"

namespace stormloom::cli {

namespace {

namespace fs = std::filesystem;

/// A source may name a dataset behind the file's path: "file.h5#S856".
std::string fileOfSource(const std::string& source) {
  std::error_code ignored;
  if (fs::is_regular_file(source, ignored)) return source;
  const std::string file = source.substr(0, source.rfind('#'));
  return fs::is_regular_file(file, ignored) ? file : std::string();
}

/// A damaged receipt of an input is no reason not to use the input.
Json originOf(const std::string& file) {
  try {
    const auto receipt = receiptOf(file);
    return receipt ? receipt->toJson() : Json();
  } catch (const StormloomError&) {
    return {};
  }
}

/// Where a receipt shall say that a file lies.
std::string recordedPath(const Session& session, const std::string& file) {
  const std::string absolute = fs::absolute(file).lexically_normal().string();
  const auto recorded = session.recordedPaths.find(absolute);
  return recorded == session.recordedPaths.end() ? absolute : recorded->second;
}

ReceiptInput inputFrom(const Session& session, const std::string& file) {
  const std::string absolute = fs::absolute(file).lexically_normal().string();
  return {recordedPath(session, file), session.bench.hashOf(absolute), originOf(absolute)};
}

/// Files that options name: a logo, weights of the person's own.
void addOptionFiles(const Session& session, Receipt& receipt) {
  for (const Option& option : session.command.options) {
    const bool names = option.value == "FILE" && !option.output;
    if (!names || !session.arguments.has(option.name)) continue;
    const std::string file = session.arguments.text(option.name);
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored)) continue;  // told of by who reads it
    const std::string path = recordedPath(session, file);
    receipt.inputs.push_back({path, session.bench.hashOf(file), {}, option.name});
    const auto at = std::ranges::find(receipt.options, option.name);
    if (at != receipt.options.end()) *(at + 1) = path;
  }
}

void waitOrStop(std::stop_token stop, std::chrono::milliseconds time) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait_for(lock, stop, time, [] { return false; });
}

}  // namespace

std::shared_ptr<const RadarFiles> readInputs(const Session& session) {
  const auto read = [&] {
    ProgressLine line(session.console, "Reading");
    ReadOptions options;
    options.stop = session.stop;
    options.progress = [&](int done, int total) { line.update(double(done) / total); };
    RadarFiles files = readRadarFiles(session.arguments.positionals(), options);
    stopHere(session);
    for (const std::string& sentence : files.passedOver) session.console.warning(sentence);
    if (files.leftAside > 0)
      session.console.note("Left aside as no data by their names: " +
                           std::to_string(files.leftAside) +
                           (files.leftAside == 1 ? " file." : " files."));
    const bool averaged = std::ranges::any_of(files.sequences, [](const auto& one) { return one.reduction > 1; });
    if (averaged)
      session.console.note("Frames are kept as averages of several cells, within " +
                           std::to_string(files.memoryBudget >> 20) +
                           " MB (STORMLOOM_FRAMES_MB); the models' box is read at full resolution.");
    return files;
  };
  return session.bench.files(session.arguments.positionals(), read);
}

const FrameSequence& longestObserved(const Session& session, const RadarFiles& files) {
  const auto main = mainSequence(files);
  if (!main) throw IoError("There are no observed frames in these files; they are needed here.");
  const FrameSequence& longest = files.sequences[*main];
  const auto candidates = std::ranges::count_if(files.sequences, isOfThePast);
  if (candidates > 1)
    session.console.note("Of " + std::to_string(candidates) + " sequences, " + longest.product +
                         " " + longest.event + " is used. Name fewer files to choose another.");
  return longest;
}

std::vector<Option> watchOptions() {
  return {{"--watch", "FOLDER",
           "Instead of PATH: wait for new files in FOLDER, and do it again for each new run time.",
           ""}};
}

namespace {

ValidTime newestTime(const RadarFiles& files) {
  ValidTime newest{};
  for (const FrameSequence& sequence : files.sequences)
    if (sequence.provenance == Provenance::Observed && !sequence.frames.empty())
      newest = std::max(newest, sequence.frames.back().validTime);
  return newest;
}

}  // namespace

ExitCode withInputs(const Session& session,
                    const std::function<ExitCode(const RadarFiles&)>& work) {
  const std::string folder = session.arguments.text("--watch");
  if (folder.empty()) {
    if (session.arguments.positionals().empty())
      throw UsageError("Name radar files or a folder of them, or one to --watch.");
    return work(*readInputs(session));
  }
  ReadOptions options;
  options.stop = session.stop;
  LiveFolder live(folder, options);
  session.console.note("Watching " + folder + "; Ctrl+C ends it.");
  ValidTime done{};  // the newest time that was worked on: what is older brings no new run
  while (!session.stop.stop_requested()) {
    bool news = live.update();
    if (news && done != ValidTime{}) news = newestTime(live.files()) > done;
    for (const std::string& sentence : live.takeSentences()) session.console.warning(sentence);
    try {
      if (news) work(live.files());
      if (news) done = newestTime(live.files());
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
      {"--models", "FOLDER",
       "Models to use instead of the shipped ones; \"models adopt\" makes one.", ""},

      {"--interpolate", "",
       "Compute frames that were not observed at the model's own times along the motion.", ""}};
}

CutInput cutInput(const Session& session, const RadarFiles& files, const std::string& grid) {
  const Arguments& arguments = session.arguments;
  const std::string asked = arguments.choice("--grid", {"sevir-lr", "sevir"});
  const bool coarse = (grid.empty() ? asked : grid) == "sevir-lr";
  const ContextRequest request{coarse ? sevirLrGrid() : sevirGrid(), arguments.position("--box"),
                               arguments.time("--at"), std::nullopt};
  return cutInput(session, longestObserved(session, files), request,
                  arguments.has("--interpolate"));
}

CutInput cutInput(const Session& session, const FrameSequence& sequence,
                  const ContextRequest& request, bool interpolate) {
  const FrameBetween between = interpolate ? frameAlongMotion : FrameBetween();
  auto context =
      std::make_shared<const ModelContext>(cutContextBetween(sequence, request, between));
  if (!context->note.empty()) session.console.warning(context->note);
  return {context, sourceFiles(sequence)};
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
  options.precision = session.arguments.choice("--precision", {"fp32", "tf32", "bf16", "fp16"});
  options.threads = session.arguments.integer("--threads", 0, 4096);
  options.modelFolder = session.arguments.text("--models");
  return options;
}

std::vector<std::string> sourceFiles(const FrameSequence& sequence) {
  std::vector<std::string> files;
  for (const Frame& frame : sequence.frames)
    if (const std::string file = fileOfSource(frame.source);
        !file.empty() && std::find(files.begin(), files.end(), file) == files.end())
      files.push_back(file);
  return files;
}

Receipt receiptFor(const Session& session, const std::string& output,
                   const std::vector<std::string>& files) {
  Receipt receipt;
  receipt.commandLine = session.commandLine;
  receipt.command = session.command.name;
  receipt.options = session.arguments.recordedOptions(withCommonOptions(session.command.options));
  receipt.output = output;
  if (drawsMaps(receipt.command)) receipt.mapSha256 = mapDataHash();
  for (const std::string& file : files) receipt.inputs.push_back(inputFrom(session, file));
  addOptionFiles(session, receipt);
  return receipt;
}

Receipt receiptFor(const Session& session, const std::string& output, const CutInput& input) {
  Receipt receipt = receiptFor(session, output, input.files);
  receipt.box = input.context->frames.geo.bounds();
  receipt.firstTime = isoText(input.context->frames.frames.front().validTime);
  receipt.runTime = isoText(input.context->runTime);
  receipt.contextId = input.context->hash;
  receipt.precision = session.arguments.text("--precision");
  return receipt;
}

Receipt receiptOfDerived(const Session& session, const std::string& output,
                         const std::string& resultFile) {
  const Receipt own = receiptFor(session, output, std::vector<std::string>{resultFile});
  const Json& origin = own.inputs.front().origin;
  Receipt receipt = origin.isNull() ? Receipt() : Receipt::fromJson(origin);
  receipt.programVersion = own.programVersion;
  receipt.commandLine = own.commandLine;
  receipt.command = own.command;
  receipt.options = own.options;
  receipt.output = own.output;
  receipt.mapSha256 = own.mapSha256;
  receipt.inputs = own.inputs;
  return receipt;
}

}  // namespace stormloom::cli
