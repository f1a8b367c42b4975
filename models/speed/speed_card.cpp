#include <torch/csrc/autograd/profiler_kineto.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "models/checkpoint/state_dict.h"
#include "models/engine/autocast_scope.h"
#include "models/engine/compute_device.h"
#include "models/kernels/device_program.h"
#include "models/kernels/fused_scope.h"
#include "models/kernels/kept_memory.h"
#include "models/kernels/recorded_call.h"
#include "models/speed.h"
#include "models/speed/stop_watch.h"
#include "models/speed/timed_networks.h"
#include "models/speed/timed_scenarios.h"

namespace stormloom {
using torch::Tensor;
namespace {

/// One way to compute a network.
struct Way {
  std::string name;
  torch::ScalarType type = torch::kFloat32;  ///< of weights and inputs
  bool autocast = false, fused = false, recorded = false;
  torch::ScalarType products = torch::kBFloat16;  ///< of the fused path
};

std::vector<Way> waysOf(const torch::Device& device, const TimedNetwork& timed) {
  if (!device.is_cuda()) {
    std::vector<Way> ways = {{"fp32", torch::kFloat32}};
    if (!timed.hasGradient) ways.push_back({"fused fp32", torch::kFloat32, false, true});
    return ways;
  }
  std::vector<Way> ways = {{"fp32 eager", torch::kFloat32},
                           {"bf16 autocast, eager", torch::kFloat32, true},
                           {"bf16 weights, recorded", torch::kBFloat16, false, false, true}};
  if (timed.hasGradient || !kernelsRunOn(device)) return ways;
  ways.push_back({"fused bf16, eager", torch::kFloat32, false, true, false});
  ways.push_back({"fused fp16, recorded", torch::kFloat32, false, true, true, torch::kHalf});
  ways.push_back({"fused bf16, recorded", torch::kFloat32, false, true, true});
  return ways;
}

/// Milliseconds of a call; the network is left in the type of the way.
double millisecondsOf(TimedNetwork& timed, const Way& way, const torch::Device& device,
                      double seconds) {
  moveNetwork(*timed.network, device, way.type);
  std::vector<Tensor> inputs;
  for (const Tensor& input : timed.inputs) inputs.push_back(input.to(device, way.type));
  const auto once = [&timed, way, device](const std::vector<Tensor>& given) {
    const FusedScope fused(way.fused, way.products);
    std::optional<KeptMemoryScope> memory;  // as the engine computes, not as plain LibTorch does
    if (way.fused) memory.emplace();
    const auto rounded = roundedProducts(way.autocast, device);
    return timed.call(given);
  };
  if (!way.recorded) return medianMilliseconds(device, seconds, [&] { once(inputs); });
  RecordedCall recorded(once);
  return medianMilliseconds(device, seconds, [&] { recorded(inputs); });
}

/// The networks asked for, each ready on the CPU, one in memory at a time.
void eachNetwork(const SpeedRequest& request, const torch::Device& device,
                 const std::function<void(TimedNetwork&)>& visit) {
  for (const NetworkRecipe& recipe : officialNetworks(device)) {
    if (!request.official || recipe.what.find(request.networks) == std::string::npos) continue;
    TimedNetwork timed = recipe.make();
    timed.network->eval();
    for (Tensor& parameter : timed.network->parameters()) parameter.set_requires_grad(false);
    visit(timed);
  }
}

/// What each kernel of a GPU took, or each operation on a processor without those that it called;
/// microseconds.
std::vector<std::pair<std::string, double>> ownTimes(
    const std::vector<torch::autograd::profiler::KinetoEvent>& events, c10::DeviceType device) {
  std::vector<const torch::autograd::profiler::KinetoEvent*> sorted;
  for (const auto& event : events)
    if (event.deviceType() == device) sorted.push_back(&event);
  std::ranges::sort(sorted, [](const auto* a, const auto* b) {
    return std::tuple(a->startThreadId(), a->startNs(), b->durationNs()) <
           std::tuple(b->startThreadId(), b->startNs(), a->durationNs());
  });
  std::vector<std::pair<std::string, double>> own;
  std::vector<std::size_t> open;  // operations that have not ended yet
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto ended = [&](const auto* outer) {
      return outer->startThreadId() != sorted[i]->startThreadId() ||
             outer->startNs() + outer->durationNs() <= sorted[i]->startNs();
    };
    while (!open.empty() && ended(sorted[open.back()])) open.pop_back();
    const double microseconds = double(sorted[i]->durationNs()) * 1e-3;
    if (device == c10::DeviceType::CPU && !open.empty()) own[open.back()].second -= microseconds;
    std::string name = sorted[i]->name();
    if (sorted[i]->hasShapes()) name += c10::str(" ", sorted[i]->shapes());
    own.emplace_back(name, microseconds);
    open.push_back(i);
  }
  return own;
}

}  // namespace

std::vector<KernelShare> profileKernels(const SpeedRequest& request) {
  namespace profiler = torch::autograd::profiler;
  const torch::NoGradGuard noGradient;
  const ComputeDevice chosen = chooseDevice(request.device, 0);
  const int calls = chosen.device.is_cpu() ? 2 : 10;
  requireSameBits();
  std::map<std::pair<std::string, std::string>, KernelShare> shares;
  eachNetwork(request, chosen.device, [&](TimedNetwork& timed) {
    const Way way = waysOf(chosen.device, timed).back();
    moveNetwork(*timed.network, chosen.device, way.type);
    std::vector<Tensor> inputs;
    for (const Tensor& input : timed.inputs) inputs.push_back(input.to(chosen.device, way.type));
    RecordedCall recorded([&](const std::vector<Tensor>& given) {
      const FusedScope fused(way.fused);
      const KeptMemoryScope memory;
      return timed.call(given);
    });
    for (int i = 0; i < 3; ++i) recorded(inputs);
    finish(chosen.device);
    const std::set<profiler::ActivityType> activities = {profiler::ActivityType::CPU,
                                                         profiler::ActivityType::CUDA};
    const profiler::ProfilerConfig config(profiler::ProfilerState::KINETO,
                                          /*report_input_shapes=*/chosen.device.is_cpu());
    profiler::prepareProfiler(config, activities);
    profiler::enableProfiler(config, activities);
    for (int i = 0; i < calls; ++i) recorded(inputs);
    finish(chosen.device);
    const auto result = profiler::disableProfiler();
    const std::string what = timed.what + " x " + std::to_string(timed.items);
    for (const auto& [name, microseconds] : ownTimes(result->events(), chosen.device.type())) {
      KernelShare& share = shares[{what, name}];
      share.what = what;
      share.kernel = name;
      share.callsEach += 1.0 / calls;
      share.microseconds += microseconds / calls;
    }
  });
  std::vector<KernelShare> sorted;
  for (const auto& [key, share] : shares) sorted.push_back(share);
  std::ranges::sort(sorted, [](const KernelShare& a, const KernelShare& b) {
    return std::tie(b.what, a.microseconds) > std::tie(a.what, b.microseconds);
  });
  return sorted;
}

std::vector<SpeedFigure> measureSpeed(const SpeedRequest& request, std::stop_token stop,
                                      const std::function<void(const SpeedFigure&)>& eachFigure) {
  const torch::NoGradGuard noGradient;
  const ComputeDevice chosen = chooseDevice(request.device, 0);
  setPrecision("fp32");  // the plain ways without TF32
  if (request.triesAlgorithms)
    at::globalContext().setBenchmarkCuDNN(true);
  else
    requireSameBits();
  std::vector<SpeedFigure> figures;
  eachNetwork(request, chosen.device, [&](TimedNetwork& timed) {
    for (const Way& way : waysOf(chosen.device, timed)) {
      if (stop.stop_requested()) return;
      SpeedFigure figure{timed.what, way.name, timed.items, 0.0, timed.gigaflop};
      figure.milliseconds = millisecondsOf(timed, way, chosen.device, request.seconds);
      figures.push_back(figure);
      if (eachFigure) eachFigure(figures.back());
    }
  });
  const EachFigure keep = [&](const SpeedFigure& figure) {
    figures.push_back(figure);
    if (eachFigure) eachFigure(figure);
  };
  if (request.official) timeOfficialScenarios(request, stop, keep);
  timeShippedScenarios(request, stop, keep);
  return figures;
}

}  // namespace stormloom
