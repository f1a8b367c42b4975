#include "models/skill/ensemble_figures.h"

#include <array>

#include "core/skill_scores.h"
#include "core/verification.h"

namespace stormloom {
using torch::Tensor;
namespace {

constexpr std::array<std::int64_t, 3> kPools = {1, 4, 16};
constexpr std::array<double, 3> kFractionThresholds = {16.0, 74.0, 133.0};
constexpr double kReliabilityThreshold = 74.0;
constexpr double kWet = 16.0;  ///< ranks are counted where the observation or a member reaches it

/// Half a digit's thousandth below: fields that were 8-bit numbers divided by 255 must not fall
/// under.
double levelOf(double threshold) { return (threshold - 1e-3) / 255.0; }

void accumulate(Tensor& sum, const Tensor& part) {
  const Tensor here = part.detach().to(torch::kCPU, torch::kFloat64);
  sum = sum.defined() ? sum + here : here;
}

Json list(const Tensor& values) {
  const Tensor flat = values.contiguous();
  return Json(std::vector<double>(flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()));
}

/// Share of cells at or above the threshold around each cell, cut at the edge: (N,leads,H,W) ->
/// (leads,H,W).
Tensor sharesAround(const Tensor& fields, double threshold) {
  const Tensor events = (fields >= levelOf(threshold)).to(torch::kFloat32);
  const auto window = torch::nn::functional::AvgPool2dFuncOptions(kFssNeighbourhood)
                          .stride(1)
                          .padding(kFssNeighbourhood / 2)
                          .count_include_pad(false);
  return torch::nn::functional::avg_pool2d(events, window).mean(0);
}

/// Hits / (hits + misses + false alarms), 0 where nothing was said or seen.
Tensor successOf(const Tensor& counts) { return counts[0] / counts.sum(0).clamp_min(1.0); }

}  // namespace

Tensor radialPower(const Tensor& fields) {
  const std::int64_t height = fields.size(-2), width = fields.size(-1);
  const std::int64_t most = std::min(height, width) / 2;
  const Tensor rows =
      torch::fft::fftfreq(height, 1.0 / double(height), fields.options()).unsqueeze(1);
  const Tensor columns =
      torch::fft::rfftfreq(width, 1.0 / double(width), fields.options()).unsqueeze(0);
  const Tensor wave = (rows.square() + columns.square()).sqrt().round().to(torch::kInt64);
  // The half plane stands for both: its inner columns count twice.
  const Tensor twice =
      torch::logical_and(columns > 0, columns < double(width) / 2.0).to(torch::kFloat64) + 1.0;
  const Tensor power = torch::fft::rfft2(fields).abs().square().to(torch::kFloat64) * twice;
  const Tensor all = power.reshape({-1, height, wave.size(1)}).sum(0);
  const Tensor counted = twice.expand({height, -1}).contiguous();
  const Tensor ring = wave.clamp_max(most + 1).flatten();
  const Tensor sum = torch::zeros({most + 2}, all.options()).index_add(0, ring, all.flatten());
  const Tensor cells =
      torch::zeros({most + 2}, all.options()).index_add(0, ring, counted.flatten());
  return (sum / cells.clamp_min(1.0)).slice(0, 1, most + 1);
}

void EnsembleFigures::add(const Tensor& members, const Tensor& observed, const Tensor& measured) {
  const torch::NoGradGuard noGradient;
  const Tensor known = measured > 0.5;
  const Tensor said = members * known, seen = observed * known;
  addEvents(said[0], seen);
  addFractions(said, seen);
  addSpectra(said[0], seen);
  if (members.size(0) < 2) return;
  addRanks(members, observed, known);
  addReliability(members, observed, known);
}

void EnsembleFigures::addEvents(const Tensor& first, const Tensor& observed) {
  std::vector<Tensor> pools;
  for (const std::int64_t pool : kPools) {
    const Tensor said = torch::max_pool2d(first, pool), seen = torch::max_pool2d(observed, pool);
    std::vector<Tensor> rows;
    for (const float threshold : kSevirThresholds) {
      const Tensor a = said >= levelOf(threshold), b = seen >= levelOf(threshold);
      rows.push_back(torch::stack({torch::logical_and(a, b).sum({1, 2}),
                                   torch::logical_and(torch::logical_not(a), b).sum({1, 2}),
                                   torch::logical_and(a, torch::logical_not(b)).sum({1, 2})}));
    }
    pools.push_back(torch::stack(rows, 1));
  }
  accumulate(events_, torch::stack(pools, 1));
}

void EnsembleFigures::addFractions(const Tensor& members, const Tensor& observed) {
  std::vector<Tensor> error, most;
  for (const double threshold : kFractionThresholds) {
    const Tensor said = sharesAround(members, threshold);
    const Tensor seen = sharesAround(observed.unsqueeze(0), threshold);
    error.push_back((said - seen).square().sum({1, 2}));
    most.push_back((said.square() + seen.square()).sum({1, 2}));
  }
  accumulate(fractionError_, torch::stack(error));
  accumulate(fractionMost_, torch::stack(most));
}

void EnsembleFigures::addRanks(const Tensor& members, const Tensor& observed, const Tensor& known) {
  const std::int64_t count = members.size(0);
  const Tensor wet = torch::logical_and(
      known, torch::logical_or(observed >= levelOf(kWet), (members >= levelOf(kWet)).any(0)));
  const Tensor below = (members < observed).sum(0), equal = (members == observed).sum(0);
  std::vector<Tensor> ranks;
  for (std::int64_t rank = 0; rank <= count;
       ++rank) {  // ties are shared among the ranks they could have
    const Tensor here = torch::logical_and(below <= rank, below + equal >= rank);
    ranks.push_back((here * wet / (equal + 1).to(torch::kFloat64)).sum());
  }
  accumulate(ranks_, torch::stack(ranks));
}

void EnsembleFigures::addReliability(const Tensor& members, const Tensor& observed,
                                     const Tensor& known) {
  const std::int64_t count = members.size(0);
  const double level = levelOf(kReliabilityThreshold);
  const Tensor votes = (members >= level).sum(0).masked_select(known);
  const Tensor happened = (observed >= level).masked_select(known).to(torch::kFloat64);
  accumulate(said_, torch::bincount(votes, {}, count + 1));
  accumulate(came_, torch::bincount(votes, happened, count + 1));
}

void EnsembleFigures::addSpectra(const Tensor& first, const Tensor& observed) {
  accumulate(power_, radialPower(first));
  accumulate(observedPower_, radialPower(observed));
}

Json EnsembleFigures::toJson() const {
  Json json = Json::object({});
  const Tensor plain = events_.select(1, 0);         // (3,thresholds,leads)
  const Tensor overall = successOf(events_.sum(3));  // (pools,thresholds)
  json.set("csi_by_threshold", list(overall[0]));
  json.set("csi_m_pool_4", overall[1].mean().item<double>());
  json.set("csi_m_pool_16", overall[2].mean().item<double>());
  const Tensor byLead = successOf(plain);
  Json table = Json::array();
  for (std::int64_t i = 0; i < byLead.size(0); ++i) table.push(list(byLead[i]));
  json.set("csi_by_threshold_and_lead", table);
  Json fractions = Json::array();
  const Tensor skill = 1.0 - fractionError_ / fractionMost_.clamp_min(1e-9);
  for (std::size_t i = 0; i < kFractionThresholds.size(); ++i)
    fractions.push(Json::object(
        {{"threshold", kFractionThresholds[i]}, {"by_lead", list(skill[std::int64_t(i)])}}));
  json.set("fss", fractions);
  json.set("power_ratio_by_wave_number", list(power_ / observedPower_.clamp_min(1e-12)));
  if (!ranks_.defined()) return json;
  json.set("rank_histogram", list(ranks_ / ranks_.sum()));
  json.set("reliability_74",
           Json::object(
               {{"cells", list(said_)}, {"observed_share", list(came_ / said_.clamp_min(1.0))}}));
  return json;
}

}  // namespace stormloom
