#pragma once

#include <memory>
#include <vector>

#include "core/scenario.h"

namespace stormloom {

/// A picture for a command that no model has computed yet: each lead time between its two
/// neighbours of a sweep (shared noise), cell by cell. It is a preview and says so; nullptr unless
/// every n lies between two of the sweep's. `byLead`: the command bent by hand, empty: one n.
std::shared_ptr<const ScenarioForecast> blendedScenario(
    const std::vector<std::shared_ptr<const ScenarioForecast>>& sweep, double nSigma,
    const std::vector<double>& byLead = {});

}  // namespace stormloom
