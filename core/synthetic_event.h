#pragma once

#include <cstdint>

#include "core/frame_sequence.h"

namespace stormloom {

struct SyntheticEventOptions {
  std::uint64_t seed = 20190701;
  int size = 192;                 ///< rows = columns, larger than a model's box
  double cellSizeMeters = 3000.0;
  int stepMinutes = 10;
  int frames = 13;                ///< 7 of context and 6 that "really" follow
};

/// The built-in event: cells that move, grow, split and decay on moving stratiform rain, in SEVIR's intensities.
/// Deterministic to the bit from the seed on every machine; labelled synthetic.
FrameSequence syntheticEvent(const SyntheticEventOptions& options = {});

}  // namespace stormloom
