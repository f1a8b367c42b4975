#pragma once

#include "models/engine/model_card.h"
#include "models/training/frame_corpus.h"

namespace stormloom {

/// mu and sigma of the coming frames' mean given the context, fitted by least squares on the
/// training windows of a corpus; every event weighs the same. sigma is fitted to the size of the
/// residuals.
IntensityStatistics fitIntensityStatistics(const FrameCorpus& corpus);

/// The same statistics for a batch: context means (B,7) -> mu and sigma, (B,6) each.
std::pair<torch::Tensor, torch::Tensor> anticipatedOf(const IntensityStatistics& statistics,
                                                      const torch::Tensor& contextMeans);

}  // namespace stormloom
