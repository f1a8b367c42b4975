#pragma once

#include <functional>

#include "models/attention.h"
#include "models/engine/context_encoding.h"

namespace stormloom {

/// Forecasts of several contexts: past (B,T,H,W), extrapolated (B,leads,H,W) -> (B,leads,H,W), [0,
/// 1].
using ForecastBatch =
    std::function<torch::Tensor(const torch::Tensor& past, const torch::Tensor& extrapolated)>;

/// Which pixel of the forecast is asked for, and how large the patches are that dry out.
struct OcclusionQuestion {
  int frame = 0, row = 0, col = 0;
  int patch = 16;
  int atOnce = 8;  ///< contexts forecast together
};

/// Dries out one patch after the other in all context frames. Throws Stopped.
OcclusionMap occlusionOf(const ContextEncoding& encoding, const OcclusionQuestion& question,
                         const ForecastBatch& forecast, std::stop_token stop,
                         const EngineProgress& progress);

}  // namespace stormloom
