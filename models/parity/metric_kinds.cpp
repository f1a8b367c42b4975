// Golden kinds of the skill scores (spec 12). The scores live in core and know no tensors.
#include <algorithm>

#include "core/enso_scores.h"
#include "core/field_scores.h"
#include "core/skill_scores.h"
#include "models/parity/parity_case.h"

namespace stormloom {
using torch::Tensor;
namespace {

/// Owns a contiguous copy on the CPU that spans can look at.
class HostField {
public:
  explicit HostField(const Tensor& tensor)
      : tensor_(tensor.to(torch::kCPU, torch::kFloat32).contiguous()) {}

  std::span<const float> values() const {
    return {tensor_.const_data_ptr<float>(), std::size_t(tensor_.numel())};
  }
  std::int64_t size(std::int64_t dimension) const { return tensor_.size(dimension); }
  /// (N,T,H,W,1)
  FrameStack frames() const { return {values(), size(0), size(1), size(2), size(3)}; }

private:
  Tensor tensor_;
};

template <class Number>
Tensor tensorOf(const std::vector<Number>& values) {
  return torch::tensor(values);
}

Tensor scalar(double value) { return torch::tensor({value}, torch::kDouble); }

/// Calls `update` with pred_0, target_0, pred_1, target_1 ...
template <class Update>
void forEachUpdate(const ParityCase& parity, Update&& update) {
  const auto named = [](std::string name, int i) { return name.append(std::to_string(i)); };
  for (int i = 0; parity.has(named("pred_", i)); ++i) {
    update(HostField(parity.input(named("pred_", i))),
           HostField(parity.input(named("target_", i))));
  }
}

Tensor countsOf(const SevirScores& scores, std::int64_t EventCounts::*which) {
  std::vector<std::int64_t> counts;
  for (std::size_t threshold = 0; threshold < scores.thresholds(); ++threshold) {
    for (std::size_t column = 0; column < scores.columns(); ++column)
      counts.push_back(scores.counts(threshold, column).*which);
  }
  const Tensor all = tensorOf(counts);
  if (scores.mode() == SevirMode::Together) return all;
  return all.view({std::int64_t(scores.thresholds()), std::int64_t(scores.columns())});
}

void addRatio(const SevirScores& scores, const std::string& name, double SevirRatios::*which,
              TensorMap& outputs) {
  std::vector<double> all, means;
  for (const auto& row : scores.ratios()) {
    for (const SevirRatios& ratios : row) all.push_back(ratios.*which);
  }
  for (const SevirRatios& ratios : scores.means()) means.push_back(ratios.*which);
  const bool perLead = scores.mode() == SevirMode::PerLead;
  const Tensor values = tensorOf(all);
  outputs[name] = perLead ? values.view({std::int64_t(scores.thresholds()), -1}) : values;
  outputs[name + "_avg"] = tensorOf(means);
}

ParityAnswer sevirScores(const ParityCase& parity) {
  const Json& config = parity.config();
  if (config.value("layout", "NTHWC") != "NTHWC")
    throw UnknownToThisVersion("scores are computed in the layout NTHWC only");
  std::vector<float> thresholds;
  for (const Json& threshold : config.at("threshold_list"))
    thresholds.push_back(float(threshold.asDouble()));
  SevirScores scores(SevirMode(std::stoi(config.value("mode", "0"))), config.at("seq_len").asInt(),
                     int(config.value("pool", std::int64_t(1))), thresholds,
                     config.value("eps", 1e-4));
  forEachUpdate(parity, [&](const HostField& forecast, const HostField& observed) {
    scores.update(forecast.frames(), observed.frames());
  });
  TensorMap outputs{{"hits", countsOf(scores, &EventCounts::hits)},
                    {"misses", countsOf(scores, &EventCounts::misses)},
                    {"false_alarms", countsOf(scores, &EventCounts::falseAlarms)}};
  addRatio(scores, "pod", &SevirRatios::pod, outputs);
  addRatio(scores, "sucr", &SevirRatios::sucr, outputs);
  addRatio(scores, "csi", &SevirRatios::csi, outputs);
  addRatio(scores, "bias", &SevirRatios::bias, outputs);
  return {outputs, {}};
}

ParityAnswer meanErrors(const ParityCase& parity) {
  const HostField forecast(parity.input("pred")), observed(parity.input("target"));
  return {{{"mse", scalar(meanSquaredError(forecast.values(), observed.values()))},
           {"mae", scalar(meanAbsoluteError(forecast.values(), observed.values()))}},
          {}};
}

ParityAnswer similarity(const ParityCase& parity) {
  StructuralSimilarity similarity;
  forEachUpdate(parity, [&](const HostField& forecast, const HostField& observed) {
    similarity.update(forecast.values(), observed.values(), forecast.size(2), forecast.size(3));
  });
  return {{{"ssim", scalar(similarity.value())}}, {}};
}

ParityAnswer rankedProbability(const ParityCase& parity) {
  const HostField members(parity.input("members")), observation(parity.input("observation"));
  const Tensor field = tensorOf(crpsField(members.values(), observation.values()));
  return {{{"crps", field.view(parity.input("observation").sizes())},
           {"crps_mean", field.to(torch::kDouble).mean().view({1})}},
          {}};
}

/// The stored crop in its place in a 24 x 48 field that is 0.5 elsewhere.
Tensor wholeFields(const Tensor& crop) {
  Tensor fields = torch::full({crop.size(0), crop.size(1), 24, 48}, 0.5);
  fields.slice(2, 8, 15).slice(3, 17, 32).copy_(crop);
  return fields;
}

ParityAnswer enso(const ParityCase& parity) {
  const auto indexOf = [&](const char* crop) {
    const HostField fields(wholeFields(parity.input(crop)));
    return ninoIndex({fields.values(), fields.size(0), fields.size(1)}, SstScale{});
  };
  const auto forecast = indexOf("pred_crop");
  const auto observed = indexOf("target_crop");
  const std::int64_t leads = parity.input("pred_crop").size(1) - 2;
  const EnsoScores scores = ensoScores(forecast, observed, leads);
  return {{{"nino_pred", tensorOf(forecast).view({-1, leads})},
           {"nino_target", tensorOf(observed).view({-1, leads})},
           {"correlation", tensorOf(scores.correlation)},
           {"rmse_per_lead", tensorOf(scores.rmse)},
           {"c_nino34_m", scalar(scores.meanCorrelation)},
           {"c_nino34_wm", scalar(scores.weightedCorrelation)},
           {"nino_rmse", scalar(scores.meanRmse)}},
          {}};
}

/// (B,T,H,W,C) -> (B,target_length,H,W,C), sample by sample.
ParityAnswer persistence(const ParityCase& parity) {
  const Tensor& context = parity.input("context");
  const std::int64_t leads = parity.config().at("target_length").asInt();
  std::vector<Tensor> samples;
  for (std::int64_t b = 0; b < context.size(0); ++b) {
    const HostField last(context[b][context.size(1) - 1]);
    auto shape = context[b].sizes().vec();
    shape[0] = leads;
    samples.push_back(tensorOf(persistenceForecast(last.values(), leads)).view(shape));
  }
  return {{{"forecast", torch::stack(samples)}}, {}};
}

}  // namespace

void addMetricKinds(ParityKinds& kinds) {
  kinds["sevir_scores"] = sevirScores;
  kinds["mse_mae"] = meanErrors;
  kinds["ssim"] = similarity;
  kinds["crps"] = rankedProbability;
  kinds["enso_scores"] = enso;
  kinds["persistence"] = persistence;
}

}  // namespace stormloom
