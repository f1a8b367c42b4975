// The stopwatch of the scenario desk: the engine's answers and the blends under the finger. Figures
// in docs/performance.md.
//   bench_desk [TIMES [PRECISION]]
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include "core/model_grid.h"
#include "core/scenario_blend.h"
#include "core/synthetic_event.h"
#include "models/nowcast_engine.h"

using namespace stormloom;

namespace {

double processorSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

/// By the clock and of processors, the median of several.
void timed(const char* what, int times, const std::function<void()>& work) {
  std::vector<double> clock, processors;
  for (int i = 0; i < times; ++i) {
    const double before = processorSeconds();
    const auto start = std::chrono::steady_clock::now();
    work();
    clock.push_back(
        1e3 * std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    processors.push_back(1e3 * (processorSeconds() - before));
  }
  std::sort(clock.begin(), clock.end());
  std::sort(processors.begin(), processors.end());
  std::printf("%-52s %9.1f ms by the clock, least %9.1f; %9.1f ms of processors\n", what,
              clock[clock.size() / 2], clock.front(), processors[processors.size() / 2]);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const int times = argc > 1 ? std::atoi(argv[1]) : 5;
  const FrameSequence event = syntheticEvent();
  const auto context = std::make_shared<const ModelContext>(
      cutContext(event, {.grid = sevirLrGrid(), .runTime = event.frames[6].validTime}));
  NowcastEngine engine({.precision = argc > 2 ? argv[2] : "fp32"});
  std::printf("%s\n", engine.deviceName().c_str());
  ScenarioRequest request{.context = context};
  const auto ask = [&](std::vector<double> n, Quality quality, int members = 1) {
    request.nSigma = std::move(n);
    request.quality = quality;
    request.members = members;
    ++request.seed;  // nothing is known from before
    return engine.generate(request);
  };
  timed("weights read, first preview", 1, [&] { ask({0.0}, Quality::Preview); });
  timed("preview, 2 steps, one n", times, [&] { ask({1.3}, Quality::Preview); });
  timed("exact, 8 steps, one n", times, [&] { ask({1.3}, Quality::Full); });
  request.firstLead = 3;
  request.nSigma = {1.3};
  request.quality = Quality::Full;
  for (int i = 0; i < 2; ++i) {
    const auto start = std::chrono::steady_clock::now();
    ++request.seed;
    engine.generate(request, {}, {}, {}, [&](auto) {
      std::printf("of an exact answer, the frame on the screen after %28.1f ms\n",
                  std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    });
  }
  request.firstLead = -1;
  const std::vector<double> nine{-4, -3, -2, -1, 0, 1, 2, 3, 4};
  timed("sweep of nine n, previews", times, [&] { ask(nine, Quality::Preview); });
  timed("ensemble of 8 members, exact", std::max(1, times / 3),
        [&] { ask({1.3}, Quality::Full, 8); });
  std::vector<std::shared_ptr<const ScenarioForecast>> sweep{ask(nine, Quality::Preview)};
  timed("blend of the sweep, six frames", 20, [&] { blendedScenario(sweep, 1.37); });
  timed("bent blend, six frames", 20, [&] {
    blendedScenario(sweep, 1.0, {1.1, 0.4, 2.2, -1.3, 3.1, 0.7});
  });
  request.seed = 1;  // what came out, to hold one precision against another
  request.members = 1;
  request.nSigma = {-2.0, 0.0, 2.0};
  request.quality = Quality::Full;
  const auto answer = engine.generate(request);
  for (const ScenarioMember& member : answer->members) {
    std::printf("n = %+.0f, frame means:", member.nSigma);
    for (const double mean : member.achieved) std::printf(" %.5f", mean);
    std::printf("\n");
  }
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 5; ++i) engine.forecast(*context, "earthformer");
  std::printf(
      "Earthformer, with its extrapolation: %.1f ms\n",
      200.0 * std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return 0;
}
