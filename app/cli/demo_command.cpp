#include <filesystem>

#include "app/cli/inputs.h"
#include "app/cli/outputs.h"
#include "core/scenario_file.h"
#include "core/synthetic_event.h"

namespace stormloom::cli {

namespace {

namespace fs = std::filesystem;

std::string demoFile(const std::string& out) {
  if (fs::path(out).extension() == ".nc") return out;
  return (fs::path(out) / "demo.nc").string();
}

ExitCode run(const Session& session) {
  SyntheticEventOptions options;
  if (session.arguments.has("--seed")) options.seed = session.arguments.seed("--seed");
  const std::string file = demoFile(session.arguments.required("--out"));
  checkOutput(session, file);
  const FrameSequence event = syntheticEvent(options);
  stopHere(session);
  Receipt receipt = receiptFor(session, "--out", std::vector<std::string>());
  receipt.seed = options.seed;
  receipt.box = event.geo.bounds();
  receipt.firstTime = isoText(event.frames.front().validTime);
  writeSequenceFile(file, event, receipt);
  session.console.result(file);
  session.console.resultJson(Json::object({{"files", Json::array().push(file)},
                                           {"frames", event.frames.size()},
                                           {"step_minutes", stepMinutes(event)},
                                           {"synthetic", true}}));
  return ExitCode::Done;
}

}  // namespace

Command demoCommand() {
  return {"demo",
          "--out DIR",
          "Writes the built-in synthetic event as CF NetCDF.",
          "No data at hand? This event moves, grows, splits and decays like a summer evening's "
          "storms.\nIt is made up from a seed and says so wherever it is shown.",
          {{"--out", "DIR", "Folder for demo.nc, or the file itself when it ends in .nc.", "", "",
            true},
           {"--seed", "S", "Another event; without it always the same one.", ""}},
          {"demo --out out", "demo --seed 7 --out out/seven.nc"},
          0,
          0,
          run};
}

}  // namespace stormloom::cli
