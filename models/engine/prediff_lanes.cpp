#include "models/engine/prediff_lanes.h"

#include <algorithm>
#include <future>
#include <optional>
#include <thread>

namespace stormloom {
namespace {

// Nine n are one sweep; more rows at once gain nothing on the largest GPUs (docs/performance.md).
constexpr std::size_t kRowsOnGpu = 9;

torch::Tensor movedTo(const torch::Device& device, const torch::Tensor& tensor) {
  return tensor.defined() ? tensor.to(device) : tensor;
}

ContextEncoding encodingOn(const torch::Device& device, ContextEncoding encoding) {
  for (torch::Tensor* tensor : {&encoding.past, &encoding.measured, &encoding.seen,
                                &encoding.motion, &encoding.extrapolated, &encoding.condition})
    *tensor = movedTo(device, *tensor);
  return encoding;
}

}  // namespace

struct PreDiffLanes::Lane {
  Lane(const std::string& folder, const ComputeDevice& device, torch::ScalarType products)
      : model(folder, device.device, products), sampler(model) {}
  PreDiffModel model;
  ScenarioSampler sampler;
};

PreDiffLanes::PreDiffLanes(std::string folder, std::vector<ComputeDevice> devices,
                           torch::ScalarType products)
    : folder_(std::move(folder)),
      devices_(std::move(devices)),
      products_(products),
      lanes_(devices_.size()) {
  lane(0);
}
PreDiffLanes::~PreDiffLanes() = default;

PreDiffLanes::Lane& PreDiffLanes::lane(std::size_t number) {
  std::unique_ptr<Lane>& own = lanes_[number];
  if (!own) own = std::make_unique<Lane>(folder_, devices_[number], products_);
  return *own;
}

PreDiffModel& PreDiffLanes::model() { return lane(0).model; }
ScenarioSampler& PreDiffLanes::sampler() { return lane(0).sampler; }

/// One on a processor, which gains nothing from more: so a member has the same bits whatever else
/// was asked for.
std::size_t PreDiffLanes::rowsAtOnce() const {
  return devices_.front().device.is_cuda() ? kRowsOnGpu : 1;
}

std::vector<std::vector<ScenarioRow>> PreDiffLanes::partsOf(
    const std::vector<ScenarioRow>& rows) const {
  std::vector<std::vector<ScenarioRow>> parts;
  for (std::size_t first = 0; first < rows.size(); first += rowsAtOnce())
    parts.emplace_back(rows.begin() + std::ptrdiff_t(first),
                       rows.begin() + std::ptrdiff_t(std::min(rows.size(), first + rowsAtOnce())));
  return parts;
}

PreDiffLanes::OwnWork PreDiffLanes::ownWork(std::size_t rows) const {
  OwnWork own;
  for (std::size_t first = 0; first < rows; first += rowsAtOnce() * devices_.size()) {
    ++own.parts;
    own.rows += std::min(rowsAtOnce(), rows - first);
  }
  return own;
}

void PreDiffLanes::sample(const std::vector<ScenarioRow>& rows, const Request& request,
                          const EachPart& eachPart) {
  const auto parts = partsOf(rows);
  const std::size_t used = std::min(devices_.size(), parts.size());
  std::vector<std::promise<SampledRows>> results(parts.size());
  std::stop_source ending;  // the request is stopped, or one of the devices has failed
  const std::stop_callback passedOn(request.stop, [&] { ending.request_stop(); });
  const auto byOther = [&](std::size_t number) {
    runInBackground();
    std::optional<ContextEncoding> encoding;
    SamplingPlan plan = request.plan;
    plan.region = movedTo(devices_[number].device, plan.region);
    for (std::size_t part = number; part < parts.size(); part += used) try {
        Lane& own = lane(number);
        if (!encoding) encoding = encodingOn(devices_[number].device, request.encoding);
        results[part].set_value(own.sampler.sample(parts[part], *encoding, request.anticipated,
                                                   plan, ending.get_token(), {}, {}));
      } catch (...) {
        results[part].set_exception(std::current_exception());
      }
  };
  std::vector<std::jthread> others;  // joined last, whatever happens here
  const struct EndOthers {
    std::stop_source& ending;
    ~EndOthers() { ending.request_stop(); }
  } endOthers{ending};
  for (std::size_t number = 1; number < used; ++number) others.emplace_back(byOther, number);
  for (std::size_t part = 0; part < parts.size(); ++part) {
    const bool isOwn = part % used == 0;
    const SampledRows sampled =
        isOwn ? sampler().sample(parts[part], request.encoding, request.anticipated, request.plan,
                                 ending.get_token(), request.eachStep,
                                 part == 0 ? request.observer : DrawObserver{})
              : results[part].get_future().get();
    eachPart(parts[part], sampled);
  }
}

}  // namespace stormloom
