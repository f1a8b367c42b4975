#pragma once

#include <torch/torch.h>

#include <string>

#include "models/earthformer/cuboid_transformer_model.h"
#include "models/engine/context_encoding.h"

namespace stormloom {

/// An Earthformer ready to forecast: the shipped one, which corrects the extrapolation, or a file of the person's own.
class EarthformerForecaster {
public:
  /// `weights` empty: earthformer.json of the folder. Else a weights file that fits the shipped architecture or the
  /// official SEVIR-LR one. ModelError.
  EarthformerForecaster(const std::string& folder, const std::string& weights,
                        torch::Device device, bool bf16);

  const std::string& name() const { return name_; }
  const std::string& weightsHash() const { return weightsHash_; }
  /// (leads,H,W) in [0, 1].
  torch::Tensor forecast(const ContextEncoding& encoding);

private:
  bool bf16_;
  bool corrects_ = true;  ///< 7 + 6 frames in, correction of the 6 out; else 7 in, 6 out
  std::string name_, weightsHash_;
  CuboidTransformerModel network_{nullptr};
};

}  // namespace stormloom
