// The kernels' checks, the speed card and the golden cases without the application around them: a
// program of LibTorch alone, for a machine that has a GPU and little else.
//   bench_networks check [PART] | speed [NETWORKS [SECONDS [tries]]] | profile [NETWORKS] | parity FOLDER
//   PRECISION [FILTER]
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "models/parity.h"
#include "models/speed.h"

using namespace stormloom;

namespace {

int check(const std::string& only) {
  int failed = 0, all = 0;
  for (const KernelCheck& one : checkKernels("cuda", only)) {
    ++all;
    if (one.passed()) continue;
    ++failed;
    std::printf("DIFFERS %s, %s: %.3e, allowed %.1e\n", one.kernel.c_str(), one.shape.c_str(),
                one.error, one.allowed);
  }
  std::printf("%d of %d kernel checks agree\n", all - failed, all);
  return failed ? 1 : 0;
}

int speed(const std::vector<std::string>& arguments) {
  SpeedRequest request;
  if (arguments.size() > 1) request.networks = arguments[1];
  if (arguments.size() > 2) request.seconds = std::atof(arguments[2].c_str());
  request.triesAlgorithms = arguments.size() > 3 && arguments[3] == "tries";
  const MachineLimits limits = machineLimits(request);
  std::printf("%s: %.1f TFLOP/s, %.0f GB/s\n", limits.device.c_str(), limits.teraflops,
              limits.gigabytesPerSecond);
  measureSpeed(request, {}, [](const SpeedFigure& figure) {
    std::printf("%-38s x%-3d %-26s %9.3f ms %8.1f TFLOP/s\n", figure.what.c_str(), figure.items,
                figure.way.c_str(), figure.milliseconds, figure.teraflops());
    std::fflush(stdout);
  });
  return 0;
}

int profile(const std::vector<std::string>& arguments) {
  SpeedRequest request;
  if (arguments.size() > 1) request.networks = arguments[1];
  for (const KernelShare& share : profileKernels(request))
    if (share.microseconds >= 2.0)
      std::printf("%-40s %7.1f us %6.1f x %.110s\n", share.what.c_str(), share.microseconds,
                  share.callsEach, share.kernel.c_str());
  return 0;
}

int parity(const std::vector<std::string>& arguments) {
  ParityOptions options;
  options.reference = arguments.at(1);
  options.precision = arguments.at(2);
  options.device = "auto";
  if (arguments.size() > 3) options.filter = arguments[3];
  int agree = 0, differ = 0, skipped = 0;
  runParity(options, [&](const ParityResult& result) {
    (result.skipped ? skipped : result.passed ? agree : differ) += 1;
    if (!result.skipped && !result.passed)
      std::printf("DIFFERS %s/%s %s error %.2e allowed %.2e %s\n", result.group.c_str(),
                  result.name.c_str(), result.output.c_str(), result.maxAbsError, result.allowed,
                  result.note.c_str());
  });
  std::printf("%s: %d agree, %d differ, %d skipped\n", options.precision.c_str(), agree, differ,
              skipped);
  return differ ? 1 : 0;
}

}  // namespace

int main(int count, char** values) {
  const std::vector<std::string> arguments(values + 1, values + count);
  try {
    if (!arguments.empty() && arguments[0] == "check") return check(arguments.size() > 1 ? arguments[1] : "");
    if (!arguments.empty() && arguments[0] == "speed") return speed(arguments);
    if (!arguments.empty() && arguments[0] == "profile") return profile(arguments);
    if (arguments.size() > 2 && arguments[0] == "parity") return parity(arguments);
    std::fprintf(
        stderr,
        "bench_networks check | speed [NETWORKS [SECONDS]] | parity FOLDER PRECISION [FILTER]\n");
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
