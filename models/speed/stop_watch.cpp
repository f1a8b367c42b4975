#include "models/speed/stop_watch.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

namespace stormloom {
namespace {

constexpr int kWarmUpCalls = 3;
constexpr int kFewestRuns = 5;
constexpr double kShortestRunMs = 20.0;  // below it starting and waiting would count

double runMilliseconds(const torch::Device& device, int calls, const std::function<void()>& call) {
  finish(device);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < calls; ++i) call();
  finish(device);
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

}  // namespace

void finish(const torch::Device& device) {
  if (device.is_cuda()) torch::cuda::synchronize(device.index());
}

double medianMilliseconds(const torch::Device& device, double seconds,
                          const std::function<void()>& call) {
  const bool cpu = device.is_cpu();
  for (int i = 0; i < (cpu ? 1 : kWarmUpCalls); ++i) call();
  const double first = runMilliseconds(device, 1, call);
  const int calls = std::clamp(int(std::ceil(kShortestRunMs / std::max(first, 1e-3))), 1, 1000);
  std::vector<double> runs;
  double spent = 0.0;
  while (int(runs.size()) < (cpu ? 3 : kFewestRuns) || spent < 1e3 * seconds) {
    const double run = runMilliseconds(device, calls, call);
    spent += run;
    runs.push_back(run / calls);
  }
  std::ranges::sort(runs);
  return runs[runs.size() / 2];
}

}  // namespace stormloom
