#pragma once

#include <cstdint>
#include <vector>

#include "core/frame_sequence.h"

namespace stormloom {

/// How uncertain an extrapolation is taken to be; on the digital scale, which is logarithmic in
/// mass.
struct StochasticOptions {
  double strengthPerStep =
      9.0;  ///< deviation of intensity after one step, growing with the root of time
  double driftPerStep = 0.5;  ///< deviation of the drift, cells a step along each axis
  int scaleCells = 6;         ///< what lies this near changes alike
  double memory = 0.8;        ///< of the changes from one step to the next
};

/// Futures around one extrapolated future: rain goes where the extrapolation says, a little faster,
/// slower or aside, and grows or decays in patches. Each keeps the extrapolation's mean. The same
/// seed gives the same members; a member does not depend on how many there are.
std::vector<FrameSequence> stochasticExtrapolation(const FrameSequence& extrapolation,
                                                   std::uint64_t seed, int members,
                                                   const StochasticOptions& options = {});

}  // namespace stormloom
