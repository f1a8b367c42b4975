#include "app/cli/command_line.h"

#include <algorithm>
#include <new>

#include "app/cli/command.h"
#include "app/cli/help.h"
#include "app/cli/workbench.h"
#include "core/shell_words.h"

namespace stormloom::cli {

namespace {

using Words = std::vector<std::string>;

std::vector<Command> allCommands() {
  return {infoCommand(),   forecastCommand(), scenarioCommand(), attentionCommand(),
          renderCommand(), exportCommand(),   figureCommand(),   reportCommand(),
          verifyCommand(), batchCommand(),    rerunCommand(),    parityCommand(),
          trainCommand(),  skillCommand(),    modelsCommand(),   demoCommand(),
          benchCommand()};
}

/// True when one of `names` stands among the options; what follows "--" is no option.
bool hasWord(const Words& words, std::initializer_list<std::string_view> names) {
  const auto end = std::find(words.begin(), words.end(), "--");
  return std::find_first_of(words.begin(), end, names.begin(), names.end()) != end;
}

void checkPositionals(const Command& command, const Arguments& arguments) {
  const int given = int(arguments.positionals().size());
  if (given < command.minPositionals)
    throw UsageError("Something is missing. Usage: stormloom-cli " + command.name + " " +
                     command.usage);
  if (command.maxPositionals >= 0 && given > command.maxPositionals)
    throw UsageError("\"" + arguments.positionals()[std::size_t(command.maxPositionals)] +
                     "\" is too much. Usage: stormloom-cli " + command.name + " " + command.usage);
}

template <class MakeSession>
ExitCode runParsed(const Command& command, const Words& words, MakeSession makeSession) {
  const Arguments arguments = parseArguments(withCommonOptions(command.options), words);
  checkPositionals(command, arguments);
  return command.run(makeSession(arguments));
}

ExitCode runCommand(const Words& words, const Console& console, std::stop_token stop) {
  const std::vector<Command> all = allCommands();
  if (words.empty())
    throw UsageError(
        "Say what to do, for instance: stormloom-cli demo --out out. --help lists all.");
  const std::string& name = words.front();
  if (name == "--version") {
    console.result("stormloom-cli " STORMLOOM_VERSION);
    console.resultJson(
        Json::object({{"program", "stormloom-cli"}, {"version", STORMLOOM_VERSION}}));
    return ExitCode::Done;
  }
  if (name == "--help" || name == "-h" || (name == "help" && words.size() == 1)) {
    Console(false, false).result(programHelp(all));
    return ExitCode::Done;
  }
  const bool helpFirst = name == "help";
  const Command command = commandNamed(helpFirst ? words[1] : name);
  if (helpFirst || hasWord(words, {"--help", "-h"})) {
    Console(false, false).result(commandHelp(command));
    return ExitCode::Done;
  }
  Workbench bench;
  try {
    return runParsed(command, {words.begin() + 1, words.end()}, [&](const Arguments& arguments) {
      return Session{command, arguments, console, stop, "stormloom-cli " + quotedForShell(words),
                     bench};
    });
  } catch (...) {
    bench.removeEmptyFolders();
    throw;
  }
}

int failed(const Console& console, ExitCode code, const std::string& sentence) {
  console.error(sentence);
  console.resultJson(Json::object({{"error", sentence}}));
  return int(code);
}

}  // namespace

Command commandNamed(const std::string& name) {
  Words names;
  for (const Command& command : allCommands()) {
    if (command.name == name) return command;
    names.push_back(command.name);
  }
  const std::string meant = nearestWord(name, names);
  throw UsageError("There is no command " + name + "." +
                   (meant.empty() ? " stormloom-cli --help lists all."
                                  : " Did you mean " + meant + "? --help lists all."));
}

ExitCode runInside(const Session& outer, const InnerRun& inner, const Console& console) {
  const Command command = commandNamed(inner.words.at(0));
  return runParsed(
      command, {inner.words.begin() + 1, inner.words.end()}, [&](const Arguments& arguments) {
        return Session{command,     arguments,          console, outer.stop, inner.commandLine,
                       outer.bench, inner.recordedPaths};
      });
}

int runCommandLine(const std::vector<std::string>& words, std::stop_token stop) {
  const Console console(hasWord(words, {"--json"}), hasWord(words, {"-q", "--quiet"}));
  try {
    return int(runCommand(words, console, stop));
  } catch (const Cancelled&) {
    return failed(console, ExitCode::Cancelled, "Cancelled; nothing half-done was left behind.");
  } catch (const StormloomError& error) {
    return failed(console, error.exitCode(), error.what());
  } catch (const std::bad_alloc&) {
    return failed(console, ExitCode::DeviceOrMemory,
                  "The memory of this machine is not enough for this. Fewer members or a smaller "
                  "--size need less.");
  } catch (const std::exception& error) {
    return failed(console, ExitCode::DeviceOrMemory, error.what());
  }
}

}  // namespace stormloom::cli
