#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/scenario.h"

namespace stormloom {

/// How the mean intensity of the coming frames follows from the context, fitted on the training
/// split; one value per lead time: mu = a + b c + t trend, sigma = s0 + s1 c, where c is the mean
/// of the context's frame means and trend their least-squares slope, per step; [0, 1] units.
struct IntensityStatistics {
  std::vector<double> a, b, t, s0, s1;

  /// `contextMeans`: mean of each context frame in [0, 1], missing cells counted as 0.
  AnticipatedIntensity anticipate(const std::vector<double>& contextMeans) const;
  Json toJson() const;
  static IntensityStatistics fromJson(const Json& json);  ///< ModelError when lengths differ
};

/// What a trained network is and how it is used: a JSON file beside its weights.
///   network       "vae", "denoiser", "alignment", "earthformer"
///   architecture  the official configuration keys of the network's class
///   use           what a program must know to run it: for the VAE latent_mean and latent_deviation
///                 (per channel); for the denoiser statistics, process ("flow-matching", or
///                 "diffusion" with the official keys under diffusion, and guide_scale),
///                 context_frames, extrapolated_frames, control_features, trained_range (what it
///                 was trained on: lowest_mean and highest_mean of the futures' frame means in
///                 [0, 1], most_missing, radars) and defaults of sampler, steps,
///                 sharpness and extrapolated_share (ExtrapolatedPart); for the alignment network its process; for Earthformer
///                 context_frames, extrapolated_frames, output ("correction" or "frames") and
///                 calibration (IntensityCalibration)
struct ModelCard {
  std::string path;  ///< of the card; not written
  std::string network;
  std::string name;
  std::string weightsFile;  ///< beside the card
  std::string sha256;       ///< of the weights file
  Json architecture;
  Json use;
  Json training;    ///< recipe, steps, seconds, device
  Json validation;  ///< figures on the held-out event
  Json data;        ///< sources and their licences
  std::string licence;

  std::string weightsPath() const;
  std::optional<TrainedRange> trainedRange() const;  ///< none: the card does not say
};

/// Where the card of a weights file lies: beside it, under the same name.
std::string cardPathOf(const std::string& weightsPath);
/// Throws IoError or ModelError, naming the file.
ModelCard readModelCard(const std::string& path);
/// ModelError when the weights beside the card are not those that it describes.
void checkWeightsOfCard(const ModelCard& card);
void writeModelCard(const std::string& path, const ModelCard& card);

}  // namespace stormloom
