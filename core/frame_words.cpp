#include "core/frame_words.h"

#include <cmath>
#include <cstdio>

#include "core/ensemble_fields.h"

namespace stormloom {
namespace {

std::string percentText(double share) {
  if (share > 0 && share < 0.001) return "less than 0.1";
  char text[32];
  std::snprintf(text, sizeof text, share < 0.1 ? "%.1f" : "%.0f", 100 * share);
  return text;
}

}  // namespace

std::string frameWords(const RadarGrid& grid, double threshold, std::optional<long> leadMinutes) {
  std::string words = leadMinutes ? "lead " + std::to_string(*leadMinutes) + " min, " : "";
  const double share = shareAbove(grid, threshold);
  if (!std::isfinite(share)) return words + "nothing was measured";
  char level[32], strongest[32];
  std::snprintf(level, sizeof level, "%.4g", threshold);
  const GridSummary summary = summarize(grid);
  std::snprintf(strongest, sizeof strongest, "%.4g", std::round(10 * summary.max) / 10);
  words += (share > 0 ? percentText(share) + " %" : std::string("none")) + " of the area at " +
           level + " or above";
  return std::isfinite(summary.max) ? words + ", strongest " + strongest : words;
}

std::string percentileWords(double percent) {
  char number[32];
  std::snprintf(number, sizeof number, "%.4g", percent);
  const int whole = int(percent), last = whole % 10;
  const bool plain = percent == whole && whole / 10 % 10 != 1;  // not eleven, twelve, thirteen
  const char* ending = plain && last == 1   ? "st"
                       : plain && last == 2 ? "nd"
                       : plain && last == 3 ? "rd"
                                            : "th";
  return std::string(number) + ending + " percentile";
}

std::string leadWords(const ModelContext& context, int frame) {
  const int ahead = context.grid.stepMinutes * (frame + 1);
  return clockText(context.runTime + minutes(ahead)) + " UTC (+" + std::to_string(ahead) + " min)";
}

std::string shorterClockWords(const ModelGrid& grid) {
  for (const ModelGrid* own : {&sevirLrGrid(), &sevirGrid()})
    if (grid.stepMinutes == own->stepMinutes && grid.cellSizeMeters == own->cellSizeMeters)
      return {};
  char words[64];
  std::snprintf(words, sizeof words, "%d min steps on %.3g km cells", grid.stepMinutes,
                grid.cellSizeMeters / 1000.0);
  return words;
}

}  // namespace stormloom
