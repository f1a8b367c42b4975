#pragma once

#include <torch/torch.h>

#include <functional>
#include <map>
#include <tuple>

#include "core/scenario.h"
#include "models/engine/latent_draw.h"
#include "models/sampling/knowledge_control.h"

namespace stormloom {

/// One member at one n.
struct ScenarioRow {
  double nSigma = 0.0;
  int member = 0;
  std::vector<double> nByLead;  ///< the command, one n for each lead time
};

/// Frames of rows (B,leads,H,W) and what they achieve.
struct SampledRows {
  torch::Tensor frames;
  torch::Tensor achieved;   ///< (B,leads)
  torch::Tensor commanded;  ///< (B,leads) mean of the whole frame that was asked for
};

/// For whoever wants to watch how members are drawn; all may be empty.
struct DrawObserver {
  /// An evaluation of the denoiser: latents, time as it is embedded, what it predicted, what it was told (B,3).
  std::function<void(const torch::Tensor& z, const torch::Tensor& time, const torch::Tensor& predicted,
                     const torch::Tensor& features)>
      looked;
  /// Latents when the sampler had ended, and after the control had pulled them.
  std::function<void(const torch::Tensor& before, const torch::Tensor& after)> finished;
};

/// Draws members of a PreDiff, each obeying its own n. Remembers what members do freely, per context.
class ScenarioSampler {
public:
  explicit ScenarioSampler(PreDiffModel& model) : model_(model) {}

  /// Throws Stopped. `eachStep` is called after every evaluation of the denoiser and every pull.
  SampledRows sample(const std::vector<ScenarioRow>& rows, const ContextEncoding& encoding,
                     const AnticipatedIntensity& anticipated, const SamplingPlan& plan,
                     std::stop_token stop, const std::function<void()>& eachStep,
                     const DrawObserver& observer = {});

private:
  /// A member without any command: its latents (leads,h,w,L) and the mean of each frame (leads).
  struct FreeMember {
    torch::Tensor latents, means;
  };
  /// What one call of sample() works on.
  struct Job {
    const std::vector<ScenarioRow>& rows;
    const ContextEncoding& encoding;
    const SamplingPlan& plan;
    std::stop_token stop;
    const std::function<void()>& eachStep;
    const DrawObserver& observer;
  };

  IntensityCommand commandOf(const Job& job, const AnticipatedIntensity& anticipated) const;
  /// Latents of members, told of their command; `wantedMean` (B,1) where official guidance pulls.
  torch::Tensor drawn(const Job& job, const std::vector<int>& members, const torch::Tensor& features,
                      const torch::Tensor& wantedMean, const DrawObserver& observer = {});
  const FreeMember& freeMember(const Job& job, int member);
  /// Targets (B,leads): the command, near n = 0 the member's own mean.
  torch::Tensor targetsOf(const Job& job, const IntensityCommand& command);
  torch::Tensor latentsOf(const Job& job, const IntensityCommand& command, const torch::Tensor& target);
  /// The control of a region alone: free latents, of which the region's rain is made to grow or shrink as the whole
  /// frame's would. Returns what the whole frame's mean is to become.
  torch::Tensor pullRegion(const Job& job, torch::Tensor& latents, const IntensityCommand& command);
  void pull(const Job& job, torch::Tensor& latents, const torch::Tensor& target,
            const torch::Tensor& counted);
  torch::Tensor decoded(const torch::Tensor& latents);

  using FreeKey = std::tuple<std::string, std::uint64_t, int, std::string, int>;
  PreDiffModel& model_;
  std::map<FreeKey, FreeMember> free_;
};

}  // namespace stormloom
