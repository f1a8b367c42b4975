#pragma once

#include <QObject>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "core/latest_wins_worker.h"

namespace stormloom {

/// The models as the window sees them; both functions are called on the worker's thread only.
struct ForecastFunctions {
  using Deterministic = std::function<std::shared_ptr<const DeterministicForecast>(
      const ModelContext&, const std::string& model, std::stop_token)>;
  LatestWinsWorker::Generate generate;
  Deterministic deterministic;
};

/// The shipped engine, made on the worker's thread at the first question.
ForecastFunctions engineFunctions();

/// Answers scenario requests and, once for each context, the deterministic forecasts beside them.
class ForecastSource : public QObject {
  Q_OBJECT
 public:
  explicit ForecastSource(ForecastFunctions functions, QObject* parent = nullptr);
  /// To be called on the worker's thread. Full requests bring what is missing of the context first.
  std::shared_ptr<const ScenarioForecast> answer(const ScenarioRequest& request, std::stop_token stop);

 Q_SIGNALS:
  void deterministicReady(const QString& contextHash, const QString& model,
                          std::shared_ptr<const stormloom::DeterministicForecast> forecast);
  void deterministicFailed(const QString& contextHash, const QString& model, const QString& sentence);

 private:
  void bringDeterministic(const ModelContext& context, std::stop_token stop);

  ForecastFunctions functions_;
  std::string contextHash_;      ///< of the worker's thread, like `done_`
  std::set<std::string> done_;  ///< models answered for this context
};

}  // namespace stormloom
