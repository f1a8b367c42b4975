#pragma once

#include <string>

#include "models/prediff/alignment_guidance.h"
#include "models/prediff/autoencoder_kl.h"
#include "models/prediff/cuboid_transformer_unet.h"

namespace stormloom {

/// An official PreDiff: its networks and its diffusion with the official keys (spec 6 - 9).
struct PrediffConfiguration {
  Json vae, denoiser, alignment, diffusion;
  double guideScale = 50.0;
};

PrediffConfiguration prediffSevirLr();
/// "prediff-sevirlr"; ModelError for another name.
PrediffConfiguration prediffByName(const std::string& name);

}  // namespace stormloom
