#include "models/kernels/fused_scope.h"

#include "models/kernels/device_program.h"

namespace stormloom {
namespace {
// Like LibTorch's autocast: a property of the call, not of a network.
thread_local bool fusedWanted = false;
thread_local torch::ScalarType fusedProducts = torch::kBFloat16;
}  // namespace

FusedScope::FusedScope(bool wanted, torch::ScalarType products)
    : before_(fusedWanted), productsBefore_(fusedProducts) {
  fusedWanted = wanted;
  fusedProducts = products;
}

FusedScope::~FusedScope() {
  fusedWanted = before_;
  fusedProducts = productsBefore_;
}

bool takesFusedPath(const torch::Tensor& x, FusedGradients gradients) {
  const bool carries = gradients == FusedGradients::OfInput || !torch::GradMode::is_enabled();
  if (!fusedWanted || !carries) return false;
  return x.is_cpu() || (x.is_cuda() && kernelsRunOn(x.device()));
}

bool networksFuse(const torch::Device& device, torch::ScalarType products) {
  const bool wide = products == torch::kFloat32;
  return device.is_cpu() ? wide : !wide && kernelsRunOn(device);
}

torch::ScalarType productType(const torch::Device& device) {
  return device.is_cuda() ? fusedProducts : torch::kFloat32;
}

}  // namespace stormloom
