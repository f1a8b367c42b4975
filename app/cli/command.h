#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "app/cli/arguments.h"
#include "app/cli/console.h"
#include "core/errors.h"

namespace stormloom::cli {

/// What a running command has.
struct Session {
  const Arguments& arguments;
  const Console& console;
  std::stop_token stop;
  std::string commandLine;  ///< as it was typed, for results that say how they were made
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
Command demoCommand();
Command forecastCommand();
Command infoCommand();
Command modelsCommand();
Command parityCommand();
Command renderCommand();
Command scenarioCommand();
Command skillCommand();
Command trainCommand();

/// Thrown where work noticed that it was asked to stop.
struct Cancelled {};

/// Throws Cancelled when stopping was asked for.
inline void stopHere(const Session& session) {
  if (session.stop.stop_requested()) throw Cancelled();
}

}  // namespace stormloom::cli
