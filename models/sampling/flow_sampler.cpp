#include "models/sampling/flow_sampler.h"

namespace stormloom {

torch::Tensor sampleFlow(const FlowVelocity& velocity, const torch::Tensor& noise, int steps,
                         FlowMethod method) {
  torch::Tensor z = noise, before;
  for (int step = 0; step < steps; ++step) {
    const double t = 1.0 - double(step) / steps;
    const double next = 1.0 - double(step + 1) / steps;
    const torch::Tensor v = velocity(z, t);
    const bool remembers = method == FlowMethod::AdamsBashforth && before.defined();
    torch::Tensor moved = z + (next - t) * (remembers ? 1.5 * v - 0.5 * before : v);
    before = v;
    // At t = 0 the network was never trained: the last step stays an Euler step.
    if (method == FlowMethod::Heun && step + 1 < steps) {
      moved = z + 0.5 * (next - t) * (v + velocity(moved, next));
    }
    z = moved;
  }
  return z;
}

}  // namespace stormloom
