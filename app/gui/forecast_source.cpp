#include "app/gui/forecast_source.h"

#include "models/nowcast_engine.h"

namespace stormloom {

ForecastFunctions engineFunctions() {
  auto engine = std::make_shared<std::unique_ptr<NowcastEngine>>();
  const auto ready = [engine]() -> NowcastEngine& {
    if (!*engine) *engine = std::make_unique<NowcastEngine>();
    return **engine;
  };
  return {[ready](const ScenarioRequest& request, std::stop_token stop) { return ready().generate(request, stop); },
          [ready](const ModelContext& context, const std::string& model, std::stop_token stop) {
            return ready().forecast(context, model, stop);
          }};
}

ForecastSource::ForecastSource(ForecastFunctions functions, QObject* parent)
    : QObject(parent), functions_(std::move(functions)) {}

std::shared_ptr<const ScenarioForecast> ForecastSource::answer(const ScenarioRequest& request, std::stop_token stop) {
  if (request.quality == Quality::Full) bringDeterministic(*request.context, stop);
  if (stop.stop_requested()) return nullptr;
  return functions_.generate(request, stop);
}

void ForecastSource::bringDeterministic(const ModelContext& context, std::stop_token stop) {
  if (contextHash_ != context.hash) {
    contextHash_ = context.hash;
    done_.clear();
  }
  const QString hash = QString::fromStdString(context.hash);
  for (const char* model : {"extrapolation", "earthformer"}) {
    if (stop.stop_requested()) return;
    if (done_.contains(model)) continue;
    try {
      auto forecast = functions_.deterministic(context, model, stop);
      if (!forecast) return;
      Q_EMIT deterministicReady(hash, model, std::move(forecast));
    } catch (const std::exception& error) {
      Q_EMIT deterministicFailed(hash, model, QString::fromUtf8(error.what()));
    }
    done_.insert(model);
  }
}

}  // namespace stormloom
