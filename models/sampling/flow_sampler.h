#pragma once

#include <torch/torch.h>

#include <functional>

namespace stormloom {

/// Velocity eps - z0 that a flow-matching denoiser predicts: (z, t) -> like z, for one t in (0, 1]
/// of the whole batch. On the way z = (1 - t) z0 + t eps.
using FlowVelocity = std::function<torch::Tensor(const torch::Tensor& z, double t)>;

/// The flow's time as the networks embed it, in the range of the official diffusion steps.
inline double embeddedFlowTime(double t) { return 999.0 * t; }

/// From noise at t = 1 to latents at t = 0 in steps that are equal for shift = 1 and shorter near
/// the noise above it: t' = shift t / (1 + (shift - 1) t). Euler and Adams-Bashforth (second order:
/// the velocity before is remembered) need one evaluation a step, Heun two but for the last step.
enum class FlowMethod { Euler, Heun, AdamsBashforth };
torch::Tensor sampleFlow(const FlowVelocity& velocity, const torch::Tensor& noise, int steps,
                         FlowMethod method = FlowMethod::Euler, double shift = 1.0);

}  // namespace stormloom
