#include "core/ensemble_fields.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/errors.h"

namespace stormloom {
namespace {

bool hasValue(const RadarGrid& grid, std::size_t cell) {
  return grid.states()[cell] <= CellState::BelowDetection;
}

void requireAlike(const RadarGrid& a, const RadarGrid& b) {
  if (a.width() != b.width() || a.height() != b.height())
    throw UsageError("Rasters of different sizes cannot be compared cell by cell.");
}

/// `reduce` gets the values of the members that have one, at least one, and may reorder them.
template <class Reduce>
RadarGrid reduced(const GridList& members, Reduce reduce) {
  if (members.empty()) throw UsageError("An ensemble needs at least one member.");
  for (const auto& member : members) requireAlike(*members.front(), *member);
  RadarGrid out(members.front()->width(), members.front()->height());
  std::vector<float> here;
  here.reserve(members.size());
  for (std::size_t cell = 0; cell < out.size(); ++cell) {
    here.clear();
    for (const auto& member : members)
      if (hasValue(*member, cell)) here.push_back(member->values()[cell]);
    out.states()[cell] = here.empty() ? members.front()->states()[cell] : CellState::Measured;
    if (!here.empty()) out.values()[cell] = float(reduce(here));
  }
  return out;
}

double meanOf(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

double spreadOf(const std::vector<float>& values) {
  const double mean = meanOf(values);
  double sum = 0.0;
  for (const float value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / double(values.size()));
}

double percentileOf(std::vector<float>& values, double percent) {
  std::ranges::sort(values);
  const double place = std::clamp(percent, 0.0, 100.0) / 100.0 * double(values.size() - 1);
  const auto below = std::size_t(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return std::lerp(double(values[below]), double(values[above]), place - double(below));
}

/// Both fields at once; where only one has a value `alone` decides, where none has, the first's.
template <class Both>
RadarGrid combined(const RadarGrid& a, const RadarGrid& b, bool oneSuffices, Both both) {
  requireAlike(a, b);
  RadarGrid out(a.width(), a.height());
  for (std::size_t cell = 0; cell < out.size(); ++cell) {
    const bool inA = hasValue(a, cell), inB = hasValue(b, cell);
    const bool known = oneSuffices ? inA || inB : inA && inB;
    out.states()[cell] = known ? CellState::Measured : inA ? b.states()[cell] : a.states()[cell];
    if (!known) continue;
    const float left = inA ? a.values()[cell] : b.values()[cell];
    const float right = inB ? b.values()[cell] : a.values()[cell];
    out.values()[cell] = float(both(left, right));
  }
  return out;
}

}  // namespace

RadarGrid meanField(const GridList& members) { return reduced(members, meanOf); }

RadarGrid maximumField(const GridList& members) {
  return reduced(members, [](const std::vector<float>& v) { return *std::ranges::max_element(v); });
}

RadarGrid spreadField(const GridList& members) { return reduced(members, spreadOf); }

RadarGrid percentileField(const GridList& members, double percent) {
  return reduced(members,
                 [percent](std::vector<float>& values) { return percentileOf(values, percent); });
}

RadarGrid probabilityField(const GridList& members, double threshold) {
  return reduced(members, [threshold](const std::vector<float>& values) {
    const auto above = std::ranges::count_if(values, [&](float v) { return v >= threshold; });
    return 100.0 * double(above) / double(values.size());
  });
}

RadarGrid differenceField(const RadarGrid& minuend, const RadarGrid& subtrahend) {
  return combined(minuend, subtrahend, false, [](float a, float b) { return a - b; });
}

RadarGrid disagreementField(const GridList& forecasts) {
  return reduced(forecasts, [](const std::vector<float>& values) {
    const auto [low, high] = std::ranges::minmax(values);
    return high - low;
  });
}

RadarGrid blendedField(const RadarGrid& a, const RadarGrid& b, double weight) {
  return combined(a, b, true, [weight](float left, float right) {
    return std::lerp(left, right, float(weight));
  });
}

double shareAbove(const RadarGrid& grid, double threshold) {
  std::size_t known = 0, above = 0;
  for (std::size_t cell = 0; cell < grid.size(); ++cell) {
    if (!hasValue(grid, cell)) continue;
    ++known;
    above += grid.values()[cell] >= threshold;
  }
  return known ? double(above) / double(known) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace stormloom
