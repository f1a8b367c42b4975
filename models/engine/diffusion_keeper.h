#pragma once

#include "core/diffusion_trace.h"
#include "models/engine/scenario_sampling.h"

namespace stormloom {

/// Watches one member being drawn and keeps every step, as latents; pictures are made at the end.
class DiffusionKeeper {
public:
  DiffusionKeeper(PreDiffModel& model, const ContextEncoding& encoding)
      : model_(model), encoding_(encoding) {}

  /// For the sampler; this object must outlive it.
  DrawObserver observer();
  /// Decodes what was kept. `each` is called before every step and may throw.
  std::vector<DiffusionStep> steps(const ModelContext& context,
                                   const std::function<void(double share)>& each);

private:
  struct Kept {
    double noise = 1.0;
    torch::Tensor latents, clean, silent;  ///< (leads,h,w,L); silent: undefined without a command
  };
  void keep(const torch::Tensor& z, const torch::Tensor& time, const torch::Tensor& predicted,
            const torch::Tensor& features);
  torch::Tensor cleanOf(const torch::Tensor& z, const torch::Tensor& time,
                        const torch::Tensor& predicted) const;
  double noiseAt(const torch::Tensor& time) const;
  DiffusionStep pictured(const Kept& kept, const ModelContext& context);

  PreDiffModel& model_;
  const ContextEncoding& encoding_;
  std::vector<Kept> kept_;
};

}  // namespace stormloom
