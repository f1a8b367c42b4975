#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/diffusion_trace.h"
#include "core/scenario.h"

namespace stormloom {

struct EngineOptions {
  /// "auto", "cpu", "cuda", "cuda:K", or several with commas between, which share ensembles ("auto" and "cuda": all
  /// GPUs of the host); DeviceError when demanded and not there.
  std::string device = "auto";
  std::string precision = "fp32";  ///< "fp32", "tf32", "bf16", "fp16"
  int threads = 0;                 ///< 0: the physical cores, at least one
  std::string modelFolder;         ///< model cards and weights; "": the shipped ones
  std::string earthformerWeights;  ///< a file to use instead of the shipped Earthformer
};

/// Where work stands, for a thin line at the pane's edge: share done in [0, 1] and what is being done.
using EngineProgress = std::function<void(double share, const std::string& what)>;

/// A member as soon as it is done.
using EachMember = std::function<void(const ScenarioMember&)>;

/// The one frame that was wanted first (ScenarioRequest::firstLead): an answer whose first member has this frame alone.
using EarlyFrameReady = std::function<void(std::shared_ptr<const ScenarioForecast>)>;

/// Traces of which only the last lead time is decoded yet: frames of the others have no grid.
using TracesSoFar = std::function<void(DiffusionTraces)>;

/// The door to the models. Not thread-safe: one thread owns it. Nothing in this header knows LibTorch.
class NowcastEngine {
 public:
  explicit NowcastEngine(const EngineOptions& options = {});
  ~NowcastEngine();

  std::string deviceName() const;  ///< "CPU, 2 threads", "NVIDIA H200"
  std::string modelName() const;   ///< of the shipped PreDiff card

  /// "persistence", "extrapolation", "earthformer", or "prediff" (its member 0, unguided). nullptr when stopped.
  std::shared_ptr<const DeterministicForecast> forecast(const ModelContext& context,
                                                        const std::string& model,
                                                        std::stop_token stop = {},
                                                        const EngineProgress& progress = {});

  /// PreDiff scenarios. The context's encoding is kept between calls. nullptr when stopped; members that were done
  /// by then have been given to `eachMember`, in the calling thread, as `early` is called.
  std::shared_ptr<const ScenarioForecast> generate(const ScenarioRequest& request,
                                                   std::stop_token stop = {},
                                                   const EngineProgress& progress = {},
                                                   const EachMember& eachMember = {},
                                                   const EarlyFrameReady& early = {});

  /// How the first member of a request comes out of its noise at each n, step by step, as generate() draws it; some
  /// times as costly. `soFar` is called once, in the calling thread. Empty when stopped.
  DiffusionTraces trace(const ScenarioRequest& request, std::stop_token stop = {}, const EngineProgress& progress = {},
                        const TracesSoFar& soFar = {});

  /// The ensemble without a network: extrapolations whose small structures are replaced by noise as fast as the past
  /// lost them. Members have no n (NaN). nullptr when stopped.
  std::shared_ptr<const ScenarioForecast> stochasticExtrapolation(
      std::shared_ptr<const ModelContext> context, int members, std::uint64_t seed,
      std::stop_token stop = {});

  /// What the context lets expect (model card statistics); cheap.
  AnticipatedIntensity anticipated(const ModelContext& context) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Folder of the shipped model cards and weights: $STORMLOOM_MODELS, beside the program, or in the source tree.
std::string shippedModelFolder();

}  // namespace stormloom
