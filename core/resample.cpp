#include "core/resample.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/vil_scale.h"

namespace stormloom {
namespace {

constexpr double kEarthRadiusMeters = 6370997.0;
constexpr int kMostPointsASide = 16;

double distanceMeters(LonLat a, LonLat b) {
  constexpr double degree = std::numbers::pi / 180.0;
  const double sinLat = std::sin(0.5 * (b.lat - a.lat) * degree);
  const double sinLon = std::sin(0.5 * (b.lon - a.lon) * degree);
  const double h =
      sinLat * sinLat + std::cos(a.lat * degree) * std::cos(b.lat * degree) * sinLon * sinLon;
  return 2.0 * kEarthRadiusMeters * std::asin(std::min(1.0, std::sqrt(h)));
}

/// The end of the scale, 648 mm/h: ground echoes of thousands (OPERA has them) must not spread over
/// a cell.
double mostRain() {
  static const double most = rainFromDigital(254.0);
  return most;
}

}  // namespace

double cellSizeMetersAt(const GeoReference& geo, CellPoint cell) {
  const LonLat here = geo.lonLatFromCell(cell);
  const double along = distanceMeters(here, geo.lonLatFromCell({cell.col + 1.0, cell.row}));
  const double across = distanceMeters(here, geo.lonLatFromCell({cell.col, cell.row + 1.0}));
  return std::sqrt(along * across);
}

double rainFromValue(double value, Quantity quantity) {
  switch (quantity) {
    case Quantity::RainRate:
      return value;
    case Quantity::Reflectivity:
      return rainFromReflectivityFactor(std::pow(10.0, value / 10.0));
    case Quantity::VilMass:
      return rainFromReflectivityFactor(reflectivityFactorFromVilMass(value));
    case Quantity::VilDigital:
      return rainFromDigital(value);
    case Quantity::PrecipitationType:
      return 0.0;  // classes are no amounts
  }
  return 0.0;
}

double digitalFromValue(double value, Quantity quantity) {
  switch (quantity) {
    case Quantity::RainRate:
      return digitalFromRain(value);
    case Quantity::Reflectivity:
      return digitalFromDbz(value);
    case Quantity::VilMass:
      return digitalFromVilMass(value);
    case Quantity::VilDigital:
      return value;
    case Quantity::PrecipitationType:
      return 0.0;
  }
  return 0.0;
}

bool hasModelScale(Quantity quantity) {
  return quantity != Quantity::VilDigital && quantity != Quantity::PrecipitationType;
}

std::string modelScaleNote(Quantity quantity) {
  const bool isVil = quantity == Quantity::VilDigital || quantity == Quantity::VilMass;
  return isVil ? std::string() : "VIL-like, from " + std::string(quantityName(quantity));
}

RadarGrid onModelScale(const RadarGrid& grid, Quantity quantity) {
  RadarGrid scaled = grid;
  for (std::size_t cell = 0; cell < scaled.size(); ++cell) {
    const bool dry = scaled.states()[cell] == CellState::BelowDetection;
    if (scaled.states()[cell] > CellState::BelowDetection) continue;
    const double value = scaled.values()[cell];
    const bool none = dry || (quantity == Quantity::RainRate && value <= 0.0);  // most cells
    scaled.values()[cell] =
        none ? 0.0f : float(std::clamp(digitalFromValue(value, quantity), 0.0, 254.0));
  }
  return scaled;
}

Resampler::Resampler(const GeoReference& source, const GeoReference& target) : target_(target) {
  const CellPoint middle{0.5 * target.width(), 0.5 * target.height()};
  const CellPoint sourceMiddle = source.cellFromLonLat(target.lonLatFromCell(middle));
  const double ratio = cellSizeMetersAt(target, middle) / cellSizeMetersAt(source, sourceMiddle);
  if (std::isfinite(ratio)) {
    pointsASide_ = std::clamp(int(std::lround(ratio)), 1, kMostPointsASide);
  }
  const bool sameProjection = source.projection() == target.projection();
  pixels_.reserve(std::size_t(target.width()) * target.height() * pointsASide_ * pointsASide_);
  for (int row = 0; row < target.height(); ++row) {
    for (int col = 0; col < target.width(); ++col) {
      for (int i = 0; i < pointsASide_ * pointsASide_; ++i) {
        const CellPoint point{col + (i % pointsASide_ + 0.5) / pointsASide_,
                              row + (i / pointsASide_ + 0.5) / pointsASide_};
        const CellPoint at = sameProjection ? source.cellFromPoint(target.pointFromCell(point))
                                            : source.cellFromLonLat(target.lonLatFromCell(point));
        const bool inside = at.col >= 0.0 && at.row >= 0.0 && at.col < source.width() &&
                            at.row < source.height();  // false for NaN too
        pixels_.push_back(inside ? std::ptrdiff_t(at.row) * source.width() + std::ptrdiff_t(at.col)
                                 : -1);
      }
    }
  }
}

std::shared_ptr<const RadarGrid> Resampler::digitalVil(const RadarGrid& grid,
                                                       Quantity quantity) const {
  auto result = std::make_shared<RadarGrid>(target_.width(), target_.height());
  const int points = pointsASide_ * pointsASide_;
  for (std::size_t cell = 0; cell < result->size(); ++cell) {
    double rain = 0.0, lone = 0.0;
    int measured = 0, outside = 0, below = 0;
    for (int i = 0; i < points; ++i) {
      const std::ptrdiff_t pixel = pixels_[cell * points + i];
      const CellState state =
          pixel < 0 ? CellState::OutsideCoverage : grid.states()[std::size_t(pixel)];
      outside += state == CellState::OutsideCoverage;
      if (state > CellState::BelowDetection) continue;
      ++measured;
      below += state == CellState::BelowDetection;
      if (state == CellState::BelowDetection) continue;
      lone = grid.values()[std::size_t(pixel)];
      rain += std::min(rainFromValue(lone, quantity), mostRain());
    }
    if (2 * measured < points) {
      result->states()[cell] =
          2 * outside > points - measured ? CellState::OutsideCoverage : CellState::Missing;
      continue;
    }
    const bool isLone = points == 1 && below == 0;  // keeps its value to the bit
    const double digital =
        isLone ? digitalFromValue(lone, quantity) : digitalFromRain(rain / measured);
    result->values()[cell] = float(std::clamp(digital, 0.0, 254.0));
    result->states()[cell] = below == measured ? CellState::BelowDetection : CellState::Measured;
  }
  return result;
}

}  // namespace stormloom
