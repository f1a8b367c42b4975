#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace stormloom {

/// The thresholds of the SEVIR challenge on the 0-255 scale.
inline const std::vector<float> kSevirThresholds{16, 74, 133, 160, 181, 219};

/// How forecast and observation agree about an event, counted over pixels.
struct EventCounts {
  std::int64_t hits = 0;
  std::int64_t misses = 0;
  std::int64_t falseAlarms = 0;

  EventCounts& operator+=(const EventCounts& other);
  bool operator==(const EventCounts&) const = default;

  // For people: NaN where nothing can be said (0/0).
  double probabilityOfDetection() const;
  double successRatio() const;
  double criticalSuccessIndex() const;
  double frequencyBias() const;  ///< (hits + false alarms) / (hits + misses); 1 is right
};

/// Ratios as the SEVIR challenge computes them (spec section 12): a small `eps` makes 0/0 a 0, and
/// `bias` is the challenge's mis-coded log bias ((H+F)/(H+M+eps) / ln 2)^2, for comparison with
/// published tables only.
struct SevirRatios {
  double pod = 0.0;
  double sucr = 0.0;
  double csi = 0.0;
  double bias = 0.0;
};
SevirRatios sevirRatios(const EventCounts& counts, double eps = 1e-4);

/// Event: value >= threshold. Pixels with NaN in either field are no event in both. Equal sizes.
EventCounts countEvents(std::span<const float> forecast, std::span<const float> observed,
                        float threshold);

/// A stack of equally large frames, (sample, lead time, row, column), row-major.
struct FrameStack {
  std::span<const float> values;
  std::int64_t samples = 0;
  std::int64_t leads = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::span<const float> frame(std::int64_t sample, std::int64_t lead) const;
};

/// Largest value of each k x k block; what does not fill a block is dropped, NaN spreads over its
/// block.
std::vector<float> maxPool(std::span<const float> frame, std::int64_t height, std::int64_t width,
                           int k);

/// How counts are kept and averaged.
enum class SevirMode {
  Together = 0,     ///< over all lead times; the official tables
  PerLead = 1,      ///< kept per lead time, ratios per lead time
  MeanOfLeads = 2,  ///< kept per lead time, ratios averaged over them
};

/// SEVIR skill scores of fields in [0, 1], which are mapped back to 0-255. Counts are 64 bit.
class SevirScores {
public:
  SevirScores(SevirMode mode, std::int64_t leads, int pool = 1,
              std::vector<float> thresholds = kSevirThresholds, double eps = 1e-4);

  void update(const FrameStack& forecast, const FrameStack& observed);

  SevirMode mode() const { return mode_; }
  std::size_t thresholds() const { return thresholds_.size(); }
  /// Columns of the counts: 1 when kept together, else the lead times.
  std::size_t columns() const { return columns_; }
  const EventCounts& counts(std::size_t threshold, std::size_t column) const {
    return counts_[threshold * columns_ + column];
  }

  /// One row per threshold: 1 entry, or one per lead time in mode PerLead.
  std::vector<std::vector<SevirRatios>> ratios() const;
  /// Mean over the thresholds of each entry: CSI-M and its like.
  std::vector<SevirRatios> means() const;

private:
  SevirMode mode_;
  std::size_t columns_;
  int pool_;
  std::vector<float> thresholds_;
  double eps_;
  std::vector<EventCounts> counts_;  // (threshold, column)
};

/// Fractions skill score (Roberts and Lean 2008): 1 - sum (Pf - Po)^2 / sum (Pf^2 + Po^2), where P
/// is the share of pixels at or above the threshold in a square of `neighbourhood` pixels (odd)
/// around each pixel, cut at the frame's edge. NaN pixels count in neither. NaN when neither field
/// has an event.
double fractionsSkillScore(std::span<const float> forecast, std::span<const float> observed,
                           std::int64_t height, std::int64_t width, float threshold,
                           int neighbourhood);

}  // namespace stormloom
