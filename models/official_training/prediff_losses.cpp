#include "models/official_training/prediff_losses.h"

namespace stormloom {
using torch::Tensor;

DenoiserLoss denoiserLoss(const NoiseSchedule& schedule, const Tensor& logvar, const Tensor& wanted,
                          const Tensor& predicted, const Tensor& t) {
  DenoiserLoss loss;
  loss.perSample = (predicted - wanted).square().flatten(1).mean(1);  // (B)
  const Tensor logVariance = logvar.index_select(0, t);
  loss.loss = (loss.perSample / logVariance.exp() + logVariance).mean();
  loss.bound = (schedule.lvlbWeights.index_select(0, t) * loss.perSample).mean();
  return loss;
}

}  // namespace stormloom
