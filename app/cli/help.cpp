#include "app/cli/help.h"

#include <algorithm>

namespace stormloom::cli {

namespace {

const std::vector<Option>& commonOptions() {
  static const std::vector<Option> options = {
      {"--json", "", "Print the result as JSON on stdout; messages go to stderr.", ""},
      {"--device", "NAME", "auto, cpu, cuda, cuda:K, or several with commas.", "auto"},
      {"--precision", "NAME", "fp32, tf32, bf16 or fp16.", "fp32"},
      {"--threads", "N", "Threads on the CPU; 0: one for each core.", "0"},
      {"--quiet", "", "No notes and no progress.", "", "-q"},
      {"--help", "", "This text.", "", "-h"}};
  return options;
}

std::string optionTable(const std::vector<Option>& options) {
  TextTable table({"", ""});
  for (const Option& option : options) {
    const std::string names = (option.shortName.empty() ? "" : option.shortName + ", ") +
                              option.name + (option.value.empty() ? "" : " " + option.value);
    const bool sayFallback = !option.fallback.empty();
    table.add({names, option.help + (sayFallback ? " [" + option.fallback + "]" : "")});
  }
  const std::string text = table.text();
  return text.substr(text.find('\n') + 1);
}

}  // namespace

std::vector<Option> withCommonOptions(const std::vector<Option>& own) {
  std::vector<Option> all = own;
  if (std::any_of(own.begin(), own.end(), [](const Option& option) { return option.output; }))
    all.push_back({"--overwrite", "", "Replace files that are already there without asking.", ""});
  for (const Option& option : commonOptions()) all.push_back(option);
  return all;
}

std::string programHelp(const std::vector<Command>& all) {
  const Console console(false, false);
  std::string text =
      console.strong("stormloom-cli") +
      " " STORMLOOM_VERSION
      "\nRadar nowcasts, and what if a storm becomes weaker or stronger than expected.\n\n";
  TextTable table({"", ""});
  for (const Command& command : all) table.add({command.name, command.summary});
  const std::string rows = table.text();
  text += console.strong("Commands") + rows.substr(rows.find('\n'));
  text += "\n" + console.strong("For a start") + R"(
  stormloom-cli demo --out out
  stormloom-cli scenario out/demo.nc --n -4,-2,0,2,4 --out out/scenario.nc --animate out/scenario.mp4
  stormloom-cli info /data/radar

)";
  text += console.strong("Common options") + "\n" + optionTable(commonOptions());
  text += R"(
PATH is a file, a folder or a quoted glob. "stormloom-cli COMMAND --help" says more of one command.
Exit codes: 0 done, 1 a parity case failed or a rerun differs, 2 wrong usage, 3 unreadable or unfit data, 4 unfit weights,
5 device or memory, 130 cancelled. NO_COLOR switches colours off.
)";
  return text;
}

std::string commandHelp(const Command& command) {
  const Console console(false, false);
  std::string text = "Usage: " + console.strong("stormloom-cli " + command.name) + " " +
                     command.usage + "\n\n" + command.summary + "\n";
  if (!command.details.empty()) text += command.details + "\n";
  if (!command.options.empty())
    text += "\n" + console.strong("Options") + "\n" + optionTable(command.options);
  text += "\n" + console.strong("Common options") + "\n" + optionTable(commonOptions());
  text += "\n" + console.strong("Examples") + "\n";
  for (const std::string& example : command.examples) text += "  stormloom-cli " + example + "\n";
  return text;
}

}  // namespace stormloom::cli
