#pragma once

#include <torch/torch.h>

#include <functional>
#include <map>
#include <tuple>

#include "core/scenario.h"
#include "models/engine/prediff_model.h"
#include "models/sampling/knowledge_control.h"

namespace stormloom {

/// One member at one n.
struct ScenarioRow {
  double nSigma = 0.0;
  int member = 0;
  std::vector<double> nByLead;  ///< the command, one n for each lead time
};

/// How a request is carried out, its defaults filled in.
struct SamplingPlan {
  std::uint64_t seed = 1;
  FlowMethod method = FlowMethod::Euler;
  std::string sampler;  ///< "flow-ab2", "flow-euler", "flow-heun"
  int steps = 8;
  bool guided = true;     ///< conditioning and, with `pulls`, Gauss-Newton; false: the plain forecast for every n
  bool pulls = true;      ///< previews leave it out
  torch::Tensor region;   ///< (H,W), 1 where the control may change the picture; undefined: everywhere
  int evaluations() const { return method == FlowMethod::Heun ? 2 * steps - 1 : steps; }
};
/// UsageError for a sampler or guidance that the shipped weights were not trained for.
SamplingPlan planOf(const ScenarioRequest& request, const PreDiffModel& model);

/// Frames of rows (B,leads,H,W) and what they achieve.
struct SampledRows {
  torch::Tensor frames;
  torch::Tensor achieved;   ///< (B,leads)
  torch::Tensor commanded;  ///< (B,leads) mean of the whole frame that was asked for
};

/// Draws members of the shipped PreDiff, each obeying its own n. Remembers what members do freely, per context.
class ScenarioSampler {
public:
  explicit ScenarioSampler(PreDiffModel& model) : model_(model) {}

  /// Throws Stopped. `eachStep` is called after every evaluation of the denoiser and every pull.
  SampledRows sample(const std::vector<ScenarioRow>& rows, const ContextEncoding& encoding,
                     const AnticipatedIntensity& anticipated, const SamplingPlan& plan,
                     std::stop_token stop, const std::function<void()>& eachStep);

private:
  torch::Tensor noiseOf(const std::vector<ScenarioRow>& rows, const SamplingPlan& plan,
                        const torch::Device& device) const;
  /// The control of a region alone: free latents, of which the region's rain is made to grow or shrink as the whole
  /// frame's would. Returns what the whole frame's mean is to become.
  torch::Tensor pullRegion(torch::Tensor& latents, const IntensityCommand& command,
                           const ContextEncoding& encoding, const SamplingPlan& plan,
                           std::stop_token stop, const std::function<void()>& eachStep);
  void pull(torch::Tensor& latents, const torch::Tensor& target, const torch::Tensor& counted,
            std::stop_token stop, const std::function<void()>& eachStep);
  torch::Tensor freeMeans(const std::vector<ScenarioRow>& rows, const ContextEncoding& encoding,
                          const SamplingPlan& plan, std::stop_token stop,
                          const std::function<void()>& eachStep);
  torch::Tensor decoded(const torch::Tensor& latents);

  using FreeKey = std::tuple<std::string, std::uint64_t, int, std::string, int>;
  PreDiffModel& model_;
  std::map<FreeKey, torch::Tensor> free_;  ///< (leads) mean of each frame without any command
};

}  // namespace stormloom
