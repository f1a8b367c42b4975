#include "app/gui/forecast_source.h"

#include "app/figure/desk.h"
#include "models/nowcast_engine.h"

namespace stormloom {

ForecastFunctions engineFunctions() {
  auto engine = std::make_shared<std::unique_ptr<NowcastEngine>>();
  const auto ready = [engine]() -> NowcastEngine& {
    if (!*engine) *engine = std::make_unique<NowcastEngine>();
    return **engine;
  };
  return {[ready](const ScenarioRequest& request, std::stop_token stop,
                  const ForecastFunctions::Progress& progress,
                  const ForecastFunctions::Early& early) {
            return ready().generate(
                request, stop, [&](double share, const std::string&) { progress(share); }, {},
                early);
          },
          [ready](const ModelContext& context, const std::string& model, std::stop_token stop) {
            return ready().forecast(context, model, stop);
          },
          [ready](std::shared_ptr<const ModelContext> context, int members, std::uint64_t seed,
                  std::stop_token stop) {
            return ready().stochasticExtrapolation(std::move(context), members, seed, stop);
          }};
}

ForecastSource::ForecastSource(ForecastFunctions functions, QObject* parent)
    : QObject(parent), functions_(std::move(functions)) {}

std::shared_ptr<const ScenarioForecast> ForecastSource::answer(const ScenarioRequest& request,
                                                               std::stop_token stop) {
  if (contextHash_ != request.context->hash) {
    contextHash_ = request.context->hash;
    done_.clear();
  }
  bring(*request.context, "extrapolation", stop);
  bring(*request.context, "persistence", stop);
  if (request.quality == Quality::Full) {
    bring(*request.context, "earthformer", stop);
    bringStochastic(request.context, stop);
  }
  if (stop.stop_requested()) return nullptr;
  try {
    return functions_.generate(
        request, stop, [this](double share) { Q_EMIT progress(share); },
        [this](std::shared_ptr<const ScenarioForecast> forecast) {
          Q_EMIT earlyFrame(std::move(forecast));
        });
  } catch (...) {
    bring(*request.context, "earthformer", stop);  // it may work where PreDiff does not
    throw;
  }
}

void ForecastSource::bring(const ModelContext& context, const char* model, std::stop_token stop) {
  if (stop.stop_requested() || done_.contains(model)) return;
  const QString hash = QString::fromStdString(context.hash);
  try {
    auto forecast = functions_.deterministic(context, model, stop);
    if (!forecast) return;
    Q_EMIT deterministicReady(hash, model, std::move(forecast));
  } catch (const std::exception& error) {
    Q_EMIT deterministicFailed(hash, model, QString::fromUtf8(error.what()));
  }
  done_.insert(model);
}

void ForecastSource::bringStochastic(std::shared_ptr<const ModelContext> context,
                                     std::stop_token stop) {
  if (stop.stop_requested() || done_.contains("stochastic")) return;
  const QString hash = QString::fromStdString(context->hash);
  try {
    auto forecast =
        functions_.stochastic(std::move(context), kStochasticMembers, kStochasticSeed, stop);
    if (!forecast) return;
    Q_EMIT stochasticReady(hash, std::move(forecast));
  } catch (const std::exception& error) {
    Q_EMIT deterministicFailed(hash, "stochastic", QString::fromUtf8(error.what()));
  }
  done_.insert("stochastic");
}

}  // namespace stormloom
