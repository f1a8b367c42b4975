#include "models/engine/model_card.h"

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "core/errors.h"
#include "core/sha256.h"

namespace stormloom {
namespace {

constexpr double kSmallestSigma = 0.001;

/// Slope of a straight line through values one step apart.
double leastSquaresSlope(const std::vector<double>& values) {
  const double middle = (double(values.size()) - 1.0) / 2.0;
  double products = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    products += (double(i) - middle) * values[i];
    squares += (double(i) - middle) * (double(i) - middle);
  }
  return squares > 0.0 ? products / squares : 0.0;
}

}  // namespace

AnticipatedIntensity IntensityStatistics::anticipate(
    const std::vector<double>& contextMeans) const {
  AnticipatedIntensity anticipated;
  if (contextMeans.empty()) throw ModelError("A context without frames lets nothing be expected.");
  anticipated.contextMean =
      std::accumulate(contextMeans.begin(), contextMeans.end(), 0.0) / double(contextMeans.size());
  const double trend = leastSquaresSlope(contextMeans);
  for (std::size_t lead = 0; lead < a.size(); ++lead) {
    const double mu = a[lead] + b[lead] * anticipated.contextMean + t[lead] * trend;
    const double sigma = s0[lead] + s1[lead] * anticipated.contextMean;
    anticipated.mu.push_back(std::clamp(mu, 0.0, 1.0));
    anticipated.sigma.push_back(std::max(sigma, kSmallestSigma));
  }
  return anticipated;
}

Json IntensityStatistics::toJson() const {
  return Json::object({{"a", a}, {"b", b}, {"t", t}, {"s0", s0}, {"s1", s1}});
}

IntensityStatistics IntensityStatistics::fromJson(const Json& json) {
  IntensityStatistics statistics;
  const std::pair<const char*, std::vector<double>*> columns[] = {{"a", &statistics.a},
                                                                  {"b", &statistics.b},
                                                                  {"t", &statistics.t},
                                                                  {"s0", &statistics.s0},
                                                                  {"s1", &statistics.s1}};
  for (const auto& [key, column] : columns) {
    *column = json.at(key).as<std::vector<double>>();
    if (column->empty() || column->size() != statistics.a.size()) {
      throw ModelError("Intensity statistics need one value per lead time in a, b, t, s0 and s1.");
    }
  }
  return statistics;
}

std::string ModelCard::weightsPath() const {
  return (std::filesystem::path(path).parent_path() / weightsFile).string();
}

std::optional<TrainedRange> ModelCard::trainedRange() const {
  const Json* range = use.find("trained_range");
  if (!range) return std::nullopt;
  TrainedRange trained;
  trained.lowestMean = range->value("lowest_mean", trained.lowestMean);
  trained.highestMean = range->value("highest_mean", trained.highestMean);
  trained.mostMissing = range->value("most_missing", trained.mostMissing);
  trained.radars = range->value("radars", trained.radars);
  return trained;
}

std::string cardPathOf(const std::string& weightsPath) {
  return std::filesystem::path(weightsPath).replace_extension(".json").string();
}

ModelCard readModelCard(const std::string& path) {
  const Json json = readJsonFile(path);
  ModelCard card;
  card.path = path;
  card.network = json.at("network").asString();
  card.name = json.value("name", card.network);
  card.weightsFile = json.at("weights").at("file").asString();
  card.sha256 = json.at("weights").at("sha256").asString();
  // A card comes from anybody: it may only point to a file beside it.
  if (card.weightsFile.empty() ||
      std::filesystem::path(card.weightsFile).filename() != card.weightsFile) {
    throw ModelError(path + ": the weights must lie beside the card; give their file name only.");
  }
  card.architecture = json.at("architecture");
  card.use = json.value("use", Json::object());
  card.training = json.value("training", Json::object());
  card.validation = json.value("validation", Json::object());
  card.data = json.value("data", Json::array());
  card.licence = json.value("licence", "");
  return card;
}

void checkWeightsOfCard(const ModelCard& card) {
  if (sha256OfFile(card.weightsPath()) != card.sha256) {
    throw ModelError(card.weightsPath() + ": not the weights that " + card.path +
                     " describes (SHA-256 differs). Fetch both files again.");
  }
}

void writeModelCard(const std::string& path, const ModelCard& card) {
  writeJsonFile(
      path, Json::object(
                {{"network", card.network},
                 {"name", card.name},
                 {"weights", Json::object({{"file", card.weightsFile}, {"sha256", card.sha256}})},
                 {"architecture", card.architecture},
                 {"use", card.use},
                 {"training", card.training},
                 {"validation", card.validation},
                 {"data", card.data},
                 {"licence", card.licence}}));
}

}  // namespace stormloom
