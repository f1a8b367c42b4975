#include "models/skill/obedience.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace stormloom {
namespace {

double meanOfAll(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

/// Spearman's rank correlation with values that rise by one.
double rankCorrelation(const std::vector<double>& values) {
  const double count = double(values.size());
  double squares = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    double rank = 0.0;
    for (const double other : values)
      rank += other < values[i] ? 1.0 : other == values[i] ? 0.5 : 0.0;
    const double away = double(i) - (rank - 0.5);
    squares += away * away;
  }
  return 1.0 - 6.0 * squares / (count * (count * count - 1.0));
}

}  // namespace

Json obedienceFigures(const std::vector<ObeyedContext>& contexts, double possibleFrom) {
  int rising = 0;
  double correlation = 0.0;
  std::map<double, std::pair<double, int>> misses;
  for (const ObeyedContext& context : contexts) {
    std::vector<double> means;
    for (const auto& achieved : context.achieved) means.push_back(meanOfAll(achieved));
    rising += std::ranges::adjacent_find(means, std::ranges::greater_equal()) == means.end();
    correlation += rankCorrelation(means);
    for (std::size_t i = 0; i < context.nSigma.size(); ++i) {
      for (std::size_t lead = 0; lead < context.achieved[i].size(); ++lead) {
        const double sigma = context.anticipated.sigma[lead];
        const double wanted = context.anticipated.mu[lead] + context.nSigma[i] * sigma;
        if (context.nSigma[i] == 0.0 || wanted < possibleFrom) continue;
        auto& [sum, count] = misses[context.nSigma[i]];
        sum += std::abs(context.achieved[i][lead] - wanted) / sigma;
        ++count;
      }
    }
  }
  Json miss = Json::array();
  for (const auto& [n, sum] : misses)
    miss.push(
        Json::object({{"n", n}, {"miss_sigma", sum.first / sum.second}, {"frames", sum.second}}));
  return Json::object(
      {{"contexts", contexts.size()},
       {"rising", rising},
       {"rank_correlation", correlation / double(std::max<std::size_t>(1, contexts.size()))},
       {"miss", miss}});
}

}  // namespace stormloom
