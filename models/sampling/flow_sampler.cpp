#include "models/sampling/flow_sampler.h"

namespace stormloom {

torch::Tensor sampleFlow(const FlowVelocity& velocity, const torch::Tensor& noise, int steps,
                         FlowMethod method, double shift) {
  const auto timeOf = [&](int step) {
    const double t = 1.0 - double(step) / steps;
    return shift * t / (1.0 + (shift - 1.0) * t);
  };
  torch::Tensor z = noise, before;
  double lastMove = 0.0;
  for (int step = 0; step < steps; ++step) {
    const double t = timeOf(step), next = timeOf(step + 1), move = next - t;
    const torch::Tensor v = velocity(z, t);
    // How far the velocity before reaches: half the ratio of this step to the last one.
    const double half = before.defined() ? 0.5 * move / lastMove : 0.0;
    const bool remembers = method == FlowMethod::AdamsBashforth && before.defined();
    torch::Tensor moved = z + move * (remembers ? (1.0 + half) * v - half * before : v);
    before = v;
    lastMove = move;
    // At t = 0 the network was never trained: the last step stays an Euler step.
    if (method == FlowMethod::Heun && step + 1 < steps) {
      moved = z + 0.5 * move * (v + velocity(moved, next));
    }
    z = moved;
  }
  return z;
}

}  // namespace stormloom
