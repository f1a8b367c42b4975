// The stopwatch of the scenario desk: the engine's answers and the blends under the finger. Figures
// in docs/performance.md.
//   bench_desk [TIMES [PRECISION [DEVICE]]]
//   bench_desk bits PRECISION DEVICES...   the same members by engines made anew: are they the same bits?
//   bench_desk soak COUNT PRECISION        the memory of many scenarios in a row
//   bench_desk skill CORPUS WINDOWS STEPS PRECISIONS...  on validation events, figures and pages one behind the other
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <vector>

#include "core/model_grid.h"
#include "core/scenario_blend.h"
#include "core/synthetic_event.h"
#include "models/nowcast_engine.h"
#include "models/skill.h"

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

using Context = std::shared_ptr<const ModelContext>;

Context builtInContext() {
  const FrameSequence event = syntheticEvent();
  return std::make_shared<const ModelContext>(
      cutContext(event, {.grid = sevirLrGrid(), .runTime = event.frames[6].validTime}));
}

int stopwatch(int times, const std::string& precision, const std::string& device) {
  const Context context = builtInContext();
  NowcastEngine engine({.device = device, .precision = precision});
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
  if (!engine.deviceName().starts_with("CPU"))
    timed("ensemble of 72 members, exact", std::max(1, times / 3),
          [&] { ask({1.3}, Quality::Full, 72); });
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

std::size_t differing(const ScenarioForecast& a, const ScenarioForecast& b) {
  std::size_t cells = 0;
  for (std::size_t i = 0; i < a.members.size(); ++i)
    for (std::size_t k = 0; k < a.members[i].frames.frames.size(); ++k) {
      const auto one = a.members[i].frames.frames[k].grid->values(),
                 other = b.members[i].frames.frames[k].grid->values();
      for (std::size_t cell = 0; cell < one.size(); ++cell)
        cells += std::memcmp(&one[cell], &other[cell], sizeof(float)) != 0;
    }
  return cells;
}

int bits(const std::string& precision, const std::vector<std::string>& devices) {
  ScenarioRequest request{.context = builtInContext(), .nSigma = {-2.0, 0.0, 3.0}, .members = 8};
  request.quality = Quality::Full;
  std::shared_ptr<const ScenarioForecast> first;
  for (int turn = 0; turn < 2; ++turn)
    for (const std::string& device : devices) {
      NowcastEngine engine({.device = device, .precision = precision});
      const auto answer = engine.generate(request);
      if (!first) first = answer;
      std::printf("%s on %s (%s): %zu of %d members' cells differ from the first\n",
                  precision.c_str(), device.c_str(), engine.deviceName().c_str(),
                  differing(*first, *answer), int(answer->members.size()));
      std::fflush(stdout);
    }
  return 0;
}

double residentMegabytes() {
  std::ifstream status("/proc/self/statm");
  double pages = 0.0, resident = 0.0;
  status >> pages >> resident;
  return resident * double(sysconf(_SC_PAGESIZE)) / 1e6;
}

int soak(int count, const std::string& precision) {
  NowcastEngine engine({.precision = precision});
  ScenarioRequest request{.context = builtInContext()};
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) {
    if (i % std::max(1, count / 20) == 0) {
      std::printf("%6d scenarios, %6.1f s: %8.1f MB resident\n", i,
                  std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
                  residentMegabytes());
      std::fflush(stdout);
    }
    request.seed = std::uint64_t(i);
    request.nSigma = {-4.0 + 0.1 * double(i % 81)};
    request.quality = i % 10 == 0 ? Quality::Full : Quality::Preview;
    engine.generate(request);
  }
  return 0;
}

int skill(SkillRequest request, const std::vector<std::string>& precisions) {
  for (const std::string& precision : precisions) {
    request.precision = precision;
    const Json figures = measureSkill(request, {}, [](double, const std::string&) {});
    std::printf("%s %s\n%s\n", precision.c_str(), figures.dump(0).c_str(), skillPage(figures).c_str());
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> given(argv + 1, argv + argc);
  const auto word = [&](std::size_t i, const char* fallback) {
    return i < given.size() ? given[i] : std::string(fallback);
  };
  if (word(0, "") == "bits")
    return bits(word(1, "fp32"), {given.begin() + std::min<std::ptrdiff_t>(2, argc - 1), given.end()});
  if (word(0, "") == "soak") return soak(std::atoi(word(1, "10000").c_str()), word(2, "bf16"));
  if (word(0, "") == "skill")
    return skill({.data = word(1, "frames.h5"),
                  .windows = std::atoi(word(2, "16").c_str()),
                  .steps = std::atoi(word(3, "0").c_str())},
                 {given.begin() + std::min<std::ptrdiff_t>(4, argc - 1), given.end()});
  return stopwatch(std::atoi(word(0, "5").c_str()), word(1, "fp32"), word(2, "auto"));
}
