#include "render/map_ground.h"

#include <algorithm>
#include <cmath>

#include "render/map_lines.h"

namespace stormloom {
namespace {

void addBaseMap(const std::vector<MapLine>& lines, MapGround& ground) {
  const GeoReference& geo = ground.frame.geo();
  const double around = 0.6 * std::max(geo.width(), geo.height());
  for (MapPath& path : mapPathsInGrid(lines, geo, around)) {
    const bool water = path.kind == MapLine::Kind::Coast || path.kind == MapLine::Kind::Lake;
    auto& kind = water                                ? ground.coast
                 : path.kind == MapLine::Kind::Border ? ground.borders
                                                      : ground.states;
    kind.push_back(std::move(path.points));
  }
}

void addGraticule(MapGround& ground) {
  const GeoReference& geo = ground.frame.geo();
  MapGround::Paths lines;
  for (const Graticule::Line& line : graticuleInGrid(geo).lines) {
    lines.insert(lines.end(), line.pieces.begin(), line.pieces.end());
    if (line.pieces.empty() || line.pieces.front().empty()) continue;
    const auto& piece = line.pieces.front();
    const auto further = [&](CellPoint a, CellPoint b) {
      return line.meridian ? a.row < b.row : a.col < b.col;
    };
    const auto end = std::max_element(piece.begin(), piece.end(), further);
    ground.degrees.push_back(
        {geo.lonLatFromCell(*end), line.meridian,
         line.meridian ? meridianText(line.degrees) : parallelText(line.degrees)});
  }
  const double dot = geo.width() / 160.0;
  ground.graticule = dashes(lines, dot * 0.5, dot);
}

void addTowns(const std::vector<PlaceName>& places, MapGround& ground) {
  constexpr std::size_t kMostTowns = 1500;
  const GeoReference& geo = ground.frame.geo();
  const LonLatBox box = geo.bounds();
  const double around = 0.3 * (box.north - box.south);
  for (const PlaceName& place : places) {
    if (ground.towns.size() >= kMostTowns) break;
    if (place.at.lat < box.south - around || place.at.lat > box.north + around) continue;
    const CellPoint cell = geo.cellFromLonLat(place.at);
    const bool near = cell.col > -0.3 * geo.width() && cell.col < 1.3 * geo.width() &&
                      cell.row > -0.3 * geo.height() && cell.row < 1.3 * geo.height();
    if (near) ground.towns.push_back({ground.frame.mapFromCell(cell), place.name});
  }
}

}  // namespace

std::vector<CellPoint> gridOutline(const GeoReference& of, const GeoReference& on) {
  constexpr int kPiecesPerSide = 24;
  std::vector<CellPoint> path;
  const double w = of.width(), h = of.height();
  const CellPoint corners[] = {{0, 0}, {w, 0}, {w, h}, {0, h}, {0, 0}};
  for (int side = 0; side < 4; ++side) {
    for (int i = 0; i <= kPiecesPerSide; ++i) {
      const double s = double(i) / kPiecesPerSide;
      const CellPoint a = corners[side], b = corners[side + 1];
      const CellPoint cell{a.col + s * (b.col - a.col), a.row + s * (b.row - a.row)};
      const CellPoint there = of == on ? cell : on.cellFromLonLat(of.lonLatFromCell(cell));
      if (std::isfinite(there.col) && std::isfinite(there.row)) path.push_back(there);
    }
  }
  return path;
}

std::shared_ptr<const MapGround> makeMapGround(const std::vector<MapLine>& lines,
                                               const GeoReference& geo,
                                               const std::vector<PlaceName>& places) {
  auto ground = std::make_shared<MapGround>(MapGround{.frame = MapFrame(geo)});
  addTowns(places, *ground);
  addBaseMap(lines, *ground);
  addGraticule(*ground);
  return ground;
}

}  // namespace stormloom
