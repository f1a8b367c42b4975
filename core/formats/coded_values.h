#pragma once

#include <optional>

#include "core/quantity.h"
#include "core/radar_grid.h"

namespace stormloom {

/// How a format writes values: (gain * code + offset) * factor, and which codes stand for none.
struct ValueCodes {
  double gain = 1.0;
  double offset = 0.0;
  double factor = 1.0;  ///< to the quantity's unit: 60 / minutes for accumulations
  std::optional<double> outside;
  std::optional<double> missing;
  std::optional<double> belowDetection;
};

/// Turns the codes in `grid` into values and states, in place. What is not finite is Missing, and
/// so are rain or VIL below zero or beyond all measure and reflectivity no radar measures: services
/// write codes of their own there.
void valuesFromCodes(RadarGrid& grid, Quantity quantity, const ValueCodes& codes);

}  // namespace stormloom
