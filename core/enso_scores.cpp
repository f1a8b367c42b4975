#include "core/enso_scores.h"

#include <cmath>

#include "core/errors.h"

namespace stormloom {
namespace {

constexpr std::int64_t kMeanMonths = 3;

double regionalMean(std::span<const float> field, const SstFields& sst, const NinoRegion& region) {
  double sum = 0.0;
  for (std::int64_t y = region.firstRow; y < region.firstRow + region.rows; ++y) {
    for (std::int64_t x = region.firstColumn; x < region.firstColumn + region.columns; ++x)
      sum += field[std::size_t(y * sst.width + x)];
  }
  return sum / double(region.rows * region.columns);
}

/// One lead time over all samples.
struct Column {
  std::span<const double> values;
  std::int64_t leads;
  std::int64_t lead;

  std::size_t samples() const { return values.size() / std::size_t(leads); }
  double operator[](std::size_t sample) const {
    return values[sample * std::size_t(leads) + std::size_t(lead)];
  }
  double mean() const {
    double sum = 0.0;
    for (std::size_t i = 0; i < samples(); ++i) sum += (*this)[i];
    return sum / double(samples());
  }
};

double correlation(const Column& p, const Column& t) {
  const double meanP = p.mean();
  const double meanT = t.mean();
  double cross = 0.0, squareP = 0.0, squareT = 0.0;
  for (std::size_t i = 0; i < p.samples(); ++i) {
    cross += (p[i] - meanP) * (t[i] - meanT);
    squareP += (p[i] - meanP) * (p[i] - meanP);
    squareT += (t[i] - meanT) * (t[i] - meanT);
  }
  return cross / (std::sqrt(squareP * squareT) + 1e-6);
}

double rootMeanSquare(const Column& p, const Column& t) {
  double sum = 0.0;
  for (std::size_t i = 0; i < p.samples(); ++i) sum += (p[i] - t[i]) * (p[i] - t[i]);
  return std::sqrt(sum / double(p.samples()));
}

/// Later leads count more: a(lead) ln(lead), leads counted from 1.
double leadWeight(std::int64_t lead) {
  const double a = lead <= 4 ? 1.5 : lead <= 11 ? 2.0 : lead <= 18 ? 3.0 : 4.0;
  return a * std::log(double(lead));
}

}  // namespace

std::vector<double> ninoIndex(const SstFields& sst, const SstScale& scale,
                              const NinoRegion& region) {
  const std::int64_t pixels = sst.height * sst.width;
  const bool inside = region.firstRow + region.rows <= sst.height &&
                      region.firstColumn + region.columns <= sst.width;
  if (!inside || sst.months < kMeanMonths ||
      sst.values.size() != std::size_t(sst.samples * sst.months * pixels)) {
    throw UsageError("The Nino3.4 index needs whole fields of three months that hold the region.");
  }
  std::vector<double> index;
  for (std::int64_t sample = 0; sample < sst.samples; ++sample) {
    std::vector<double> monthly;
    for (std::int64_t month = 0; month < sst.months; ++month) {
      const auto begin = std::size_t((sample * sst.months + month) * pixels);
      const double mean = regionalMean(sst.values.subspan(begin, std::size_t(pixels)), sst, region);
      monthly.push_back(scale.lowest + mean * (scale.highest - scale.lowest));
    }
    for (std::size_t i = 0; i + kMeanMonths <= monthly.size(); ++i)
      index.push_back((monthly[i] + monthly[i + 1] + monthly[i + 2]) / double(kMeanMonths));
  }
  return index;
}

EnsoScores ensoScores(std::span<const double> forecast, std::span<const double> observed,
                      std::int64_t leads) {
  if (leads < 1 || forecast.empty() || forecast.size() != observed.size() ||
      forecast.size() % std::size_t(leads) != 0) {
    throw UsageError("ENSO scores need indices of the same samples and lead times.");
  }
  EnsoScores scores;
  for (std::int64_t lead = 0; lead < leads; ++lead) {
    const Column p{forecast, leads, lead};
    const Column t{observed, leads, lead};
    scores.correlation.push_back(correlation(p, t));
    scores.rmse.push_back(rootMeanSquare(p, t));
    scores.meanCorrelation += scores.correlation.back() / double(leads);
    scores.weightedCorrelation += leadWeight(lead + 1) * scores.correlation.back() / double(leads);
    scores.meanRmse += scores.rmse.back() / double(leads);
  }
  return scores;
}

}  // namespace stormloom
