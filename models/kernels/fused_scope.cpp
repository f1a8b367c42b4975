#include "models/kernels/fused_scope.h"

#include "models/kernels/device_program.h"

namespace stormloom {
namespace {
thread_local bool fusedWanted = false;  // like LibTorch's autocast: a property of the call, not of a network
}

FusedScope::FusedScope(bool wanted) : before_(fusedWanted) { fusedWanted = wanted; }
FusedScope::~FusedScope() { fusedWanted = before_; }

bool takesFusedPath(const torch::Tensor& x) {
  if (!fusedWanted || torch::GradMode::is_enabled()) return false;
  return x.is_cpu() || (x.is_cuda() && kernelsRunOn(x.device()));
}

torch::ScalarType productType(const torch::Device& device) {
  return device.is_cuda() ? torch::kBFloat16 : torch::kFloat32;
}

}  // namespace stormloom
