#include "models/nowcast_engine.h"

#include <torch/torch.h>

#include "core/errors.h"

namespace stormloom {

struct NowcastEngine::Impl {};
NowcastEngine::NowcastEngine(const EngineOptions&) : impl_(std::make_unique<Impl>()) {}
NowcastEngine::~NowcastEngine() = default;
std::string NowcastEngine::deviceName() const { return "CPU"; }
std::string NowcastEngine::modelName() const { return ""; }
std::shared_ptr<const DeterministicForecast> NowcastEngine::forecast(const ModelContext&,
                                                                     const std::string&,
                                                                     std::stop_token,
                                                                     const EngineProgress&) {
  throw ModelError("no model yet");
}
std::shared_ptr<const ScenarioForecast> NowcastEngine::generate(const ScenarioRequest&,
                                                                std::stop_token,
                                                                const EngineProgress&) {
  throw ModelError("no model yet");
}
AnticipatedIntensity NowcastEngine::anticipated(const ModelContext&) const { return {}; }
std::string shippedModelFolder() { return "resources/models"; }

}  // namespace stormloom
