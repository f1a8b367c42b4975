#include <algorithm>
#include <array>
#include <filesystem>
#include <map>

#include "app/cli/compare_files.h"
#include "app/cli/help.h"
#include "app/cli/inputs.h"
#include "app/cli/outputs.h"
#include "core/map_data.h"
#include "core/receipt_in_file.h"
#include "core/scratch_file.h"

namespace stormloom::cli {

namespace {

namespace fs = std::filesystem;

/// Makes files again, one receipt after the other.
class Rerun {
public:
  explicit Rerun(const Session& session) : session_(session) {
    const std::vector<std::string>& words = session.arguments.positionals();
    for (std::size_t i = 1; i < words.size(); ++i) collectCandidates(words[i]);
  }

  /// Path of what the receipt's option `output` has written this time.
  std::string make(const Receipt& receipt, const std::string& name) {
    // A receipt comes from a file of whoever: it may ask for nothing but what writes results.
    if (receipt.command == kWindowCommand)
      throw IoError(name +
                    ": it is a picture of a window, whose size and view of the map no command "
                    "knows. What it shows is made again by: " +
                    receipt.commandLine);
    constexpr std::array<std::string_view, 9> kMakers = {"attention", "demo",     "export",
                                                         "figure",    "forecast", "render",
                                                         "report",    "scenario", "verify"};
    if (std::find(kMakers.begin(), kMakers.end(), receipt.command) == kMakers.end())
      throw IoError(name + ": its receipt names no command that could make it again.");
    const fs::path folder = scratch_.path() / std::to_string(++made_);
    fs::create_directories(folder);
    InnerRun inner{.words = {receipt.command}, .commandLine = receipt.commandLine};
    const auto optionFiles = findInputs(receipt, name, inner);
    std::string output;
    appendOptions(receipt, folder, optionFiles, inner.words, output);
    if (output.empty()) throw IoError(name + ": its receipt does not say how it was written.");
    runInside(session_, inner, Console([](const Json&) {}));
    return output;
  }

private:
  void collectCandidates(const std::string& path) {
    std::error_code failure;
    if (!fs::exists(path, failure))
      throw IoError(path + ": nothing is there. Name the file or folder where the inputs lie now.");
    if (fs::is_regular_file(path, failure)) candidates_.push_back(path);
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path, failure))
      if (entry.is_regular_file(failure)) candidates_.push_back(entry.path().string());
  }

  bool hasHash(const std::string& file, const std::string& hash) {
    std::error_code failure;
    return fs::is_regular_file(file, failure) && session_.bench.hashOf(file) == hash;
  }

  /// Where an input with this content is now: at its old place, among the candidates, or made again
  /// from its own receipt. Empty when it is nowhere.
  std::string locate(const ReceiptInput& input) {
    if (hasHash(input.path, input.sha256)) return input.path;
    for (const std::string& candidate : candidates_)
      if (hasHash(candidate, input.sha256)) return fs::absolute(candidate).string();
    if (input.origin.isNull()) return {};
    try {
      const std::string again = make(Receipt::fromJson(input.origin), input.path);
      return hasHash(again, input.sha256) ? again : std::string();
    } catch (const StormloomError&) {
      return {};  // the file that was asked for is told of, with what it lacks
    }
  }

  /// Inputs become words of the command; files that options name are told by option.
  std::map<std::string, std::string> findInputs(const Receipt& receipt, const std::string& name,
                                                InnerRun& inner) {
    std::map<std::string, std::string> optionFiles;
    std::vector<std::string> gone;
    std::vector<std::string> changed;
    for (const ReceiptInput& input : receipt.inputs) {
      stopHere(session_);
      const std::string found = locate(input);
      if (found.empty()) {
        (fs::exists(input.path) ? changed : gone).push_back(input.path);
        continue;
      }
      if (input.option.empty())
        inner.words.push_back(found);
      else
        optionFiles[input.option] = found;
      inner.recordedPaths[fs::absolute(found).lexically_normal().string()] = input.path;
    }
    if (!gone.empty()) refuse(name, gone, receipt.inputs.size(), "gone");
    if (!changed.empty()) refuse(name, changed, receipt.inputs.size(), "not what they were");
    return optionFiles;
  }

  [[noreturn]] static void refuse(const std::string& name, const std::vector<std::string>& files,
                                  std::size_t all, const std::string& how) {
    std::string list;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, files.size()); ++i)
      list += (i ? ", " : "") + files[i];
    if (files.size() > 3) list += " and " + std::to_string(files.size() - 3) + " more";
    throw IoError(
        name + ": it cannot be made again, because " + std::to_string(files.size()) + " of " +
        std::to_string(all) + " inputs are " + how + ": " + list +
        ". If they lie elsewhere now, name that folder: stormloom-cli rerun FILE FOLDER.");
  }

  /// The receipt's options with outputs in `folder`; what was asked of this run counts more than
  /// the device and precision of then.
  void appendOptions(const Receipt& receipt, const fs::path& folder,
                     const std::map<std::string, std::string>& optionFiles,
                     std::vector<std::string>& words, std::string& output) const {
    const std::vector<Option> known = withCommonOptions(commandNamed(receipt.command).options);
    for (std::size_t i = 0; i < receipt.options.size(); ++i) {
      const std::string& name = receipt.options[i];
      const auto option = std::find_if(known.begin(), known.end(),
                                       [&](const Option& one) { return one.name == name; });
      if (option == known.end())
        throw IoError("This version of the program has no option " + name +
                      " any more, with which the file was made (by version " +
                      receipt.programVersion + ").");
      const bool hasValue = !option->value.empty() && i + 1 < receipt.options.size();
      std::string value = hasValue ? receipt.options[++i] : std::string();
      if (session_.arguments.has(name)) continue;
      if (option->output) value = (folder / fs::path(value).filename()).string();
      if (const auto file = optionFiles.find(name); file != optionFiles.end()) value = file->second;
      words.push_back(hasValue ? name + "=" + value : name);  // a value may look like an option
      if (name == receipt.output) output = value;
    }
    for (const char* name : {"--device", "--precision", "--threads"})
      if (session_.arguments.has(name)) {
        words.emplace_back(name);
        words.push_back(session_.arguments.text(name));
      }
  }

  const Session& session_;
  ScratchFolder scratch_;
  std::vector<std::string> candidates_;
  int made_ = 0;
};

/// Where a command wrote a folder, the file in it that FILE is.
std::string counterpart(const std::string& made, const std::string& file) {
  if (!fs::is_directory(made) || fs::is_directory(file)) return made;
  std::vector<std::string> inside;
  for (const fs::directory_entry& entry : fs::directory_iterator(made)) {
    if (entry.path().filename() == fs::path(file).filename()) return entry.path().string();
    inside.push_back(entry.path().string());
  }
  if (inside.size() != 1)
    throw IoError(file + ": among the files made again none has this name. Give it its old name.");
  return inside.front();
}

/// The file whose receipt lies beside it, where that receipt is named.
std::string describedBy(const std::string& file) {
  const std::string ending = sidecarPath("");
  std::error_code failure;
  if (!file.ends_with(ending)) return file;
  const std::string described = file.substr(0, file.size() - ending.size());
  return fs::exists(described, failure) ? described : file;
}

void say(const Session& session, const std::string& file, const Comparison& comparison) {
  const Console& console = session.console;
  console.resultJson(Json::object({{"file", file},
                                   {"identical", comparison.identical},
                                   {"same_content", comparison.sameContent},
                                   {"differences", comparison.differences}}));
  if (comparison.identical) return console.result(file + ": identical");
  console.result(file + (comparison.sameContent
                             ? ": every value is the same; only what it says of itself differs"
                             : ": differs"));
  for (const std::string& sentence : comparison.differences) console.result("  " + sentence);
}

ExitCode run(const Session& session) {
  const std::string file = describedBy(session.arguments.positionals().front());
  std::error_code failure;
  if (!fs::exists(file, failure)) throw IoError(file + ": there is no such file.");
  const auto receipt = receiptOf(file);
  if (!receipt)
    throw IoError(file + ": it carries no receipt of Stormloom, so nobody knows how it was made.");
  session.console.note("Made with: " + receipt->commandLine);
  if (receipt->programVersion != STORMLOOM_VERSION)
    session.console.warning("It was made with version " + receipt->programVersion +
                            "; this is version " STORMLOOM_VERSION ".");
  if (!receipt->mapSha256.empty() && receipt->mapSha256 != mapDataHash())
    session.console.warning(
        "Its map was drawn with other coast lines, borders or towns than this computer has.");
  Rerun rerun(session);
  const std::string again = counterpart(rerun.make(*receipt, file), file);
  const Comparison comparison = compareFiles(file, again);
  say(session, file, comparison);
  return comparison.sameContent ? ExitCode::Done : ExitCode::CaseFailed;
}

}  // namespace

Command rerunCommand() {
  return {"rerun",
          "FILE [FOLDER...]",
          "Makes a file again from its receipt and says whether it is identical.",
          "Every file that this program writes says how it was made. Inputs are found at their old "
          "places or, by their\ncontent, in the folders named; results that were inputs are made "
          "again themselves when they are gone. Exit code 1\nwhen the new file differs in a value "
          "or pixel; 3 when inputs are gone or changed.",
          {},
          {"rerun out/scenario.mp4", "rerun s.nc /archive/radar --json",
           "rerun made_on_a_gpu.nc --device cpu"},
          1,
          -1,
          run};
}

}  // namespace stormloom::cli
