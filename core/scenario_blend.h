#pragma once

#include <memory>
#include <vector>

#include "core/scenario.h"

namespace stormloom {

/// A picture for an n that no model has computed yet: between its two neighbours of a sweep (shared
/// noise), cell by cell. It is a preview and says so; nullptr unless n lies between two of the
/// sweep's.
std::shared_ptr<const ScenarioForecast> blendedScenario(
    const std::vector<std::shared_ptr<const ScenarioForecast>>& sweep, double nSigma);

}  // namespace stormloom
