#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/frame_sequence.h"
#include "core/scenario.h"

namespace stormloom {

/// A place (one point) or an area (three points and more) that somebody asks about.
struct MapRegion {
  std::vector<LonLat> outline;

  bool isPlace() const { return outline.size() == 1; }
  bool isArea() const { return outline.size() >= 3; }
  bool operator==(const MapRegion& other) const;
};

/// Indices of the cells it covers: the one a place lies in, those whose centres an area holds.
std::vector<std::size_t> cellsInRegion(const MapRegion& region, const GeoReference& geo);

/// What one frame says inside a region.
struct RegionMoment {
  ValidTime time;
  double mean = 0.0;  ///< over the cells with a value; NaN when none has
  double highest = 0.0;
  double rainMmPerHour = 0.0;  ///< mean rain the values stand for
};
using RegionSeries = std::vector<RegionMoment>;
/// `cells` as cellsInRegion gives them for the sequence's grid.
RegionSeries regionSeries(const FrameSequence& sequence, const std::vector<std::size_t>& cells);

/// When the highest value first reaches the threshold, on straight lines between frames.
std::optional<ValidTime> firstCrossing(const RegionSeries& series, double threshold);

/// Rain in mm from the first to the last moment, on straight lines between frames; gaps count as
/// dry.
double accumulatedRainMm(const RegionSeries& series);

/// Share of the members that reach the threshold somewhere in these cells at any of their times, in
/// percent; no members: NaN.
double chanceOfReaching(const std::vector<const FrameSequence*>& members,
                        const std::vector<std::size_t>& cells, double threshold);

/// All members at one valid time.
struct RegionOutlook {
  ValidTime time;
  double lowest = 0.0, median = 0.0, highest = 0.0;  ///< of the members' highest values
  int above = 0;                                     ///< members at or above the threshold
};

/// What an ensemble says about a place: the numbers behind "how bad, how likely, from when on".
struct RegionForecast {
  double threshold = 0.0;
  std::vector<RegionSeries> members;
  std::vector<RegionOutlook> times;
  int everAbove = 0;                  ///< members that reach the threshold at any time
  std::optional<ValidTime> earliest;  ///< first crossing of any member, and of half of all members
  std::optional<ValidTime> usual;
  double leastRainMm = 0.0, medianRainMm = 0.0, mostRainMm = 0.0;
};
RegionForecast regionForecast(const std::vector<const FrameSequence*>& members,
                              const MapRegion& region, double threshold);

/// "133 or more in 5 of 8 members, first at 12:24 UTC; at most 181; 2 to 9 mm of rain."
std::string regionWords(const RegionForecast& forecast);

/// What it says of the time nearest to `time`: "At 12:20 UTC 92 to 148, in the middle 120; 133 or
/// more in 3 of 8 members." Empty without members.
std::string regionWordsAt(const RegionForecast& forecast, ValidTime time);

}  // namespace stormloom
