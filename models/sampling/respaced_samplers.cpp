#include "models/sampling/respaced_samplers.h"

#include <algorithm>
#include <cmath>

#include "core/errors.h"

namespace stormloom {
using torch::Tensor;
namespace {

/// How much of the clean latents and of the noise is left at a step: zt = alpha z0 + sigma eps.
struct SignalLevel {
  double alpha = 1.0;
  double sigma = 0.0;
  double logRatio() const { return std::log(alpha / sigma); }  // lambda, half the log SNR
};

SignalLevel levelAt(const NoiseSchedule& schedule, std::int64_t t) {
  const double bar = schedule.alphaBar[t].item<double>();
  return {std::sqrt(bar), std::sqrt(1.0 - bar)};
}

double at(const Tensor& table, std::int64_t i) { return table[i].item<double>(); }

}  // namespace

Tensor sampleDdim(const DdimTables& tables, const CleanEstimate& estimate, const Tensor& zT,
                  const StepNoise& noise) {
  Tensor z = zT;
  const std::int64_t steps = tables.timesteps.size(0);
  for (std::int64_t k = 0; k < steps; ++k) {
    const std::int64_t i = steps - 1 - k;
    const double bar = at(tables.alphas, i), prev = at(tables.alphasPrev, i);
    const double sigma = at(tables.sigmas, i);
    const Tensor z0 = estimate(z, tables.timesteps[i].item<std::int64_t>());
    const Tensor eps = (z - std::sqrt(bar) * z0) / std::sqrt(1.0 - bar);
    z = std::sqrt(prev) * z0 + std::sqrt(std::max(0.0, 1.0 - prev - sigma * sigma)) * eps;
    if (sigma > 0.0) z = z + sigma * noise(k);
  }
  return z;
}

std::vector<std::int64_t> dpmSolverTimesteps(std::int64_t timesteps, std::int64_t steps) {
  if (steps < 1 || steps > timesteps)
    throw ModelError("DPM-Solver++ takes 1 to " + std::to_string(timesteps) + " steps, not " +
                     std::to_string(steps) + ".");
  std::vector<std::int64_t> asked;
  for (std::int64_t left = steps; left > 0; --left)
    asked.push_back(left * timesteps / steps - 1);  // never the same step twice: a stride of nothing
  return asked;
}

Tensor sampleDpmSolver(const NoiseSchedule& schedule, const std::vector<std::int64_t>& timesteps,
                       const CleanEstimate& estimate, const Tensor& zT) {
  Tensor z = zT, before;
  double lastStride = 0.0;  // in log ratios, of the step before
  for (std::size_t i = 0; i < timesteps.size(); ++i) {
    const Tensor z0 = estimate(z, timesteps[i]);
    if (i + 1 == timesteps.size()) return z0;
    const SignalLevel here = levelAt(schedule, timesteps[i]);
    const SignalLevel next = levelAt(schedule, timesteps[i + 1]);
    const double stride = next.logRatio() - here.logRatio();
    Tensor direction = z0;
    if (before.defined()) {
      const double extrapolation = stride / (2.0 * lastStride);
      direction = (1.0 + extrapolation) * z0 - extrapolation * before;
    }
    z = (next.sigma / here.sigma) * z - next.alpha * std::expm1(-stride) * direction;
    before = z0;
    lastStride = stride;
  }
  return z;
}

}  // namespace stormloom
