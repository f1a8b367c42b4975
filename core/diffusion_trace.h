#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/receipt.h"
#include "core/scenario.h"

namespace stormloom {

/// One step of the denoiser, as pictures.
struct DiffusionStep {
  double noise = 1.0;     ///< share of noise in the latents: 1 at the start, 0 when all is done
  FrameSequence latents;  ///< the latents as they are, decoded: noise that becomes rain
  FrameSequence clean;    ///< what the network expects them to become; without a grid: not decoded
  /// By how much the command moves what is expected, for each lead and pixel on the 0-255 scale;
  /// empty where nothing was commanded.
  std::vector<std::vector<float>> push;
  double pushSize = 0.0;   ///< mean size of the push over all leads and pixels
  double cleanMean = 0.0;  ///< mean intensity of what is expected, [0, 1]
};

/// How one member came out of its noise. The last step is the result: its push is what the control
/// changed after the sampler had ended.
struct DiffusionTrace {
  double nSigma = 0.0;
  std::uint64_t seed = 1;
  int member = 0;
  double expectedMean = 0.0;   ///< mu over all lead times, [0, 1]
  double commandedMean = 0.0;  ///< mu + n sigma over all lead times, [0, 1]
  bool isCommanded() const { return nSigma != 0.0; }
  std::vector<DiffusionStep> steps;
  std::string model, weightsHash, sampler, guidance, device;
  double secondsTaken = 0.0;
};

using DiffusionTraces = std::vector<std::shared_ptr<const DiffusionTrace>>;

/// Whether all lead times are decoded.
bool isWhole(const DiffusionTraces& traces);

/// The largest size of a push over traces that stand side by side; never 0.
double largestPush(const DiffusionTraces& traces);

/// CF NetCDF: latents, clean and push (scenario, step, time, y, x), a scenario for each trace; or a
/// line for each of their steps as CSV. Intensities on the 0-255 scale. Throws IoError.
void writeDiffusionFile(const std::string& path, const DiffusionTraces& traces,
                        const Receipt& receipt);
void writeDiffusionTable(const std::string& path,
                         const DiffusionTraces& traces, const Receipt& receipt);

}  // namespace stormloom
