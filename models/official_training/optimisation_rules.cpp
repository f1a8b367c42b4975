#include "models/official_training/optimisation_rules.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include "models/checkpoint/state_dict.h"

namespace stormloom {
using torch::Tensor;

double officialLearningRate(const OfficialRateOptions& options, std::int64_t step) {
  const auto warm = std::int64_t(std::nearbyint(options.warmUpShare * double(options.totalSteps)));
  if (step < warm)
    return options.rate * (options.warmUpStartRatio +
                           (1.0 - options.warmUpStartRatio) * double(step) / double(warm));
  const double lowest = options.finalRatio * options.rate;
  const double share =
      double(step - warm) / double(std::max<std::int64_t>(options.totalSteps - warm, 1));
  return lowest + (options.rate - lowest) * (1.0 + std::cos(std::numbers::pi * share)) / 2.0;
}

void updateOfficialAverage(Tensor& shadow, const Tensor& weights, std::int64_t n, double decay) {
  const double kept = std::min(decay, (1.0 + double(n)) / (10.0 + double(n)));
  shadow = shadow - (1.0 - kept) * (shadow - weights);
}

DecayGroups officialDecayGroups(const torch::nn::Module& network) {
  std::set<std::string> norms;
  for (const auto& module : network.named_modules())
    if (module.value()->as<torch::nn::LayerNorm>())
      for (const auto& parameter : module.value()->named_parameters(false))
        norms.insert(module.key() + "." + parameter.key());
  const auto parameters = network.named_parameters();
  DecayGroups groups;
  for (const NamedTensor& entry : stateDict(network)) {
    if (!parameters.contains(entry.name)) continue;  // a buffer
    const bool spared = norms.contains(entry.name) || entry.name.find("bias") != std::string::npos;
    (spared ? groups.noDecay : groups.decay).push_back(entry.name);
  }
  return groups;
}

torch::optim::AdamW officialAdamW(const torch::nn::Module& network,
                                  const OfficialAdamWOptions& options) {
  const auto parameters = network.named_parameters();
  const auto groupOf = [&](const std::vector<std::string>& names, double weightDecay) {
    std::vector<Tensor> tensors;
    for (const std::string& name : names) tensors.push_back(parameters[name]);
    auto settings = std::make_unique<torch::optim::AdamWOptions>(options.rate);
    settings->betas({options.beta1, options.beta2}).eps(options.eps).weight_decay(weightDecay);
    return torch::optim::OptimizerParamGroup(std::move(tensors), std::move(settings));
  };
  const DecayGroups groups = officialDecayGroups(network);
  return torch::optim::AdamW(std::vector<torch::optim::OptimizerParamGroup>{
      groupOf(groups.decay, options.weightDecay), groupOf(groups.noDecay, 0.0)});
}

}  // namespace stormloom
