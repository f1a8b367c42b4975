#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "app/cli/arguments.h"
#include "app/cli/console.h"
#include "core/errors.h"

namespace stormloom::cli {

class Workbench;
struct Command;

/// What a running command has.
struct Session {
  const Command& command;
  const Arguments& arguments;
  const Console& console;
  std::stop_token stop;
  std::string commandLine;  ///< as it was typed, for results that say how they were made
  Workbench& bench;         ///< engine and files, kept from one command to the next
  /// Where receipts shall say that an input lies; for files that have moved since.
  std::map<std::string, std::string> recordedPaths = {};
};

/// One row of the table of commands.
struct Command {
  std::string name;
  std::string usage;    ///< what follows the name: "PATH... --out FILE.nc"
  std::string summary;  ///< one line
  std::string details;  ///< more, for its own help
  std::vector<Option> options;
  std::vector<std::string> examples;
  int minPositionals = 0;
  int maxPositionals = 0;  ///< -1: any number
  ExitCode (*run)(const Session& session) = nullptr;
};

Command attentionCommand();
Command batchCommand();
Command benchCommand();
Command demoCommand();
Command exportCommand();
Command figureCommand();
Command forecastCommand();
Command infoCommand();
Command modelsCommand();
Command parityCommand();
Command renderCommand();
Command reportCommand();
Command rerunCommand();
Command scenarioCommand();
Command skillCommand();
Command trainCommand();
Command verifyCommand();

/// Thrown where work noticed that it was asked to stop.
struct Cancelled {};

/// Throws Cancelled when stopping was asked for.
inline void stopHere(const Session& session) {
  if (session.stop.stop_requested()) throw Cancelled();
}

/// The command of that name; UsageError with a suggestion where there is none.
Command commandNamed(const std::string& name);

/// A command run by another one: `words` begin with its name, results go to `console`.
struct InnerRun {
  std::vector<std::string> words;
  std::string commandLine;
  std::map<std::string, std::string> recordedPaths = {};
};
ExitCode runInside(const Session& outer, const InnerRun& inner, const Console& console);

}  // namespace stormloom::cli
