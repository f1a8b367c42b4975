#include "models/pattern_timing.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>

#include "models/cuboid/cuboid_self_attention.h"
#include "models/engine/compute_device.h"
#include "models/engine/engine_errors.h"

namespace stormloom {

std::optional<LayerTiming> timeLayer(const LabPattern& pattern, std::size_t layer,
                                     const LabWidths& widths, std::stop_token stop) {
  using StopWatch = std::chrono::steady_clock;
  constexpr int kMostRuns = 31;
  constexpr double kEnoughMilliseconds = 500.0;
  if (layerCost(pattern, layer, widths).weightBytes > kMostTimedWeightBytes) return std::nullopt;
  const ComputeDevice cpu = chooseDevice("cpu", 0);
  return inWords(cpu.name, [&]() -> std::optional<LayerTiming> {
    const torch::NoGradGuard noGradient;
    CuboidSelfAttentionOptions options;
    options.dim = widths.channels;
    options.numHeads = widths.heads;
    options.cuboid = pattern.layers[layer];
    options.padding = pattern.padding;
    options.useGlobalVector = pattern.globalVectors > 0;
    CuboidSelfAttentionLayer attention(options);
    attention->eval();
    const Thw& field = pattern.field;
    const torch::Tensor x = torch::randn({1, field[0], field[1], field[2], widths.channels});
    const torch::Tensor globals =
        torch::randn({1, std::max(1, pattern.globalVectors), widths.channels});
    std::vector<double> times;
    double all = 0.0;
    for (int run = 0; run <= kMostRuns && (run < 4 || all < kEnoughMilliseconds); ++run) {
      if (stop.stop_requested()) return std::nullopt;
      const auto start = StopWatch::now();
      if (options.useGlobalVector)
        attention->forward(x, globals);
      else
        attention->forward(x);
      const double took =
          std::chrono::duration<double, std::milli>(StopWatch::now() - start).count();
      all += took;
      if (run > 0) times.push_back(took);  // the first one also fetches memory
    }
    return LayerTiming{*std::min_element(times.begin(), times.end()), int(times.size()),
                       at::get_num_threads()};
  });
}

}  // namespace stormloom
