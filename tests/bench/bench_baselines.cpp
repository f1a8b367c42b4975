// The stopwatch of the classical baselines at SEVIR's size. Figures in docs/performance.md.
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include "models/motion/motion_field.h"
#include "models/motion/stochastic_extrapolation.h"
#include "models/training/storm_generator.h"

using namespace stormloom;
using torch::Tensor;

namespace {

constexpr std::int64_t kSide = 384, kFrames = 13, kLeads = 12, kMembers = 20;

void timed(const char* what, int times, const std::function<void()>& work) {
  std::vector<double> seconds;
  for (int i = 0; i < times; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    seconds.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(seconds.begin(), seconds.end());
  std::printf("%-48s %7.3f s by the clock, least %7.3f s\n", what, seconds[seconds.size() / 2],
              seconds.front());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const int times = argc > 1 ? std::atoi(argv[1]) : 5;
  const torch::NoGradGuard noGradient;
  torch::set_num_threads(2);
  StormGeneratorOptions storm;
  storm.size = kSide;
  storm.frames = kFrames;
  const Tensor frames = generateStorms(1, 3, torch::kCPU, storm)[0];
  Tensor vectors;
  timed("motion from 13 frames of 384 x 384", times,
        [&] { vectors = estimateMotion(frames.unsqueeze(0)); });
  timed("extrapolation, 12 steps", times,
        [&] { extrapolate(frames.slice(0, -1), vectors, kLeads); });
  timed("stochastic ensemble, 20 members, 12 steps", times, [&] {
    stochasticExtrapolation(frames, vectors, {.members = kMembers, .leads = kLeads});
  });
}
