#include "core/control_command.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace stormloom {
namespace {

constexpr double kStrongest = 4.0;      ///< sigma, either way
constexpr double kCornerShare = 0.006;  ///< of the area's size that a corner left off may lie aside

double inTenths(double n) { return std::round(10.0 * n) / 10.0; }

double rounded(double degrees) { return std::round(degrees * 1e4) / 1e4; }

double distanceToChord(const LonLat& at, const LonLat& from, const LonLat& to, double lonScale) {
  const double dx = (to.lon - from.lon) * lonScale, dy = to.lat - from.lat;
  const double x = (at.lon - from.lon) * lonScale, y = at.lat - from.lat;
  const double length = std::hypot(dx, dy);
  return length > 0 ? std::abs(dx * y - dy * x) / length : std::hypot(x, y);
}

/// Douglas and Peucker: marks the corners between `from` and `to` that matter.
void keepWhatMatters(const std::vector<LonLat>& line, std::size_t from, std::size_t to,
                     double lonScale, double aside, std::vector<bool>& kept) {
  double farthest = aside;
  std::size_t at = from;
  for (std::size_t i = from + 1; i < to; ++i) {
    const double distance = distanceToChord(line[i], line[from], line[to], lonScale);
    if (distance > farthest) {
      farthest = distance;
      at = i;
    }
  }
  if (at == from) return;
  kept[at] = true;
  keepWhatMatters(line, from, at, lonScale, aside, kept);
  keepWhatMatters(line, at, to, lonScale, aside, kept);
}

}  // namespace

std::vector<double> bentCommand(double nSigma, const std::vector<double>& bend, std::size_t leads) {
  if (std::ranges::all_of(bend, [](double by) { return by == 0.0; })) return {};
  std::vector<double> command;
  for (std::size_t lead = 0; lead < leads; ++lead)
    command.push_back(inTenths(
        std::clamp(nSigma + bend[std::min(lead, bend.size() - 1)], -kStrongest, kStrongest)));
  return command;
}

std::vector<double> bendWith(std::vector<double> bend, std::size_t leads, std::size_t lead,
                             double nSigma, double wanted) {
  const double last = bend.empty() ? 0.0 : bend.back();
  bend.resize(leads, last);
  if (lead < leads) bend[lead] = inTenths(std::clamp(wanted, -kStrongest, kStrongest) - nSigma);
  if (std::ranges::all_of(bend, [](double by) { return by == 0.0; })) bend.clear();
  return bend;
}

MapRegion controlArea(const MapRegion& drawn) {
  if (!drawn.isArea()) return {};
  const std::vector<LonLat>& line = drawn.outline;
  const auto [west, east] = std::ranges::minmax(line, {}, &LonLat::lon);
  const auto [south, north] = std::ranges::minmax(line, {}, &LonLat::lat);
  const double lonScale = std::cos((south.lat + north.lat) / 2 * 3.14159265358979 / 180);
  const double size = std::hypot((east.lon - west.lon) * lonScale, north.lat - south.lat);
  std::vector<bool> kept(line.size(), false);
  kept.front() = kept.back() = true;
  keepWhatMatters(line, 0, line.size() - 1, lonScale, kCornerShare * size, kept);
  MapRegion area;
  for (std::size_t i = 0; i < line.size(); ++i)
    if (kept[i]) area.outline.push_back({rounded(line[i].lon), rounded(line[i].lat)});
  return area.isArea() ? area : MapRegion{};
}

std::shared_ptr<const std::vector<std::uint8_t>> controlMask(const MapRegion& area,
                                                             const GeoReference& geo) {
  if (!area.isArea()) return nullptr;
  const std::vector<std::size_t> cells = cellsInRegion(area, geo);
  if (cells.empty()) return nullptr;
  const std::size_t size = std::size_t(geo.width()) * std::size_t(geo.height());
  auto mask = std::make_shared<std::vector<std::uint8_t>>(size, std::uint8_t(0));
  for (const std::size_t cell : cells) (*mask)[cell] = 1;
  return mask;
}

std::string cornersText(const MapRegion& area) {
  std::string text;
  char corner[64];
  for (const LonLat& at : area.outline) {
    std::snprintf(corner, sizeof corner, "%s%.4f,%.4f", text.empty() ? "" : ",", at.lon, at.lat);
    text += corner;
  }
  return text;
}

}  // namespace stormloom
