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

/// The frame of the first row that is wanted before the others: lead time, values (H,W), mean.
using EarlyFrame =
    std::function<void(std::int64_t lead, const torch::Tensor& frame, const torch::Tensor& mean)>;

/// For whoever wants to watch how members are drawn; all may be empty.
struct DrawObserver {
  /// An evaluation of the denoiser: latents, time as it is embedded, what it predicted, what it was told (B,3).
  std::function<void(const torch::Tensor& z, const torch::Tensor& time, const torch::Tensor& predicted,
                     const torch::Tensor& features)>
      looked;
  /// The official guidance, behind each evaluation: by how much it moves the clean latents.
  std::function<void(const torch::Tensor& moved)> pulled;
  /// Latents when the sampler had ended, and after the control had pulled them.
  std::function<void(const torch::Tensor& before, const torch::Tensor& after)> finished;
  EarlyFrame early;  ///< of SamplingPlan::firstLead
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
  /// Where frames are pulled to: the mean of the counted cells, and what that makes of the whole frame, (B,leads).
  struct Aim {
    torch::Tensor mean, counted, whole;
  };
  Aim wholeAim(const Job& job, const torch::Tensor& target) const {
    return {target, job.encoding.seen, target};
  }
  /// The control of a region alone: free latents, of which the region's rain is made to grow or shrink as the whole
  /// frame's would.
  Aim regionAim(const Job& job, const torch::Tensor& latents, const IntensityCommand& command);
  /// Moves latents in place where the plan pulls; the frames they decode to then (B,leads,H,W).
  torch::Tensor pull(const Job& job, torch::Tensor& latents, const Aim& aim);
  void showEarly(const Job& job, const torch::Tensor& latents, const Aim& aim);
  torch::Tensor decoded(const Job& job, const torch::Tensor& latents);
  /// Of the frames of so many rows.
  ExtrapolatedPart partOf(const Job& job, std::int64_t rows) const {
    return model_.extrapolatedPart(job.encoding.extrapolated).times(rows);
  }

  using FreeKey = std::tuple<std::string, std::uint64_t, int, std::string, int>;
  PreDiffModel& model_;
  std::map<FreeKey, FreeMember> free_;
};

}  // namespace stormloom
