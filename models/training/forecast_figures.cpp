#include "models/training/forecast_figures.h"

#include <cmath>
#include <numeric>

#include "core/skill_scores.h"
#include "models/engine/tensor_numbers.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr double kPerThousand = 1000.0;
constexpr double kShortestWave = 4.0, kLongestWave = 40.0 / 3.0;  // cells

Tensor onCpu(const Tensor& values) { return values.detach().to(torch::kCPU, torch::kFloat64); }

void accumulate(Tensor& sum, const Tensor& part) {
  sum = sum.defined() ? sum + onCpu(part) : onCpu(part);
}

/// Sum over pairs of |x_i - x_j| / (2 M^2) along the second axis: (B,M,...) -> (B,...).
Tensor halfMeanDifference(const Tensor& members) {
  const std::int64_t count = members.size(1);
  const Tensor sorted = std::get<0>(members.sort(1));
  const Tensor rank = torch::arange(count, members.options()) * 2.0 - double(count - 1);
  return (sorted * rank.view({1, count, 1, 1, 1})).sum(1) / double(count * count);
}

/// Power of fields (...,H,W) in the band of wavelengths.
double bandPower(const Tensor& fields) {
  const std::int64_t height = fields.size(-2), width = fields.size(-1);
  const Tensor rows = torch::fft::fftfreq(height, fields.options()).unsqueeze(1);
  const Tensor columns = torch::fft::rfftfreq(width, fields.options()).unsqueeze(0);
  const Tensor frequency = (rows.square() + columns.square()).sqrt();
  const Tensor band =
      torch::logical_and(frequency >= 1.0 / kLongestWave, frequency <= 1.0 / kShortestWave);
  const Tensor power = torch::fft::rfft2(fields - fields.mean({-2, -1}, true)).abs().square();
  return (power * band).sum(torch::kFloat64).item<double>();
}

Tensor ratio(const Tensor& hits, const Tensor& misses, const Tensor& falseAlarms) {
  return hits / (hits + misses + falseAlarms).clamp_min(1.0);
}

}  // namespace

double meanOf(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) /
         double(std::max<std::size_t>(1, values.size()));
}

void ForecastFigures::addEvents(const Tensor& forecast, const Tensor& observed,
                                const Tensor& measured) {
  std::vector<Tensor> hits, misses, falseAlarms;
  const Tensor known = measured > 0.5;
  for (const float threshold : kSevirThresholds) {
    // Half a digit below: fields that were 8-bit numbers divided by 255 must not fall under.
    const double level = (double(threshold) - 1e-3) / 255.0;
    const Tensor said = torch::logical_and(forecast >= level, known);
    const Tensor seen = torch::logical_and(observed >= level, known);
    const auto count = [](const Tensor& events) { return events.sum({0, 2, 3}); };
    hits.push_back(count(torch::logical_and(said, seen)));
    misses.push_back(count(torch::logical_and(torch::logical_not(said), seen)));
    falseAlarms.push_back(count(torch::logical_and(said, torch::logical_not(seen))));
  }
  accumulate(counts_.hits, torch::stack(hits));
  accumulate(counts_.misses, torch::stack(misses));
  accumulate(counts_.falseAlarms, torch::stack(falseAlarms));
}

void ForecastFigures::add(const Tensor& members, const Tensor& observed, const Tensor& measured) {
  const torch::NoGradGuard noGradient;
  members_ = members.size(1);
  const Tensor mean = members.mean(1);
  const Tensor error = (mean - observed).square() * measured;
  accumulate(cells_, measured.sum({0, 2, 3}));
  accumulate(squared_, error.sum({0, 2, 3}));
  const Tensor away = (members - observed.unsqueeze(1)).abs().mean(1);
  accumulate(ranked_, ((away - halfMeanDifference(members)) * measured).sum({0, 2, 3}));
  if (members_ > 1)
    variance_ += (members.var(1, /*unbiased=*/true) * measured).sum(torch::kFloat64).item<double>();
  error_ += error.sum(torch::kFloat64).item<double>();
  forecastPower_ += bandPower(members.select(1, 0) * measured);
  observedPower_ += bandPower(observed * measured);
  addEvents(members.select(1, 0), observed, measured);
}

std::vector<double> ForecastFigures::mse() const {
  return numbersOf(squared_ / cells_ * kPerThousand);
}
std::vector<double> ForecastFigures::crps() const {
  return numbersOf(ranked_ / cells_ * kPerThousand);
}

std::vector<double> ForecastFigures::csiMean() const {
  return numbersOf(ratio(counts_.hits, counts_.misses, counts_.falseAlarms).mean(0));
}

double ForecastFigures::csiMeanOfAll() const {
  return ratio(counts_.hits.sum(1), counts_.misses.sum(1), counts_.falseAlarms.sum(1))
      .mean()
      .item<double>();
}

double ForecastFigures::spreadSkill() const {
  return std::sqrt(variance_ * double(members_ + 1) / double(members_) / std::max(error_, 1e-12));
}

double ForecastFigures::powerRatio() const {
  return forecastPower_ / std::max(observedPower_, 1e-12);
}

Json ForecastFigures::toJson() const {
  Json json = Json::object({{"mse_x1000", meanOf(mse())},
                            {"mse_x1000_by_lead", mse()},
                            {"csi_m", csiMeanOfAll()},
                            {"csi_m_by_lead", csiMean()},
                            {"power_12_40_km", powerRatio()}});
  if (members_ > 1) {
    json.set("members", members_);
    json.set("crps_x1000", meanOf(crps()));
    json.set("crps_x1000_by_lead", crps());
    json.set("spread_skill", spreadSkill());
  }
  return json;
}

}  // namespace stormloom
