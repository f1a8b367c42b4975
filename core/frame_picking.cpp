#include "core/frame_picking.h"

#include <algorithm>
#include <set>

namespace stormloom {

std::string sourceBetween(const std::string& before, const std::string& after) {
  return before + '\n' + after;
}

bool isComputed(const Frame& frame) { return frame.source.find('\n') != std::string::npos; }

std::vector<std::string> sourceFiles(const Frame& frame) {
  const std::size_t end = frame.source.find('\n');
  if (end == std::string::npos) return {frame.source};
  return {frame.source.substr(0, end), frame.source.substr(end + 1)};
}

std::optional<FramePick> pickFrame(const FrameSequence& sequence, ValidTime nominal,
                                   seconds tolerance, bool bridge) {
  const auto& frames = sequence.frames;
  const auto after = std::ranges::lower_bound(frames, nominal, {}, &Frame::validTime);
  const bool observedThen = after != frames.end() && after->validTime == nominal;
  if (bridge && !observedThen && after != frames.begin() && after != frames.end()) {
    const auto before = std::prev(after);
    const seconds pause = after->validTime - before->validTime;
    if (pause <= kLongestBridge) {
      return FramePick{.nominal = nominal,
                       .frame = std::size_t(before - frames.begin()),
                       .later = std::size_t(after - frames.begin()),
                       .share = double((nominal - before->validTime).count()) / pause.count()};
    }
  }
  const auto nearest = nearestFrame(sequence, nominal, tolerance);
  if (!nearest) return std::nullopt;
  return FramePick{.nominal = nominal, .frame = *nearest, .later = *nearest};
}

std::vector<std::size_t> neededFrames(const std::vector<FramePick>& picks) {
  std::set<std::size_t> needed;
  for (const FramePick& pick : picks) needed.insert({pick.frame, pick.later});
  return {needed.begin(), needed.end()};
}

std::string sentenceAboutComputed(const FrameSequence& sequence,
                                  const std::vector<FramePick>& picks) {
  const auto clock = [&](std::size_t frame) {
    return isoText(sequence.frames[frame].validTime).substr(11, 8);
  };
  std::string times;
  int count = 0;
  for (const FramePick& pick : picks) {
    if (!pick.between()) continue;
    times += (count++ > 0 ? "; " : "") + isoText(pick.nominal).substr(11, 8) + " from " +
             clock(pick.frame) + " and " + clock(pick.later);
  }
  if (count == 0) return {};
  return std::to_string(count) + " of " + std::to_string(picks.size()) +
         " frames were not observed but computed along the motion: " + times + " UTC.";
}

}  // namespace stormloom
