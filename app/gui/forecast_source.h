#pragma once

#include <QObject>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/scenario.h"

namespace stormloom {

/// The models as the window sees them; all functions are called on the worker's thread only.
struct ForecastFunctions {
  using Progress = std::function<void(double share)>;
  using Early = std::function<void(std::shared_ptr<const ScenarioForecast>)>;
  using Generate = std::function<std::shared_ptr<const ScenarioForecast>(
      const ScenarioRequest&, std::stop_token, const Progress&, const Early&)>;
  using Deterministic = std::function<std::shared_ptr<const DeterministicForecast>(
      const ModelContext&, const std::string& model, std::stop_token)>;
  using Stochastic = std::function<std::shared_ptr<const ScenarioForecast>(
      std::shared_ptr<const ModelContext>, int members, std::uint64_t seed, std::stop_token)>;
  Generate generate;
  Deterministic deterministic;
  Stochastic stochastic;
};

/// The shipped engine, made on the worker's thread at the first question.
ForecastFunctions engineFunctions();

/// Answers scenario requests and, once for each context, the deterministic forecasts beside them.
class ForecastSource : public QObject {
  Q_OBJECT
public:
  explicit ForecastSource(ForecastFunctions functions, QObject* parent = nullptr);
  /// To be called on the worker's thread. What needs no network comes before the first scenario of
  /// a context, Earthformer after its first preview.
  std::shared_ptr<const ScenarioForecast> answer(const ScenarioRequest& request,
                                                 std::stop_token stop);

Q_SIGNALS:
  void progress(double share);
  /// The frame on the screen, before the others of the same answer.
  void earlyFrame(std::shared_ptr<const stormloom::ScenarioForecast> forecast);
  void deterministicReady(const QString& contextHash, const QString& model,
                          std::shared_ptr<const stormloom::DeterministicForecast> forecast);
  /// The extrapolation with members.
  void stochasticReady(const QString& contextHash,
                       std::shared_ptr<const stormloom::ScenarioForecast> forecast);
  void deterministicFailed(const QString& contextHash, const QString& model,
                           const QString& sentence);

private:
  void bring(const ModelContext& context, const char* model, std::stop_token stop);
  void bringStochastic(std::shared_ptr<const ModelContext> context, std::stop_token stop);

  ForecastFunctions functions_;
  std::string contextHash_;     ///< of the worker's thread, like `done_`
  std::set<std::string> done_;  ///< models answered for this context
};

}  // namespace stormloom
