#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "core/model_grid.h"
#include "core/scenario.h"

namespace stormloom {

/// What depends on the context alone: its frames as tensors, the motion of the rain and the last frame carried on.
struct ContextEncoding {
  std::string hash;                   ///< of the ModelContext
  torch::Tensor past;                 ///< (T,H,W), [0, 1], cells without a value 0
  torch::Tensor measured;             ///< (T,H,W), 1 or 0
  torch::Tensor seen;                 ///< (H,W), 0 where no radar reaches in the last frame or none of them has a value
  torch::Tensor motion;               ///< (1,2,n,n), pixels a step
  torch::Tensor extrapolated;         ///< (leads,H,W)
  std::vector<double> contextMeans;   ///< mean of each frame in [0, 1], cells without a value counted as 0
  torch::Tensor condition;            ///< (1,frames,h,w,L) for the denoiser; undefined until asked for
};

ContextEncoding encodeContext(const ModelContext& context, const torch::Device& device);

/// Frame means of the context alone, without any of the tensors.
std::vector<double> contextMeansOf(const ModelContext& context);

/// values (leads,H,W) in [0, 1] as frames that follow the context on its grid and clock. Cells that no radar sees in the
/// last frame stay OutsideCoverage, those that no frame has a value of Missing; so do those where `known` (leads,H,W) is
/// below a half.
FrameSequence framesFromValues(const torch::Tensor& values, const ModelContext& context,
                               Provenance provenance, const std::string& product,
                               const torch::Tensor& known = {});

/// (leads,H,W): 1 where the extrapolated rain comes from inside the box, 0 where it would have to flow in from outside,
/// of which nothing is known.
torch::Tensor comesFromInside(const ContextEncoding& encoding);

}  // namespace stormloom
