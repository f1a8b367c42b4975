#include "core/skill_scores.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/errors.h"

namespace stormloom {
namespace {

constexpr double kNothingToSay = std::numeric_limits<double>::quiet_NaN();
// Fields in [0, 1] are values / 255 in single precision, and are mapped back with the same
// constant.
constexpr float kUnitsPerLevel = 1.0f / 255.0f;

double ratio(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? kNothingToSay : double(part) / double(whole);
}

std::vector<float> toLevels(std::span<const float> frame) {
  std::vector<float> levels(frame.begin(), frame.end());
  for (float& value : levels) value /= kUnitsPerLevel;
  return levels;
}

SevirRatios mean(std::span<const SevirRatios> ratios) {
  SevirRatios sum;
  for (const SevirRatios& r : ratios) {
    sum.pod += r.pod;
    sum.sucr += r.sucr;
    sum.csi += r.csi;
    sum.bias += r.bias;
  }
  const auto n = double(ratios.size());
  return {sum.pod / n, sum.sucr / n, sum.csi / n, sum.bias / n};
}

}  // namespace

EventCounts& EventCounts::operator+=(const EventCounts& other) {
  hits += other.hits;
  misses += other.misses;
  falseAlarms += other.falseAlarms;
  return *this;
}

double EventCounts::probabilityOfDetection() const { return ratio(hits, hits + misses); }
double EventCounts::successRatio() const { return ratio(hits, hits + falseAlarms); }
double EventCounts::criticalSuccessIndex() const {
  return ratio(hits, hits + misses + falseAlarms);
}
double EventCounts::frequencyBias() const { return ratio(hits + falseAlarms, hits + misses); }

SevirRatios sevirRatios(const EventCounts& counts, double eps) {
  const auto h = double(counts.hits);
  const auto m = double(counts.misses);
  const auto f = double(counts.falseAlarms);
  const double logBias = (h + f) / (h + m + eps) / std::log(2.0);
  return {h / (h + m + eps), h / (h + f + eps), h / (h + m + f + eps), logBias * logBias};
}

EventCounts countEvents(std::span<const float> forecast, std::span<const float> observed,
                        float threshold) {
  if (forecast.size() != observed.size())
    throw UsageError("Forecast and observation differ in size.");
  EventCounts counts;
  for (std::size_t i = 0; i < forecast.size(); ++i) {
    // A comparison with NaN is false; the other field's event must not count either.
    const bool known = !std::isnan(forecast[i]) && !std::isnan(observed[i]);
    const bool said = known && forecast[i] >= threshold;
    const bool was = known && observed[i] >= threshold;
    counts.hits += said && was;
    counts.misses += !said && was;
    counts.falseAlarms += said && !was;
  }
  return counts;
}

std::span<const float> FrameStack::frame(std::int64_t sample, std::int64_t lead) const {
  const auto pixels = std::size_t(height * width);
  return values.subspan(std::size_t(sample * leads + lead) * pixels, pixels);
}

std::vector<float> maxPool(std::span<const float> frame, std::int64_t height, std::int64_t width,
                           int k) {
  const std::int64_t rows = height / k;
  const std::int64_t columns = width / k;
  std::vector<float> out(std::size_t(rows * columns), -std::numeric_limits<float>::infinity());
  for (std::int64_t y = 0; y < rows * k; ++y) {
    for (std::int64_t x = 0; x < columns * k; ++x) {
      float& largest = out[std::size_t(y / k * columns + x / k)];
      const float value = frame[std::size_t(y * width + x)];
      if (std::isnan(value) || value > largest) largest = value;  // nothing is larger than NaN
    }
  }
  return out;
}

SevirScores::SevirScores(SevirMode mode, std::int64_t leads, int pool,
                         std::vector<float> thresholds, double eps)
    : mode_(mode),
      columns_(mode == SevirMode::Together ? 1 : std::size_t(leads)),
      pool_(pool),
      thresholds_(std::move(thresholds)),
      eps_(eps),
      counts_(thresholds_.size() * columns_) {
  if (leads < 1 || pool < 1 || thresholds_.empty()) {
    throw UsageError("Skill scores need a lead time, a threshold and a pool size of at least 1.");
  }
}

void SevirScores::update(const FrameStack& forecast, const FrameStack& observed) {
  const bool alike = forecast.samples == observed.samples && forecast.leads == observed.leads &&
                     forecast.height == observed.height && forecast.width == observed.width;
  if (!alike || (mode_ != SevirMode::Together && std::size_t(forecast.leads) != columns_)) {
    throw UsageError("Forecast and observation differ in shape.");
  }
  for (std::int64_t sample = 0; sample < forecast.samples; ++sample) {
    for (std::int64_t lead = 0; lead < forecast.leads; ++lead) {
      auto said = toLevels(forecast.frame(sample, lead));
      auto was = toLevels(observed.frame(sample, lead));
      if (pool_ > 1) {
        said = maxPool(said, forecast.height, forecast.width, pool_);
        was = maxPool(was, observed.height, observed.width, pool_);
      }
      const std::size_t column = columns_ == 1 ? 0 : std::size_t(lead);
      for (std::size_t t = 0; t < thresholds_.size(); ++t) {
        counts_[t * columns_ + column] += countEvents(said, was, thresholds_[t]);
      }
    }
  }
}

std::vector<std::vector<SevirRatios>> SevirScores::ratios() const {
  std::vector<std::vector<SevirRatios>> out;
  for (std::size_t t = 0; t < thresholds_.size(); ++t) {
    std::vector<SevirRatios> row;
    for (std::size_t column = 0; column < columns_; ++column) {
      row.push_back(sevirRatios(counts(t, column), eps_));
    }
    if (mode_ == SevirMode::MeanOfLeads) row = {mean(row)};
    out.push_back(std::move(row));
  }
  return out;
}

std::vector<SevirRatios> SevirScores::means() const {
  const auto rows = ratios();
  std::vector<SevirRatios> out;
  for (std::size_t column = 0; column < rows.front().size(); ++column) {
    std::vector<SevirRatios> overThresholds;
    for (const auto& row : rows) overThresholds.push_back(row[column]);
    out.push_back(mean(overThresholds));
  }
  return out;
}

namespace {

/// Integral image of a field: entry (y, x) is the sum of all rows above y and columns left of x.
class SummedArea {
public:
  SummedArea(std::int64_t height, std::int64_t width, const std::vector<std::uint8_t>& field)
      : width_(width + 1), sums_(std::size_t((height + 1) * (width + 1)), 0) {
    for (std::int64_t y = 0; y < height; ++y) {
      std::int64_t row = 0;
      for (std::int64_t x = 0; x < width; ++x) {
        row += field[std::size_t(y * width + x)];
        at(y + 1, x + 1) = at(y, x + 1) + row;
      }
    }
  }

  double inside(std::int64_t top, std::int64_t bottom, std::int64_t left, std::int64_t right) {
    return double(at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left));
  }

private:
  std::int64_t& at(std::int64_t y, std::int64_t x) { return sums_[std::size_t(y * width_ + x)]; }

  std::int64_t width_;
  std::vector<std::int64_t> sums_;
};

}  // namespace

double fractionsSkillScore(std::span<const float> forecast, std::span<const float> observed,
                           std::int64_t height, std::int64_t width, float threshold,
                           int neighbourhood) {
  const auto pixels = std::size_t(height * width);
  if (forecast.size() != pixels || observed.size() != pixels || neighbourhood < 1 ||
      neighbourhood % 2 == 0) {
    throw UsageError("The fractions skill score needs equal frames and an odd neighbourhood.");
  }
  std::vector<std::uint8_t> said(pixels), was(pixels), known(pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    known[i] = !std::isnan(forecast[i]) && !std::isnan(observed[i]);
    said[i] = known[i] && forecast[i] >= threshold;
    was[i] = known[i] && observed[i] >= threshold;
  }
  SummedArea saidSums(height, width, said), wasSums(height, width, was),
      knownSums(height, width, known);
  const std::int64_t reach = neighbourhood / 2;
  double apart = 0.0;
  double worst = 0.0;
  for (std::int64_t y = 0; y < height; ++y) {
    const std::int64_t top = std::max<std::int64_t>(0, y - reach);
    const std::int64_t bottom = std::min(height, y + reach + 1);
    for (std::int64_t x = 0; x < width; ++x) {
      const std::int64_t left = std::max<std::int64_t>(0, x - reach);
      const std::int64_t right = std::min(width, x + reach + 1);
      const double all = knownSums.inside(top, bottom, left, right);
      if (all == 0.0) continue;
      const double f = saidSums.inside(top, bottom, left, right) / all;
      const double o = wasSums.inside(top, bottom, left, right) / all;
      apart += (f - o) * (f - o);
      worst += f * f + o * o;
    }
  }
  return worst == 0.0 ? kNothingToSay : 1.0 - apart / worst;
}

}  // namespace stormloom
