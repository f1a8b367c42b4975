#pragma once

#include <vector>

#include "core/json.h"
#include "core/scenario.h"

namespace stormloom {

/// Achieved mean intensity (over all leads) of one context at rising n, [0, 1], beside what was
/// expected.
struct ObeyedContext {
  AnticipatedIntensity anticipated;
  std::vector<double> nSigma;
  std::vector<std::vector<double>> achieved;  ///< one entry for each n, one number for each lead
};

/// How well commands are obeyed: contexts whose mean rises strictly with n; mean absolute miss in
/// sigma per n, counted only where the command is possible (mu + n sigma above `possibleFrom`);
/// rank correlation of n and what was achieved.
Json obedienceFigures(const std::vector<ObeyedContext>& contexts, double possibleFrom = 0.004);

}  // namespace stormloom
