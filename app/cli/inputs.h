#pragma once

#include <functional>
#include <string>

#include "app/cli/command.h"
#include "core/model_grid.h"
#include "core/radar_files.h"
#include "core/scenario_file.h"
#include "models/nowcast_engine.h"

namespace stormloom::cli {

/// Reads PATH... with progress; what was passed over is said on stderr.
RadarFiles readInputs(const Session& session);

/// --watch, for commands that can be run again and again.
std::vector<Option> watchOptions();

/// Does a command's work on what is read from PATH..., or with --watch FOLDER each time when new
/// frames have come, until it is stopped; then too few frames yet, and the like, are said and
/// waited out.
ExitCode withInputs(const Session& session, const std::function<ExitCode(const RadarFiles&)>& work);

/// Options of every command that forecasts a context: --at, --box, --grid, --models.
std::vector<Option> contextOptions();

/// The context of the longest sequence that has one at --at and --box.
/// `grid` overrides --grid where it is not empty.
ModelContext contextFrom(const Session& session, const RadarFiles& files,
                         const std::string& grid = "");

/// The grid that weights of the person's own (--weights) were made for, unless one was asked for;
/// "": as --grid says.
std::string gridOfWeights(const Session& session);

EngineOptions engineOptionsFrom(const Session& session);

/// Runs a job of the engine with a progress line; Cancelled when it was stopped.
template <class Job>
auto withProgress(const Session& session, const std::string& what, Job job) {
  ProgressLine line(session.console, what);
  auto result = job([&](double share, const std::string& detail) { line.update(share, detail); });
  if (!result) throw Cancelled();
  return result;
}

/// Command line, input files with their SHA-256, box, times: what every result says of its origin.
Receipt receiptFor(const Session& session, const ModelContext& context);

/// Refuses a name that no file can get before minutes are spent on its content.
void checkOutput(const std::string& path, const std::string& ending);

}  // namespace stormloom::cli
