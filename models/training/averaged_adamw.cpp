#include "models/training/averaged_adamw.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/errors.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr double kAdamEps = 1e-8;
constexpr const char* kWeights = "weights/";
constexpr const char* kAverage = "average/";
constexpr const char* kFirst = "first_moment/";
constexpr const char* kSecond = "second_moment/";

void take(std::vector<Tensor>& into, const std::vector<std::string>& names, const char* prefix,
          const TensorFile& file) {
  const torch::NoGradGuard noGradient;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Tensor& stored = file.at(prefix + names[i]);
    if (stored.sizes() != into[i].sizes())
      throw ModelError(file.path() + ": the state of " + names[i] +
                       " has another shape. Begin anew with --fresh.");
    into[i].copy_(stored);
  }
}

}  // namespace

AveragedAdamW::AveragedAdamW(torch::nn::Module& network, const AveragedAdamWOptions& options)
    : options_(options) {
  for (const auto& parameter : network.named_parameters()) {
    const Tensor& weight = parameter.value();
    names_.push_back(parameter.key());
    weights_.push_back(weight);
    average_.push_back(weight.detach().clone());
    first_.push_back(torch::zeros_like(weight));
    second_.push_back(torch::zeros_like(weight));
    counts_.push_back(torch::zeros({}, weight.options().dtype(torch::kFloat32)));
  }
}

std::vector<Tensor>& AveragedAdamW::gradients() {
  gradients_.clear();
  for (Tensor& weight : weights_) {
    if (!weight.grad().defined()) weight.mutable_grad() = torch::zeros_like(weight);
    gradients_.push_back(weight.grad());
  }
  return gradients_;
}

Tensor AveragedAdamW::step(double rate) {
  const torch::NoGradGuard noGradient;
  gradients();
  const Tensor norm = torch::stack(at::_foreach_norm(gradients_)).norm();
  if (options_.clip > 0.0)
    at::_foreach_mul_(gradients_, (options_.clip / (norm + 1e-6)).clamp_max(1.0));
  const Tensor unusable = torch::logical_not(torch::isfinite(norm)).to(torch::kFloat32);
  at::_foreach_add_(counts_, 1.0);
  at::_fused_adamw_(weights_, gradients_, first_, second_, {}, counts_, rate, options_.beta1,
                    options_.beta2, options_.weightDecay, kAdamEps, /*amsgrad=*/false,
                    /*maximize=*/false, /*grad_scale=*/std::nullopt, unusable);
  ++steps_;
  const double n = double(steps_);
  const double decay = std::min(options_.averageDecay, (1.0 + n) / (10.0 + n));
  at::_foreach_lerp_(average_, weights_, 1.0 - decay);
  at::_foreach_zero_(gradients_);
  return norm;
}

void AveragedAdamW::swapAverage() {
  const torch::NoGradGuard noGradient;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const Tensor kept = weights_[i].detach().clone();
    weights_[i].copy_(average_[i]);
    average_[i].copy_(kept);
  }
}

std::vector<NamedTensor> AveragedAdamW::state() const {
  std::vector<NamedTensor> all;
  const auto add = [&](const char* prefix, const std::vector<Tensor>& tensors) {
    for (std::size_t i = 0; i < names_.size(); ++i)
      all.push_back({prefix + names_[i], tensors[i].detach().cpu()});
  };
  add(kWeights, weights_);
  add(kAverage, average_);
  add(kFirst, first_);
  add(kSecond, second_);
  return all;
}

void AveragedAdamW::restore(const TensorFile& file, std::int64_t steps) {
  take(weights_, names_, kWeights, file);
  take(average_, names_, kAverage, file);
  take(first_, names_, kFirst, file);
  take(second_, names_, kSecond, file);
  for (Tensor& count : counts_) count.fill_(double(steps));
  steps_ = steps;
}

double RateSchedule::at(double progress) const {
  if (progress < warmUpShare) return rate * std::max(progress / warmUpShare, 1e-3);
  const double down = std::clamp((progress - warmUpShare) / (1.0 - warmUpShare), 0.0, 1.0);
  return rate * (finalRatio + (1.0 - finalRatio) * 0.5 * (1.0 + std::cos(std::numbers::pi * down)));
}

}  // namespace stormloom
