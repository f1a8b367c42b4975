#include "core/formats/coded_values.h"

#include <cmath>
#include <limits>

namespace stormloom {
namespace {

constexpr double kLeastDbz = -98.0, kMostDbz = 120.0;  // beyond are codes that a file does not explain
constexpr double kMostAmount =
    1e9;  // of rain or VIL: beyond are fill values such as 1e20, declared or not
constexpr double kRounding = -1e-4;  // of packed values: no rain that came out a trifle below zero

/// The codes as the grid's own number type holds them.
class Code {
public:
  explicit Code(const std::optional<double>& code)
      : is_(code.has_value()), isNan_(is_ && std::isnan(*code)), code_(float(code.value_or(0.0))) {}
  bool is(float value) const { return is_ && (isNan_ ? std::isnan(value) : value == code_); }

private:
  bool is_;
  bool isNan_;
  float code_;
};

}  // namespace

void valuesFromCodes(RadarGrid& grid, Quantity quantity, const ValueCodes& codes) {
  const Code outside(codes.outside), missing(codes.missing), below(codes.belowDetection);
  const bool mayBeNegative = quantity == Quantity::Reflectivity;
  const float nothing = belowDetectionValue(quantity);
  for (std::size_t i = 0; i < grid.size(); ++i) {
    float& value = grid.values()[i];
    CellState state = CellState::Measured;
    if (outside.is(value)) {
      state = CellState::OutsideCoverage;
    } else if (below.is(value)) {
      state = CellState::BelowDetection;
    } else if (missing.is(value) || !std::isfinite(value)) {
      state = CellState::Missing;
    } else {
      const double decoded = (codes.gain * double(value) + codes.offset) * codes.factor;
      if (!mayBeNegative && decoded < 0.0) {
        state = decoded < kRounding ? CellState::Missing : CellState::Measured;
        value = 0.0f;
      } else if (mayBeNegative ? !(decoded >= kLeastDbz && decoded <= kMostDbz)
                               : decoded > kMostAmount) {
        state = CellState::Missing;
      } else {
        value = float(decoded);
      }
    }
    grid.states()[i] = state;
    if (state == CellState::BelowDetection) value = nothing;
    if (state > CellState::BelowDetection) value = std::numeric_limits<float>::quiet_NaN();
  }
}

}  // namespace stormloom
