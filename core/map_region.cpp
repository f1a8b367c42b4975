#include "core/map_region.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "core/resample.h"
#include "core/vil_scale.h"

namespace stormloom {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// Even-odd rule.
bool isWithin(const std::vector<CellPoint>& outline, double col, double row) {
  bool within = false;
  for (std::size_t i = 0, j = outline.size() - 1; i < outline.size(); j = i++) {
    const CellPoint a = outline[i], b = outline[j];
    if ((a.row > row) == (b.row > row)) continue;
    if (col < (b.col - a.col) * (row - a.row) / (b.row - a.row) + a.col) within = !within;
  }
  return within;
}

RegionMoment momentOf(const Frame& frame, Quantity quantity,
                      const std::vector<std::size_t>& cells) {
  RegionMoment moment{frame.validTime, kUnknown, kUnknown, kUnknown};
  double sum = 0.0, rain = 0.0, highest = -std::numeric_limits<double>::infinity();
  std::size_t known = 0;
  for (const std::size_t cell : cells) {
    if (frame.grid->states()[cell] > CellState::BelowDetection) continue;
    const double value = frame.grid->values()[cell];
    ++known;
    sum += value;
    rain += rainFromValue(value, quantity);
    highest = std::max(highest, value);
  }
  if (known) moment = {frame.validTime, sum / double(known), highest, rain / double(known)};
  return moment;
}

double middleOf(std::vector<double> values) {
  if (values.empty()) return kUnknown;
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

RegionOutlook outlookAt(const std::vector<RegionSeries>& members, std::size_t frame,
                        double threshold) {
  RegionOutlook outlook{members.front()[frame].time, kUnknown, kUnknown, kUnknown, 0};
  std::vector<double> highest;
  for (const RegionSeries& series : members) {
    const double value = series[frame].highest;
    if (!std::isfinite(value)) continue;
    highest.push_back(value);
    outlook.above += value >= threshold;
  }
  if (highest.empty()) return outlook;
  outlook.lowest = std::ranges::min(highest);
  outlook.highest = std::ranges::max(highest);
  outlook.median = middleOf(highest);
  return outlook;
}

/// When the member in the middle of the order crosses, if half of all members ever do.
std::optional<ValidTime> usualCrossing(std::vector<ValidTime> crossings, std::size_t members) {
  const std::size_t half = (members + 1) / 2;
  if (crossings.size() < half || half == 0) return std::nullopt;
  std::ranges::sort(crossings);
  return crossings[half - 1];
}

std::string number(double value, int decimals) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

}  // namespace

bool MapRegion::operator==(const MapRegion& other) const {
  return std::ranges::equal(outline, other.outline, [](const LonLat& a, const LonLat& b) {
    return a.lon == b.lon && a.lat == b.lat;
  });
}

std::vector<std::size_t> cellsInRegion(const MapRegion& region, const GeoReference& geo) {
  std::vector<std::size_t> cells;
  std::vector<CellPoint> outline;
  for (const LonLat& corner : region.outline) outline.push_back(geo.cellFromLonLat(corner));
  for (const CellPoint& corner : outline)
    if (!std::isfinite(corner.col) || !std::isfinite(corner.row)) return cells;
  if (region.isPlace()) {
    const int row = int(std::floor(outline[0].row)), col = int(std::floor(outline[0].col));
    if (row >= 0 && col >= 0 && row < geo.height() && col < geo.width())
      cells.push_back(std::size_t(row) * std::size_t(geo.width()) + std::size_t(col));
  } else if (region.isArea()) {
    for (int row = 0; row < geo.height(); ++row)
      for (int col = 0; col < geo.width(); ++col)
        if (isWithin(outline, col + 0.5, row + 0.5))
          cells.push_back(std::size_t(row) * std::size_t(geo.width()) + std::size_t(col));
  }
  return cells;
}

RegionSeries regionSeries(const FrameSequence& sequence, const std::vector<std::size_t>& cells) {
  RegionSeries series;
  for (const Frame& frame : sequence.frames)
    series.push_back(momentOf(frame, sequence.quantity, cells));
  return series;
}

std::optional<ValidTime> firstCrossing(const RegionSeries& series, double threshold) {
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (!(series[i].highest >= threshold)) continue;
    if (i == 0 || !std::isfinite(series[i - 1].highest)) return series[i].time;
    const double rise = series[i].highest - series[i - 1].highest;
    const double way = rise > 0 ? (threshold - series[i - 1].highest) / rise : 1.0;
    const double step = double((series[i].time - series[i - 1].time).count());
    return series[i - 1].time + seconds(std::lround(way * step));
  }
  return std::nullopt;
}

double chanceOfReaching(const std::vector<const FrameSequence*>& members,
                        const std::vector<std::size_t>& cells, double threshold) {
  const auto reaches = [&](const FrameSequence* member) {
    return std::ranges::any_of(member->frames, [&](const Frame& frame) {
      return std::ranges::any_of(cells, [&](std::size_t cell) {
        return frame.grid->states()[cell] <= CellState::BelowDetection &&
               frame.grid->values()[cell] >= threshold;
      });
    });
  };
  if (members.empty()) return kUnknown;
  return 100.0 * double(std::ranges::count_if(members, reaches)) / double(members.size());
}

double accumulatedRainMm(const RegionSeries& series) {
  const auto rain = [](const RegionMoment& moment) {
    return std::isfinite(moment.rainMmPerHour) ? moment.rainMmPerHour : 0.0;
  };
  double sum = 0.0;
  for (std::size_t i = 1; i < series.size(); ++i) {
    const double hours = double((series[i].time - series[i - 1].time).count()) / 3600.0;
    sum += 0.5 * hours * (rain(series[i - 1]) + rain(series[i]));
  }
  return sum;
}

RegionForecast regionForecast(const std::vector<const FrameSequence*>& members,
                              const MapRegion& region, double threshold) {
  RegionForecast forecast;
  forecast.threshold = threshold;
  std::vector<ValidTime> crossings;
  std::vector<double> rain;
  const auto cells =
      members.empty() ? std::vector<std::size_t>() : cellsInRegion(region, members.front()->geo);
  for (const FrameSequence* member : members) {
    forecast.members.push_back(regionSeries(*member, cells));
    const RegionSeries& series = forecast.members.back();
    if (const auto crossing = firstCrossing(series, threshold)) crossings.push_back(*crossing);
    rain.push_back(accumulatedRainMm(series));
  }
  if (forecast.members.empty()) return forecast;
  for (std::size_t i = 0; i < forecast.members.front().size(); ++i)
    forecast.times.push_back(outlookAt(forecast.members, i, threshold));
  forecast.everAbove = int(crossings.size());
  if (!crossings.empty()) forecast.earliest = std::ranges::min(crossings);
  forecast.usual = usualCrossing(crossings, members.size());
  forecast.leastRainMm = std::ranges::min(rain);
  forecast.medianRainMm = middleOf(rain);
  forecast.mostRainMm = std::ranges::max(rain);
  return forecast;
}

namespace {

/// The rain that values of the models' scale stand for: "12 mm/h", "0.4 to 12 mm/h".
std::string rainWords(double digital, double upTo) {
  const auto text = [](double value) {
    const double rain = rainFromDigital(value);
    return number(rain, rain < 9.95 ? 1 : 0);
  };
  const std::string least = text(digital), most = text(upTo);
  return (least == most ? most : least + " to " + most) + " mm/h";
}

std::string levelWords(double digital) {
  return number(digital, 0) + " (" + rainWords(digital, digital) + ")";
}

}  // namespace

std::string regionWords(const RegionForecast& forecast) {
  const std::string level = levelWords(forecast.threshold);
  const std::size_t count = forecast.members.size();
  if (count == 0) return "No forecast for this place yet.";
  double highest = -1.0;
  for (const RegionOutlook& at : forecast.times)
    if (std::isfinite(at.highest)) highest = std::max(highest, at.highest);
  if (highest < 0) return "The forecast does not reach this place.";
  std::string words;
  if (count == 1) {
    words = forecast.everAbove ? level + " or more" : level + " is not reached";
  } else {
    words = level + " or more in " + std::to_string(forecast.everAbove) + " of " +
            std::to_string(count) + " members";
  }
  if (forecast.earliest) words += ", first at " + clockText(*forecast.earliest) + " UTC";
  if (forecast.usual && count > 1 && forecast.usual != forecast.earliest)
    words += ", in half of them by " + clockText(*forecast.usual);
  words += "; at most " + levelWords(highest) + "; rain ";
  const std::string least = number(forecast.leastRainMm, 1), most = number(forecast.mostRainMm, 1);
  words += least == most ? most + " mm." : least + " to " + most + " mm.";
  constexpr double kScaleEnds = 250.0;
  if (highest >= kScaleEnds) words += " The scale ends there: rain made of such values is a rough guess.";
  return words;
}

std::string regionWordsAt(const RegionForecast& forecast, ValidTime time) {
  const auto nearest = std::ranges::min_element(forecast.times, {}, [&](const RegionOutlook& at) {
    return std::abs((at.time - time).count());
  });
  if (nearest == forecast.times.end() || !std::isfinite(nearest->highest)) return {};
  const std::size_t count = forecast.members.size();
  const std::string low = number(nearest->lowest, 0), high = number(nearest->highest, 0);
  std::string words = "At " + clockText(nearest->time) + " UTC ";
  words += (count == 1 || low == high ? high : low + " to " + high) + " (" +
           rainWords(count == 1 ? nearest->highest : nearest->lowest, nearest->highest) + ")";
  if (count > 2 && low != high) words += ", in the middle " + number(nearest->median, 0);
  if (count > 1)
    words += "; " + number(forecast.threshold, 0) + " or more in " +
             std::to_string(nearest->above) + " of " + std::to_string(count) + " members";
  return words + ".";
}

}  // namespace stormloom
