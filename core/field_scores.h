#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace stormloom {

/// Plain means over all elements. NaN in either field makes the result NaN.
double meanSquaredError(std::span<const float> forecast, std::span<const float> observed);
double meanAbsoluteError(std::span<const float> forecast, std::span<const float> observed);

/// Structural similarity of frames (spec section 12): Gaussian window 11 x 11 with deviation 1.5,
/// K1 0.01, K2 0.03, mean over the part of the image that needs no padding. Frames of all updates
/// weigh the same.
class StructuralSimilarity {
public:
  /// Equally large frames one after the other. The data range is the larger of both fields' ranges
  /// in this update.
  void update(std::span<const float> forecast, std::span<const float> observed, std::int64_t height,
              std::int64_t width);
  double value() const;  ///< NaN before any update

private:
  double sum_ = 0.0;
  std::int64_t frames_ = 0;
};

/// Continuous ranked probability score of one observation against members:
/// mean |x_i - y| - sum_ij |x_i - x_j| / (2 M^2). Sorts the members.
double crps(std::span<float> members, float observation);

/// The same for each element of fields; `members` holds M whole fields one after the other.
std::vector<float> crpsField(std::span<const float> members, std::span<const float> observation);

/// The last frame repeated: the forecast that any model must beat.
std::vector<float> persistenceForecast(std::span<const float> lastFrame, std::int64_t leads);

}  // namespace stormloom
