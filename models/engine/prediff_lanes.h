#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/engine/compute_device.h"
#include "models/engine/scenario_sampling.h"

namespace stormloom {

/// The same PreDiff on each of several devices, which share the rows of a request. The first device
/// belongs to the calling thread and serves whatever is asked of one model alone; the others are
/// given a model when there is work for them.
class PreDiffLanes {
public:
  PreDiffLanes(std::string folder, std::vector<ComputeDevice> devices, torch::ScalarType products);
  ~PreDiffLanes();

  PreDiffModel& model();
  ScenarioSampler& sampler();

  /// What sample() is asked for, beside rows; all of it outlives the call.
  struct Request {
    const ContextEncoding& encoding;  ///< on the first device
    const AnticipatedIntensity& anticipated;
    const SamplingPlan& plan;
    std::stop_token stop;
    std::function<void()> eachStep;  ///< in the calling thread, behind each of its own steps
    const DrawObserver& observer;    ///< of the first row
  };
  /// Rows and what they became, in order, in the calling thread.
  using EachPart = std::function<void(const std::vector<ScenarioRow>& rows, const SampledRows&)>;

  /// Rows are computed some at a time, always the same ones together, so their bits do not depend
  /// on how many devices there are. Throws Stopped and whatever a device throws.
  void sample(const std::vector<ScenarioRow>& rows, const Request& request,
              const EachPart& eachPart);
  /// What the calling thread computes itself of so many rows.
  struct OwnWork {
    std::size_t parts = 0;  ///< rows that are computed together
    std::size_t rows = 0;
  };
  OwnWork ownWork(std::size_t rows) const;

private:
  struct Lane;
  Lane& lane(std::size_t number);
  std::size_t rowsAtOnce() const;
  std::vector<std::vector<ScenarioRow>> partsOf(const std::vector<ScenarioRow>& rows) const;

  std::string folder_;
  std::vector<ComputeDevice> devices_;
  torch::ScalarType products_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // null: not asked for yet
};

}  // namespace stormloom
