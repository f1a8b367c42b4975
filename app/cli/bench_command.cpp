#include "app/cli/command.h"
#include "models/speed.h"

namespace stormloom::cli {
namespace {

std::string decimals(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string lineOf(const SpeedFigure& figure) {
  const std::string items = figure.items == 1 ? "" : " x " + std::to_string(figure.items);
  std::string line = padded(figure.what + items, 40) + padded(figure.way, 26) +
                     decimals(figure.milliseconds, figure.milliseconds < 10 ? 2 : 1) + " ms";
  if (figure.gigaflop > 0.0) line += "  " + decimals(figure.teraflops(), 1) + " TFLOP/s";
  return line;
}

Json jsonOf(const SpeedFigure& figure) {
  return Json::object({{"what", figure.what},
                       {"way", figure.way},
                       {"items", figure.items},
                       {"milliseconds", figure.milliseconds},
                       {"gigaflop", figure.gigaflop}});
}

ExitCode check(const Session& session) {
  const std::vector<KernelCheck> checks = checkKernels(session.arguments.text("--device"));
  std::size_t failed = 0;
  for (const KernelCheck& one : checks) {
    if (one.passed()) continue;
    ++failed;
    session.console.result("DIFFERS  " + one.kernel + ", " + one.shape + ": error " +
                           decimals(one.error, 6) + " of the largest value, allowed " +
                           decimals(one.allowed, 6));
  }
  session.console.result(std::to_string(checks.size() - failed) + " of " +
                         std::to_string(checks.size()) +
                         " kernel checks agree with plain tensor code");
  return failed ? ExitCode::CaseFailed : ExitCode::Done;
}

ExitCode run(const Session& session) {
  if (session.arguments.has("--check")) return check(session);
  SpeedRequest request;
  request.device = session.arguments.text("--device");
  request.networks = session.arguments.text("--networks");
  request.seconds = session.arguments.number("--seconds", 0.01, 60.0);
  const MachineLimits limits = machineLimits(request);
  session.console.result(limits.device + ": products " + decimals(limits.teraflops, 1) +
                         " TFLOP/s, copying " + decimals(limits.gigabytesPerSecond, 0) + " GB/s");
  Json rows = Json::array();
  measureSpeed(request, session.stop, [&](const SpeedFigure& figure) {
    session.console.result(lineOf(figure));
    rows.push(jsonOf(figure));
  });
  session.console.resultJson(
      Json::object({{"device", limits.device},
                    {"teraflops_limit", limits.teraflops},
                    {"gigabytes_per_second_limit", limits.gigabytesPerSecond},
                    {"figures", rows}}));
  return ExitCode::Done;
}

}  // namespace

Command benchCommand() {
  return {"bench",
          "[--networks TEXT] [--check]",
          "Measures this machine: every network, every way to compute it.",
          "Milliseconds of a call (median), beside the machine's own limits for products and "
          "copying, measured in "
          "the same run.",
          {{"--networks", "TEXT", "Only networks whose name contains this.", ""},
           {"--seconds", "S", "How long each figure is measured, about.", "1"},
           {"--check", "", "Compare the own kernels of the device with plain tensor code instead.", ""}},
          {"bench", "bench --networks denoiser --json", "bench --device cpu --check"},
          0,
          0,
          run};
}

}  // namespace stormloom::cli
