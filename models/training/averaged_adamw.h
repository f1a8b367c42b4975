#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "models/checkpoint/tensor_file.h"

namespace stormloom {

struct AveragedAdamWOptions {
  double weightDecay = 0.0;
  double beta1 = 0.9, beta2 = 0.999;
  double clip = 1.0;  ///< largest global norm of the gradient; 0: any
  double averageDecay = 0.998;
};

/// AdamW in one fused call, with gradient clipping and a moving average of the weights, which is
/// what is validated and shipped: after n steps it forgets at min(averageDecay, (1 + n) / (10 +
/// n)). A step whose gradient is not finite is left out.
class AveragedAdamW {
public:
  AveragedAdamW(torch::nn::Module& network, const AveragedAdamWOptions& options);

  /// Uses and clears the gradients. Returns their norm before clipping, on the device.
  torch::Tensor step(double rate);
  std::int64_t steps() const { return steps_; }
  std::vector<torch::Tensor>& gradients();  ///< of all parameters, defined after a backward pass

  /// Exchanges weights and average: twice is as before.
  void swapAverage();

  std::vector<NamedTensor> state() const;                    ///< weights, average and moments
  void restore(const TensorFile& file, std::int64_t steps);  ///< ModelError when it does not fit

private:
  AveragedAdamWOptions options_;
  std::vector<std::string> names_;
  std::vector<torch::Tensor> weights_, gradients_, average_, first_, second_, counts_;
  std::int64_t steps_ = 0;
};

/// Warm-up along a straight line, then a cosine down to `finalRatio`; `progress` in [0, 1].
struct RateSchedule {
  double rate = 1e-3;
  double warmUpShare = 0.05;
  double finalRatio = 0.02;
  double at(double progress) const;
};

}  // namespace stormloom
