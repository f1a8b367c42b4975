#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/geo_reference.h"

namespace stormloom {

/// One line of the base map on WGS 84.
struct MapLine {
  enum class Kind { Coast, Border, State, Lake };
  Kind kind = Kind::Coast;
  std::vector<LonLat> points;
};

/// The map's lines as packaging/make_base_map.sh made them, looked for in $STORMLOOM_BASE_MAP (a
/// file), beside the program, in share/stormloom and in the .deps folder above it. Empty when there
/// is none: maps work without. Throws IoError for a file that is damaged.
std::vector<MapLine> loadBaseMap();
std::optional<std::filesystem::path> findBaseMap();

/// Reads one file: "STORMMAP", number of lines; for each its kind, number of points and the points'
/// longitude and latitude in units of 1e-5 degree; all numbers 32 bits, little endian.
std::vector<MapLine> readBaseMap(const std::string& path);

/// A piece of a map line in a grid's continuous cell coordinates.
struct MapPath {
  MapLine::Kind kind = MapLine::Kind::Coast;
  std::vector<CellPoint> points;
};

/// Cuts lines to the grid widened by `marginCells` on every side. Long edges are bent as the
/// projection bends them; what the projection cannot show (antimeridian, far side of the Earth) is
/// left out, never drawn as a streak.
std::vector<MapPath> mapPathsInGrid(const std::vector<MapLine>& lines, const GeoReference& geo,
                                    double marginCells = 0.0);

/// Meridians and parallels of the grid at a round spacing, for a dotted graticule.
struct Graticule {
  struct Line {
    bool meridian = false;
    double degrees = 0.0;  ///< east or north positive
    std::vector<std::vector<CellPoint>> pieces;
  };
  double spacingDegrees = 0.0;
  std::vector<Line> lines;
};
/// About `linesAcross` meridians over the grid's width.
Graticule graticuleInGrid(const GeoReference& geo, int linesAcross = 5);

/// "8° W", "52.5° N", "0°".
std::string meridianText(double degreesEast);
std::string parallelText(double degreesNorth);

}  // namespace stormloom
