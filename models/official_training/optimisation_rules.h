#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

namespace stormloom {

// How the official programs optimise (spec 11): to repeat their training, and to be held against
// their reference data.

struct OfficialRateOptions {
  double rate = 1e-3;
  std::int64_t totalSteps = 0;
  double warmUpShare = 0.2;
  double warmUpStartRatio = 0.0;
  double finalRatio = 1e-3;
};
/// The rate used by step `step`, counted from 0: linear warm-up, then a cosine.
double officialLearningRate(const OfficialRateOptions& options, std::int64_t step);

/// Moves an exponential average towards the weights after update n, counted from 1; young averages
/// move faster.
void updateOfficialAverage(torch::Tensor& shadow, const torch::Tensor& weights, std::int64_t n,
                           double decay);

/// Names of parameters in network order. Weight decay spares layer norms and whatever has "bias" in
/// its name, so also the tables of relative positions.
struct DecayGroups {
  std::vector<std::string> decay, noDecay;
};
DecayGroups officialDecayGroups(const torch::nn::Module& network);

struct OfficialAdamWOptions {
  double rate = 1e-3;
  double beta1 = 0.9, beta2 = 0.999;
  double eps = 1e-8;
  double weightDecay = 0.0;  ///< of the first decay group
};
/// AdamW with a group of parameters that decay and one of those that do not.
torch::optim::AdamW officialAdamW(const torch::nn::Module& network,
                                  const OfficialAdamWOptions& options);

}  // namespace stormloom
