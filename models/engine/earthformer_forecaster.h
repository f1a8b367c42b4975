#pragma once

#include <torch/torch.h>

#include <optional>
#include <string>

#include "models/earthformer/cuboid_transformer_model.h"
#include "models/engine/context_encoding.h"
#include "models/engine/intensity_calibration.h"
#include "models/kernels/recorded_call.h"

namespace stormloom {

/// An Earthformer ready to forecast: the shipped one, which corrects the extrapolation, or a file
/// of the person's own.
class EarthformerForecaster {
public:
  /// `weights` empty: earthformer.json of the folder. Else a file of weights whose names and shapes
  /// tell which Earthformer it is, official or not; of training checkpoints the network inside.
  /// ModelError.
  EarthformerForecaster(const std::string& folder, const std::string& weights, torch::Device device,
                        torch::ScalarType products);

  const std::string& name() const { return name_; }
  const std::string& weightsHash() const { return weightsHash_; }
  /// (leads,H,W) in [0, 1]. UsageError for a context of another size than the network takes.
  torch::Tensor forecast(const ContextEncoding& encoding);
  /// The same for several contexts: past (B,T,H,W), extrapolated (B,leads,H,W) -> (B,leads,H,W).
  torch::Tensor forecast(const torch::Tensor& past, const torch::Tensor& extrapolated);

  CuboidTransformerModelImpl& network() { return *network_; }
  /// What the network is given: the context's frames, for a corrector also the extrapolated ones;
  /// (B,T,H,W,1).
  torch::Tensor input(const torch::Tensor& past, const torch::Tensor& extrapolated) const;

private:
  void readWeights(const std::string& weights, const torch::Device& device);

  torch::ScalarType products_;
  bool corrects_ = true;  ///< context and extrapolated frames in, their correction out; else
                          ///< context in, frames out
  std::optional<IntensityCalibration> calibration_;  ///< of a corrector
  std::string name_, weightsHash_;
  CuboidTransformerModel network_{nullptr};
  std::optional<RecordedCall> recorded_;  // with 16-bit products on a GPU that runs own kernels
};

}  // namespace stormloom
