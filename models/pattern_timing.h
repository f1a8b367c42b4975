#pragma once

#include <optional>
#include <stop_token>

#include "core/pattern_lab.h"

namespace stormloom {

/// How long one attention layer takes on this machine's processor.
struct LayerTiming {
  double milliseconds = 0.0;  ///< the quickest run: others waited for other programs
  int runs = 0;
  int threads = 0;
};

/// Memory that weights of one layer may take here, in bytes; a larger layer is not run.
inline constexpr double kMostTimedWeightBytes = 256e6;

/// Runs a layer of a pattern with random weights on random numbers until it is known how long it
/// takes, about half a second. Nothing when stopped, or for a layer of more than
/// kMostTimedWeightBytes.
std::optional<LayerTiming> timeLayer(const LabPattern& pattern, std::size_t layer,
                                     const LabWidths& widths = {}, std::stop_token stop = {});

}  // namespace stormloom
