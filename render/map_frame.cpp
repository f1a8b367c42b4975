#include "render/map_frame.h"

#include <cmath>
#include <numbers>

namespace stormloom {
namespace {

double distanceKm(LonLat a, LonLat b) {
  constexpr double kEarthRadiusKm = 6371.0;
  constexpr double kRadians = std::numbers::pi / 180.0;
  const double dLat = std::sin((b.lat - a.lat) * kRadians / 2);
  const double dLon = std::sin((b.lon - a.lon) * kRadians / 2);
  const double h =
      dLat * dLat + std::cos(a.lat * kRadians) * std::cos(b.lat * kRadians) * dLon * dLon;
  return 2.0 * kEarthRadiusKm * std::asin(std::sqrt(std::fmin(1.0, h)));
}

double usableLength(double km, double instead) {
  return std::isfinite(km) && km > 1e-6 ? km : instead;
}

}  // namespace

MapFrame::MapFrame(const GeoReference& geo) : geo_(geo) {
  // Measured on the ground at the middle, so that degrees, metres and kilometres all come out as
  // kilometres.
  const CellPoint middle{0.5 * geo.width(), 0.5 * geo.height()};
  const auto at = [&](double cols, double rows) {
    return geo.lonLatFromCell({middle.col + cols, middle.row + rows});
  };
  kmPerColumn_ = usableLength(distanceKm(at(-0.5, 0), at(0.5, 0)), 1.0);
  kmPerRow_ = usableLength(distanceKm(at(0, -0.5), at(0, 0.5)), kmPerColumn_);
}

}  // namespace stormloom
