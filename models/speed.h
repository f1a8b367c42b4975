#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/json.h"

namespace stormloom {

/// One own kernel against plain tensor code in float32, for one shape.
struct KernelCheck {
  std::string kernel;
  std::string shape;
  double error = 0.0;  ///< largest, as a share of the largest magnitude of the answer
  double allowed = 0.0;
  bool passed() const { return error <= allowed; }
};

/// Runs every kernel over many shapes, with masks, biases, padding, global vectors, odd widths and
/// strided rows, and recorded calls against plain ones; on a processor ("cpu") for each set of
/// instructions that it has. `only`: part of the name of what is checked (attention, residuals,
/// products, group norms, frames, gradients); "" is all. DeviceError where a GPU is
/// wanted and there is none.
std::vector<KernelCheck> checkKernels(const std::string& device = "cuda",
                                      const std::string& only = "");
/// Compiles every kernel for one architecture (80, 86, 89, 90, ...); needs no GPU. Throws
/// ModelError with the compiler's words. Returns how many programs were compiled.
int compileKernels(int architecture);

struct SpeedRequest {
  std::string device = "auto";
  std::string networks;     ///< only networks whose name contains this
  std::string modelFolder;  ///< of the shipped models; "": the shipped ones
  bool official = true;     ///< the official configurations beside the shipped models
  bool triesAlgorithms = false;  ///< convolutions choose by trying: not what the program does, since bits may differ
  double seconds = 1.0;     ///< how long each figure is measured, about
};

/// One figure: a network or a whole scenario, computed one way.
struct SpeedFigure {
  std::string what;  ///< "prediff-sevirlr denoiser"
  std::string way;   ///< "fp32 eager", "fused, recorded", ...
  int items = 1;
  double milliseconds = 0.0;  ///< of a call, median
  double gigaflop = 0.0;      ///< arithmetic of a call; 0: not counted
  double teraflops() const { return milliseconds > 0.0 ? gigaflop / milliseconds : 0.0; }
};

/// What one kernel takes of a call of a network.
struct KernelShare {
  std::string what;
  std::string kernel;
  double callsEach = 0.0;     ///< launches a call
  double microseconds = 0.0;  ///< of a call, all its launches
};
/// The quickest way of each network by kernel, or on a processor by operation with the shapes it was
/// given, the longest first.
std::vector<KernelShare> profileKernels(const SpeedRequest& request);

/// What this machine can do at most, measured in the same run.
struct MachineLimits {
  std::string device;
  double teraflops = 0.0;           ///< large products, bf16 on a GPU, fp32 on a CPU
  double gigabytesPerSecond = 0.0;  ///< copying, bytes read and written
};

MachineLimits machineLimits(const SpeedRequest& request);
/// The speed card, figure by figure as they are known. Weights are random: times do not depend on
/// them.
std::vector<SpeedFigure> measureSpeed(
    const SpeedRequest& request, std::stop_token stop = {},
    const std::function<void(const SpeedFigure&)>& eachFigure = {});

}  // namespace stormloom
