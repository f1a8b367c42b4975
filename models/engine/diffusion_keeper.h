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

  std::int64_t leads() const { return kept_.back().clean.latents.size(0); }
  /// Decodes one lead time of every step. From the last one backwards: a window shows that while
  /// the rest comes.
  void decodeLead(std::int64_t lead);
  /// What is decoded by now; frames that are not have no grid, and means are over the others.
  std::vector<DiffusionStep> steps(const ModelContext& context) const;

private:
  /// Latents (leads,h,w,L) and their frames (leads,H,W).
  struct Layer {
    torch::Tensor latents, frames;
  };
  struct Kept {
    double noise = 1.0;
    Layer latents, clean, silent;  ///< silent: undefined without a command
  };
  void keep(const torch::Tensor& z, const torch::Tensor& time, const torch::Tensor& predicted,
            const torch::Tensor& features);
  torch::Tensor cleanOf(const torch::Tensor& z, const torch::Tensor& time,
                        const torch::Tensor& predicted) const;
  double noiseAt(const torch::Tensor& time) const;
  void decodeResult();
  std::vector<Layer*> layers();
  DiffusionStep pictured(const Kept& kept, const ModelContext& context) const;

  PreDiffModel& model_;
  const ContextEncoding& encoding_;
  std::vector<Kept> kept_;
  std::int64_t firstDecoded_ = 0;  ///< lead times from this one on are there
};

}  // namespace stormloom
