#pragma once

#include <torch/torch.h>

#include <functional>
#include <string>
#include <vector>

#include "models/sampling/ancestral_sampler.h"

namespace stormloom {

/// What the clean latents behind zt (B,...) are taken to be at step t of the diffusion, guided
/// where knowledge pulls.
using CleanEstimate = std::function<torch::Tensor(const torch::Tensor& zt, std::int64_t t)>;

/// DDIM (Song et al. 2021) over the steps of the tables, from noise zT. `noise` is asked for step k
/// only where the tables have a sigma; k is counted from 0 at the noisiest step. With eta 1 and
/// every step it is the ancestral sampler.
torch::Tensor sampleDdim(const DdimTables& tables, const CleanEstimate& estimate,
                         const torch::Tensor& zT, const StepNoise& noise);

/// Steps of the diffusion at which a DPM-Solver++ of `steps` evaluations asks, the noisiest first:
/// equally spaced, each once, from timesteps - 1. ModelError when there are more steps than the diffusion has.
std::vector<std::int64_t> dpmSolverTimesteps(std::int64_t timesteps, std::int64_t steps);

/// DPM-Solver++ of second order, multistep (Lu et al. 2022): follows the diffusion's ordinary
/// differential equation, no noise but zT. The last step, to no noise at all, is of first order.
torch::Tensor sampleDpmSolver(const NoiseSchedule& schedule,
                              const std::vector<std::int64_t>& timesteps,
                              const CleanEstimate& estimate, const torch::Tensor& zT);

}  // namespace stormloom
