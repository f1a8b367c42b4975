#pragma once

#include <string>

#include "core/frame_sequence.h"

namespace stormloom {

/// The raster and the clock a model was made for (spec section 10).
struct ModelGrid {
  std::string name;        ///< "SEVIR-LR", "SEVIR"
  int size;                ///< rows = columns
  double cellSizeMeters;
  int stepMinutes;
  int contextFrames;
  int targetFrames;
};
const ModelGrid& sevirLrGrid();  ///< 128 x 128, 3 km, 10 min, 7 -> 6
const ModelGrid& sevirGrid();    ///< 384 x 384, 1 km, 5 min, 13 -> 12

/// The shortest clock that the shipped models have seen (data/train/README.md).
inline constexpr int kShortestStepMinutes = 4;

/// How to cut a model's context out of a sequence.
struct ContextRequest {
  ModelGrid grid;
  std::optional<LonLat> center;     ///< none: the wettest box with coverage ("auto")
  std::optional<ValidTime> runTime;  ///< none: the latest frame
  std::optional<seconds> tolerance;  ///< how far a frame may be from its nominal time; none: half the source's step, at least 60 s
};

/// Context frames (digital VIL-like 0-254, states kept) on the model's grid and clock; the last frame is at the run time.
/// A sequence that is too short for the model's clock, but at least kShortestStepMinutes a context step long, is read on
/// a shorter clock with cells as much smaller, so that storms move as many cells a step; `note` says so.
/// Throws IoError: too few frames, a gap (the missing valid times are named), a box outside the coverage.
struct ModelContext {
  ModelGrid grid;
  FrameSequence frames;   ///< grid.contextFrames frames, Quantity::VilDigital
  ValidTime runTime;
  std::vector<seconds> timeOffsets;  ///< actual minus nominal time of each frame
  double missingFraction = 0.0;
  std::string note;  ///< sentences where the clock had to be another than the model's own, or frames off it were taken; empty otherwise
  std::string hash;  ///< of values, states, times and box: the id of a context
  seconds tolerance{};  ///< within which the nearest frame stood for each nominal time
};
/// How far the frame that is furthest from its nominal time is off.
seconds largestOffset(const ModelContext& context);
ModelContext cutContext(const FrameSequence& sequence, const ContextRequest& request);

/// Observed frames after the run time on the same box, as many of grid.targetFrames as the sequence has (nearest time within tolerance).
FrameSequence cutTruth(const FrameSequence& sequence, const ModelContext& context);

/// The projection used for boxes: SEVIR's in the contiguous USA, the same centred on the box elsewhere.
std::string boxProjection(LonLat center);

}  // namespace stormloom
