#pragma once

#include <torch/torch.h>

namespace stormloom {

/// While it lives, networks called from this thread take their fused path: own kernels, on a GPU
/// with 16-bit products and float sums, on a processor in float32. Only for inference: gradients of
/// weights do not pass the fused path, those of the input only where a module says so.
class FusedScope {
public:
  /// `products`: kBFloat16 or kHalf, what products on a GPU are rounded to.
  explicit FusedScope(bool wanted = true, torch::ScalarType products = torch::kBFloat16);
  ~FusedScope();
  FusedScope(const FusedScope&) = delete;
  FusedScope& operator=(const FusedScope&) = delete;

private:
  bool before_;
  torch::ScalarType productsBefore_;
};

/// What a module's fused path carries back.
enum class FusedGradients { None, OfInput };

/// Whether a module that was given `x` (float32 or of 16 bits) takes its fused path: inside a
/// scope, on the CPU or on a GPU that has the instructions (compute capability 8.0); while
/// gradients are recorded only if it carries them.
bool takesFusedPath(const torch::Tensor& x, FusedGradients gradients = FusedGradients::None);

/// Whether the engine computes networks by their fused path on this device: in float32 on a
/// processor, with 16-bit products on a GPU that has the instructions.
bool networksFuse(const torch::Device& device, torch::ScalarType products);

/// What fused products and convolutions compute in on this device: the scope's type on a GPU,
/// float32 on the CPU.
torch::ScalarType productType(const torch::Device& device);

}  // namespace stormloom
