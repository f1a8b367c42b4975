#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/model_grid.h"

namespace stormloom {

/// The frame `share` (0 to 1) of the way from one to the next, both digital VIL on the model's
/// grid.
using FrameBetween =
    std::function<RadarGrid(const RadarGrid& before, const RadarGrid& after, double share)>;

/// Several of them, at rising shares: what both frames say of the motion is found once.
using FramesBetween = std::function<std::vector<RadarGrid>(
    const RadarGrid& before, const RadarGrid& after, const std::vector<double>& shares)>;

/// As cutContext, but frames that were not observed at the model's own times are computed from
/// their neighbours by `between`; the context's note says which.
ModelContext cutContextBetween(const FrameSequence& sequence, const ContextRequest& request,
                               const FrameBetween& between);

/// A computed frame names both files that it was made of, one a line.
std::string sourceBetween(const std::string& before, const std::string& after);
bool isComputed(const Frame& frame);
std::vector<std::string> sourceFiles(const Frame& frame);  ///< one, or two of a computed frame

/// Frames of a sequence that stand for one moment of a model's clock: one that was observed then,
/// or the two around it.
struct FramePick {
  ValidTime nominal;
  std::size_t frame = 0;
  std::size_t later = 0;  ///< the same as `frame` where that serves alone
  double share = 0.0;     ///< of the way from `frame` to `later`
  bool between() const { return later != frame; }
};

/// Over how long a pause between two observed frames one is computed.
inline constexpr minutes kLongestBridge{30};

/// The nearest frame within `tolerance`, or, with `bridge`, the two around a moment at which none
/// was observed; none: there are no such frames.
std::optional<FramePick> pickFrame(const FrameSequence& sequence, ValidTime nominal,
                                   seconds tolerance, bool bridge);

/// Every frame that the picks need, once, in order.
std::vector<std::size_t> neededFrames(const std::vector<FramePick>& picks);

/// "2 of 7 frames are computed along the motion between observed ones: ..."; "" for none.
std::string sentenceAboutComputed(const FrameSequence& sequence,
                                  const std::vector<FramePick>& picks);

}  // namespace stormloom
