#include "core/inventory.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace stormloom {
namespace {

/// What one frame adds to a sequence's numbers.
struct FrameCount {
  float min = std::numeric_limits<float>::quiet_NaN();
  float max = std::numeric_limits<float>::quiet_NaN();
  double cells = 0.0;
  double known = 0.0;
  double wet = 0.0;
  double outside = 0.0;
};

FrameCount countOf(const RadarGrid& grid, Quantity quantity) {
  const GridSummary summary = summarize(grid, quantity);
  FrameCount count;
  count.min = summary.min;
  count.max = summary.max;
  count.cells = double(grid.size());
  count.known = count.cells * (1.0 - summary.missingFraction - summary.outsideFraction);
  count.wet = count.known * summary.wetFraction;
  count.outside = count.cells * summary.outsideFraction;
  return count;
}

SequenceEntry entryOf(const FrameSequence& sequence) {
  SequenceEntry entry;
  entry.product = sequence.product;
  entry.event = sequence.event;
  entry.attribution = sequence.attribution;
  entry.quantity = sequence.quantity;
  entry.provenance = sequence.provenance;
  entry.synthetic = sequence.synthetic;
  entry.width = sequence.width();
  entry.height = sequence.height();
  entry.crs = sequence.geo.projection();
  entry.bounds = sequence.geo.bounds();
  entry.stepMinutes = stepMinutes(sequence);
  entry.gaps = findGaps(sequence);
  std::vector<double> still;
  for (const Frame& frame : sequence.frames) {
    entry.times.push_back(frame.validTime);
    if (frame.standsStill) entry.standStill.push_back(frame.validTime);
    still.push_back(frame.stillFraction);
  }
  if (still.size() > 1) {  // the first has nothing before it
    const auto middle = still.begin() + std::ptrdiff_t((still.size() + 1) / 2);
    std::nth_element(still.begin() + 1, middle, still.end());
    entry.stillFraction = *middle;
  }
  return entry;
}

/// `countOfFrame` gives nothing for a frame whose values are not known.
template <typename CountOfFrame>
SequenceEntry describe(const FrameSequence& sequence, CountOfFrame countOfFrame) {
  SequenceEntry entry = entryOf(sequence);
  FrameCount sum;
  for (const Frame& frame : sequence.frames) {
    const FrameCount* one = countOfFrame(frame);
    if (one == nullptr) continue;
    sum.min = std::fmin(sum.min, one->min);
    sum.max = std::fmax(sum.max, one->max);
    sum.cells += one->cells;
    sum.known += one->known;
    sum.wet += one->wet;
    sum.outside += one->outside;
  }
  entry.min = sum.min;
  entry.max = sum.max;
  if (sum.cells == 0.0) return entry;
  entry.wetFraction = sum.known > 0.0 ? sum.wet / sum.known : 0.0;
  entry.missingFraction = 1.0 - sum.known / sum.cells;
  entry.outsideFraction = sum.outside / sum.cells;
  return entry;
}

}  // namespace

Inventory inventoryOf(const RadarFiles& files) {
  Inventory inventory{.sequences = {}, .passedOver = files.passedOver};
  for (const FrameSequence& sequence : files.sequences) {
    FrameCount count;
    inventory.sequences.push_back(describe(sequence, [&](const Frame& frame) -> const FrameCount* {
      if (!frame.grid) return nullptr;
      count = countOf(*frame.grid, sequence.quantity);
      return &count;
    }));
  }
  return inventory;
}

Inventory takeInventory(const std::vector<std::string>& paths, ReadOptions options) {
  // A grid of one cell stands for each frame's values once they are counted: frames may still be
  // sorted and dropped.
  std::map<std::shared_ptr<const RadarGrid>, FrameCount> counts;
  options.framesToo = true;
  options.onFrame = [&](const FrameSequence& sequence, Frame& frame) {
    if (!frame.grid) return;
    const FrameCount count = countOf(*frame.grid, sequence.quantity);
    frame.grid = std::make_shared<const RadarGrid>(1, 1);
    counts.emplace(frame.grid, count);
  };
  const RadarFiles files = readRadarFiles(paths, options);
  Inventory inventory{.sequences = {}, .passedOver = files.passedOver};
  for (const FrameSequence& sequence : files.sequences) {
    inventory.sequences.push_back(describe(sequence, [&](const Frame& frame) -> const FrameCount* {
      const auto count = counts.find(frame.grid);
      return count == counts.end() ? nullptr : &count->second;
    }));
  }
  return inventory;
}

}  // namespace stormloom
