#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/cli/command.h"
#include "app/cli/workbench.h"
#include "core/model_grid.h"
#include "core/receipt.h"
#include "core/scenario_file.h"

namespace stormloom::cli {

/// Reads PATH... with progress; what was passed over is said on stderr.
std::shared_ptr<const RadarFiles> readInputs(const Session& session);

/// The sequence with the most frames of those that were observed or made up, not computed; says on
/// stderr when others were passed over. Throws IoError when there is none.
const FrameSequence& longestObserved(const Session& session, const RadarFiles& files);

/// --watch, for commands that can be run again and again.
std::vector<Option> watchOptions();

/// Does a command's work on what is read from PATH..., or with --watch FOLDER each time when new
/// frames have come, until it is stopped; then too few frames yet, and the like, are said and
/// waited out.
ExitCode withInputs(const Session& session, const std::function<ExitCode(const RadarFiles&)>& work);

/// Options of every command that forecasts a context: --at, --box, --grid, --models.
std::vector<Option> contextOptions();

/// A context, and the files that it depends on.
struct CutInput {
  std::shared_ptr<const ModelContext> context;
  std::vector<std::string> files;
};
/// Of the longest sequence in `files`, at --at and --box. `grid` overrides --grid where it is not
/// empty.
CutInput cutInput(const Session& session, const RadarFiles& files, const std::string& grid = "");
/// Of one sequence, as `request` says.
CutInput cutInput(const Session& session, const FrameSequence& sequence,
                  const ContextRequest& request, bool interpolate);

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

/// The files that frames were read from, each once.
std::vector<std::string> sourceFiles(const FrameSequence& sequence);

/// Command, options and input files with their hashes and own receipts: what every result says of
/// its origin. `output` is the option that names the file.
Receipt receiptFor(const Session& session, const std::string& output,
                   const std::vector<std::string>& files);
/// With the place and time of a context, too.
Receipt receiptFor(const Session& session, const std::string& output, const CutInput& input);
/// Of something made from a result file: what is known of the result is known of it.
Receipt receiptOfDerived(const Session& session, const std::string& output,
                         const std::string& resultFile);

}  // namespace stormloom::cli
