#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/frame_sequence.h"
#include "core/model_grid.h"

namespace stormloom {

enum class Quality {
  Preview,  ///< few steps, shown while the slider moves, marked as preview
  Full,
};

/// One question to the models: "what if the mean intensity were mu + n sigma?"
struct ScenarioRequest {
  std::uint64_t id = 0;  ///< numbered by the asker; answers to older ids are dropped
  std::shared_ptr<const ModelContext> context;
  std::vector<double> nSigma = {0.0};  ///< one scenario for each; all share the noise of a member
  std::uint64_t seed = 1;
  int members = 1;
  int firstMember = 0;        ///< number of the first; an ensemble grows without its old members drawn again
  /// The command bent by hand, one n for each lead time; then nSigma only names the row. Empty: not bent.
  std::vector<double> nSigmaByLead;
  /// Cells of the context's grid (row-major, not 0) that the control may change; null: all.
  std::shared_ptr<const std::vector<std::uint8_t>> region;
  Quality quality = Quality::Full;
  int firstLead = -1;         ///< of lead times, counted from 0, the one that is wanted before the others; -1: none
  int steps = 0;              ///< 0: the model card's choice for the quality
  /// "" (the model card's); of weights that follow a flow "flow-ab2", "flow-euler", "flow-heun"; of published weights
  /// "ddpm", "ddim", "ddim-quad" (":ETA" may follow), "dpm++"
  std::string sampler;
  std::string guidance;       ///< "" or "own" (the program's), "official" (published weights only), "none"
};

/// What the models have seen in training, as their card says.
struct TrainedRange {
  double lowestMean = 0.0;  ///< frame means of the futures, [0, 1]
  double highestMean = 1.0;
  double mostMissing = 1.0;         ///< share of a box without a radar
  std::vector<std::string> radars;  ///< names of networks
};

/// Mean and spread of the frame-mean intensity that the context lets expect, [0, 1] units, per lead time.
/// mu_tau = a_tau + b_tau c + t_tau trend; sigma_tau = s0_tau + s1_tau c, fitted on the training split.
struct AnticipatedIntensity {
  std::vector<double> mu;     ///< one per lead time
  std::vector<double> sigma;  ///< one per lead time
  double contextMean = 0.0;
  /// Commanded frame mean at n, clamped to [0, 1].
  double commanded(int lead, double nSigma) const;
  /// The n that a frame mean in [0, 1] stands for.
  double nSigmaOf(int lead, double mean) const;
};

/// Frames of one member at one n.
struct ScenarioMember {
  double nSigma = 0.0;
  int member = 0;
  FrameSequence frames;              ///< provenance Forecast or Preview
  std::vector<double> commanded;     ///< frame mean in [0, 1] per lead time; NaN where nothing was asked
  std::vector<double> achieved;
};

/// The answer, with everything needed to make it again.
struct ScenarioForecast {
  std::uint64_t id = 0;
  ScenarioRequest request;
  AnticipatedIntensity anticipated;
  std::optional<TrainedRange> trained;  ///< none: the model's card does not say
  std::vector<ScenarioMember> members;  ///< ordered by n, then member
  std::string model;                    ///< name of the model card
  std::string weightsHash;
  std::string sampler;
  int steps = 0;
  std::string guidance;
  std::string device;     ///< "CPU, 2 threads" or "NVIDIA H200"
  std::string precision;  ///< "fp32", "bf16", "fp16"
  double secondsTaken = 0.0;
};

/// A single deterministic future (persistence, extrapolation, Earthformer).
struct DeterministicForecast {
  std::string model;
  std::string weightsHash;
  FrameSequence frames;
  std::string device;
  double secondsTaken = 0.0;
};

/// Share of forecasts at or beyond n in the training climatology, and the words a forecaster uses for it.
double exceedanceProbability(double nSigma);
std::string intensityWords(double nSigma);  ///< "much stronger than expected, about 1 in 120 forecasts"

}  // namespace stormloom
