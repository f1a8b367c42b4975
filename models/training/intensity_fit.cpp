#include "models/training/intensity_fit.h"

#include <cmath>
#include <numbers>

namespace stormloom {
using torch::Tensor;
namespace {

constexpr double kSmallestSigma = 0.001;

Tensor slopeOf(const Tensor& means) {  // (N,T) -> (N), least squares, per step
  const Tensor time =
      torch::arange(means.size(1), means.options()) - double(means.size(1) - 1) / 2.0;
  return (means * time).sum(1) / time.square().sum();
}

/// (N,3): 1, mean, trend.
Tensor regressors(const Tensor& contextMeans) {
  return torch::stack(
      {torch::ones_like(contextMeans.select(1, 0)), contextMeans.mean(1), slopeOf(contextMeans)},
      1);
}

/// Mean intensity of every frame of every training window, (N,13) float64, and the windows'
/// weights.
std::pair<Tensor, Tensor> frameMeansOf(const FrameCorpus& corpus) {
  const std::vector<CorpusWindow> windows = corpus.split(false);
  std::vector<double> perEvent(corpus.events.size(), 0.0);
  for (const CorpusWindow& window : windows) perEvent[std::size_t(window.event)] += 1.0;
  std::vector<double> weights;
  std::vector<Tensor> means;
  constexpr std::size_t atOnce = 64;
  for (std::size_t first = 0; first < windows.size(); first += atOnce) {
    const std::size_t end = std::min(windows.size(), first + atOnce);
    const Tensor bytes = corpus.gather(
        {windows.begin() + std::ptrdiff_t(first), windows.begin() + std::ptrdiff_t(end)});
    const Tensor values = torch::where(bytes == kUnknownDigital, torch::zeros_like(bytes), bytes);
    means.push_back(values.to(torch::kFloat32).mean({2, 3}).to(torch::kCPU, torch::kFloat64) /
                    255.0);
    for (std::size_t i = first; i < end; ++i)
      weights.push_back(1.0 / perEvent[std::size_t(windows[i].event)]);
  }
  return {torch::cat(means), torch::tensor(weights, torch::kFloat64)};
}

Tensor weightedLeastSquares(const Tensor& x, const Tensor& y, const Tensor& weights) {
  const Tensor root = weights.sqrt().unsqueeze(1);
  return std::get<0>(torch::linalg_lstsq(x * root, y * root));
}

std::vector<double> row(const Tensor& table, std::int64_t index) {
  const Tensor values = table[index].contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

}  // namespace

IntensityStatistics fitIntensityStatistics(const FrameCorpus& corpus) {
  const torch::NoGradGuard noGradient;
  const auto [means, weights] = frameMeansOf(corpus);
  const Tensor given = regressors(means.slice(1, 0, kContextFrames));
  const Tensor wanted = means.slice(1, kContextFrames);
  const Tensor mu = weightedLeastSquares(given, wanted, weights);  // (3,6)
  // The mean size of a normal residual is sigma sqrt(2 / pi).
  const Tensor sizes = (wanted - given.matmul(mu)).abs() * std::sqrt(std::numbers::pi / 2.0);
  const Tensor sigma = weightedLeastSquares(given.slice(1, 0, 2), sizes, weights).clamp_min(0.0);
  return {row(mu, 0), row(mu, 1), row(mu, 2), row(sigma, 0), row(sigma, 1)};
}

std::pair<Tensor, Tensor> anticipatedOf(const IntensityStatistics& statistics,
                                        const Tensor& contextMeans) {
  const auto column = [&](const std::vector<double>& values) {
    return torch::tensor(values, torch::kFloat64).to(contextMeans.options());
  };
  const Tensor mean = contextMeans.mean(1, true), trend = slopeOf(contextMeans).unsqueeze(1);
  const Tensor mu =
      column(statistics.a) + column(statistics.b) * mean + column(statistics.t) * trend;
  const Tensor sigma = column(statistics.s0) + column(statistics.s1) * mean;
  return {mu.clamp(0.0, 1.0), sigma.clamp_min(kSmallestSigma)};
}

}  // namespace stormloom
