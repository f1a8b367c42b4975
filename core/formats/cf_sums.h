#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/formats/cf_time.h"
#include "core/formats/unit_text.h"

namespace stormloom {

/// What each frame is to be multiplied by for the quantity's unit. Throws IoError for sums of rain that are no rate:
/// over more than an hour, over nobody knows how long, or running since a start.
std::vector<double> sumFactors(const NetCdfSource& file, const NetCdfVariable& variable, const UnitMeaning& meaning,
                               const CfTimes& times);

/// Sums of which nobody says over how long: throws IoError where the first of the `count` frames show that they run
/// on, each holding what those before hold.
void refuseRisingSums(const NetCdfSource& file, const NetCdfVariable& variable, std::size_t count,
                      const std::function<std::shared_ptr<const RadarGrid>(std::size_t)>& frameAt);

}  // namespace stormloom
