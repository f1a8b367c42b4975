#pragma once

#include <functional>
#include <stop_token>

#include "models/speed.h"

namespace stormloom {

using EachFigure = std::function<void(const SpeedFigure&)>;

/// Guided scenarios of the official full-size PreDiff (random weights): DDIM of `steps` steps with the alignment
/// network's pull, decoded, `items` at once. One recording serves a step: its numbers are given to it.
void timeOfficialScenarios(const SpeedRequest& request, std::stop_token stop, const EachFigure& eachFigure);

/// Scenarios of the shipped models through NowcastEngine, context known, nothing else: previews and full quality.
void timeShippedScenarios(const SpeedRequest& request, std::stop_token stop, const EachFigure& eachFigure);

}  // namespace stormloom
