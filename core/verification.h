#pragma once

#include <string>
#include <vector>

#include "core/frame_sequence.h"
#include "core/scenario_file.h"

namespace stormloom {

/// Side of the square within which a forecast may misplace rain for the fractions skill score, in
/// cells.
inline constexpr int kFssNeighbourhood = 9;

/// Scores of one member at one lead time. Cells without a value in the forecast or the observation
/// count nowhere; NaN where nothing can be said.
struct LeadScores {
  std::string model;
  double nSigma = 0.0;  ///< NaN for a forecast that was not asked for an intensity
  int member = 0;
  double leadMinutes = 0.0;
  std::vector<double> csi;  ///< one for each of kSevirThresholds
  std::vector<double> fss;  ///< the same, in squares of kFssNeighbourhood cells
  double mse = 0.0;         ///< of fields in [0, 1], as mae and crps
  double mae = 0.0;
  double crps = 0.0;  ///< of all members at this n together
};

/// Observed frames carried to the forecast's grid and scale, at those of its valid times that were
/// observed within half a step.
FrameSequence observedOnGrid(const FrameSequence& observed, const FrameSequence& forecast);

/// Scores a result file's members against observed frames, which are carried to the forecast's grid
/// and matched by valid time within half a step. Lead times nobody observed are left out; IoError
/// when none is left or the file holds no forecast. Ordered by n, member, lead time.
std::vector<LeadScores> verifyForecast(const ResultFile& forecast, const FrameSequence& observed);

}  // namespace stormloom
