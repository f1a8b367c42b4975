#include <sys/resource.h>

#include <algorithm>
#include <chrono>

#include "app/cli/command.h"
#include "models/parity.h"

namespace stormloom::cli {

namespace {

Json jsonFromResult(const ParityResult& result) {
  Json json = Json::object({{"group", result.group},
                            {"name", result.name},
                            {"kind", result.kind},
                            {"output", result.output},
                            {"max_abs_error", result.maxAbsError},
                            {"atol", result.allowed},
                            {"passed", result.passed},
                            {"seconds", result.seconds}});
  if (result.skipped) json.set("skipped", true);
  if (!result.note.empty()) json.set("note", result.note);
  return json;
}

/// What the figures were allowed to be, for the head of the report.
std::string judgedBy(const ParityOptions& options) {
  if (options.precision == "bf16" || options.precision == "fp16")
    return options.precision +
           ": products are rounded to 16 bits; allowed is 2e-2 of each output's largest magnitude";
  if (options.precision == "fused")
    return "fused: by the own kernels of this processor, in fp32; allowed is each case's "
           "own "
           "tolerance";
  return "fp32 without TF32: allowed is each case's own tolerance";
}

std::string scientific(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1e", value);
  return text;
}

std::string lineOf(const ParityResult& result) {
  const char* verdict = result.skipped ? "skipped" : result.passed ? "agrees " : "DIFFERS";
  std::string line = std::string(verdict) + "  " + result.group + "/" + result.name;
  if (!result.kind.empty() && result.kind != result.group) line += "  [" + result.kind + "]";
  if (!result.skipped)
    line += "  " + result.output + "  error " + scientific(result.maxAbsError) + ", allowed " +
            scientific(result.allowed);
  return line + (result.note.empty() ? "" : "  (" + result.note + ")");
}

ParityOptions optionsFrom(const Arguments& arguments) {
  ParityOptions options;
  options.reference = arguments.required("--reference");
  options.filter = arguments.text("--filter");
  options.precision = arguments.choice("--precision", {"fp32", "bf16", "fp16", "fused"});
  if (arguments.text("--device") != "auto") options.device = arguments.text("--device");
  return options;
}

/// A case that wants more memory than any published network gets none, and a row that says so.
void limitMemory() {
  constexpr rlim_t kMost = rlim_t(8) << 30;
  rlimit limit{};
  if (getrlimit(RLIMIT_DATA, &limit) != 0) return;
  limit.rlim_cur = std::min(limit.rlim_max, kMost);
  setrlimit(RLIMIT_DATA, &limit);
}

ExitCode run(const Session& session) {
  int passed = 0;
  int failed = 0;
  int skipped = 0;
  Json cases = Json::array();
  const ParityOptions options = optionsFrom(session.arguments);
  if (options.device.rfind("cuda", 0) != 0) limitMemory();
  const auto start = std::chrono::steady_clock::now();
  session.console.note(judgedBy(options));
  runParity(options, [&](const ParityResult& result) {
    stopHere(session);
    (result.skipped ? skipped : result.passed ? passed : failed)++;
    cases.push(jsonFromResult(result));
    if (!session.console.quiet() || (!result.passed && !result.skipped))
      session.console.result(lineOf(result));
  });
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  session.console.resultJson(Json::object({{"cases", cases},
                                           {"passed", passed},
                                           {"failed", failed},
                                           {"skipped", skipped},
                                           {"device", options.device},
                                           {"precision", options.precision},
                                           {"judged_by", judgedBy(options)},
                                           {"seconds", taken.count()}}));
  session.console.result(std::to_string(passed) + " agree, " + std::to_string(failed) +
                         " differ, " + std::to_string(skipped) + " skipped, in " +
                         decimals(taken.count(), 0) + " s (" + judgedBy(options) + ")");
  if (passed + failed == 0)
    throw IoError(options.reference +
                  ": nothing was compared, for none of its cases is of a kind that this version knows. "
                  "Choose another folder.");
  return failed ? ExitCode::CaseFailed : ExitCode::Done;
}

}  // namespace

Command parityCommand() {
  return {"parity",
          "--reference DIR",
          "Compares this build with saved outputs of the official networks.",
          "Every case of a golden folder is computed again; exit code 1 when one differs by more "
          "than its tolerance.",
          {{"--reference", "DIR", "Golden folder: *.json with weights, inputs and outputs.", ""},
           {"--filter", "TEXT", "Only cases whose group/name contains this.", ""}},
          {"parity --reference golden", "parity --reference golden --filter cuboid --json",
           "parity --reference golden --device cuda --precision bf16"},
          0,
          0,
          run};
}

}  // namespace stormloom::cli
