#include "core/base_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "core/errors.h"
#include "core/program_folder.h"

namespace stormloom {

namespace {

constexpr double kDegreesPerUnit = 1e-5;
constexpr std::string_view kMagic = "STORMMAP";
constexpr double kMaxEdgeDegrees =
    0.25;  // a straight edge of this length bends by less than 30 m in any projection

/// Little-endian words of a file that is wholly in memory.
class WordReader {
public:
  WordReader(const std::string& bytes, std::size_t at) : bytes_(bytes), at_(at) {}
  std::size_t wordsLeft() const { return (bytes_.size() - at_) / 4; }
  std::optional<std::uint32_t> next() {
    if (wordsLeft() == 0) return std::nullopt;
    std::uint32_t word = 0;
    for (int i = 3; i >= 0; --i) word = word << 8 | std::uint8_t(bytes_[at_ + i]);
    at_ += 4;
    return word;
  }
  LonLat nextPosition() {
    const auto lon = std::int32_t(next().value_or(0));
    const auto lat = std::int32_t(next().value_or(0));
    return {lon * kDegreesPerUnit, lat * kDegreesPerUnit};
  }

private:
  const std::string& bytes_;
  std::size_t at_;
};

std::optional<MapLine> readLine(WordReader& words) {
  const auto kind = words.next();
  const auto count = words.next();
  if (!kind || *kind > std::uint32_t(MapLine::Kind::Lake) || !count ||
      *count > words.wordsLeft() / 2)
    return std::nullopt;
  MapLine line{MapLine::Kind(*kind), {}};
  line.points.reserve(*count);
  for (std::uint32_t i = 0; i < *count; ++i) line.points.push_back(words.nextPosition());
  return line;
}

/// Projects positions into a grid's cells, cuts them to a rectangle and collects what is left.
class GridClipper {
public:
  GridClipper(const GeoReference& geo, double marginCells)
      : geo_(geo),
        projection_(geo.projection()),
        isGeographic_(geo.isGeographic()),
        middle_(0.5 * (geo.left() + geo.right())),
        margin_(marginCells),
        box_(geo.bounds()),
        // Longest believable picture of an edge of kMaxEdgeDegrees: ten times its length on the
        // Earth.
        maxJump_(10.0 * kMaxEdgeDegrees * (geo.isGeographic() ? 1.0 : 111e3) /
                 std::min(geo.cellWidth(), geo.cellHeight())) {
    if (box_.east < box_.west) box_.east += 360.0;
    const double lonPad = 1.0 + (box_.east - box_.west) * marginCells / geo.width();
    const double latPad = 1.0 + (box_.north - box_.south) * marginCells / geo.height();
    box_ = {box_.west - lonPad, box_.south - latPad, box_.east + lonPad, box_.north + latPad};
  }

  std::vector<std::vector<CellPoint>> clip(const std::vector<LonLat>& line) {
    pieces_.clear();
    last_.reset();
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
      if (nearBox(line[i], line[i + 1]))
        addEdge(line[i], line[i + 1]);
      else
        last_.reset();
    }
    return std::move(pieces_);
  }

private:
  bool nearBox(LonLat a, LonLat b) const {
    if (std::max(a.lat, b.lat) < box_.south || std::min(a.lat, b.lat) > box_.north) return false;
    const double west = std::min(a.lon, b.lon);
    const double east = std::max(a.lon, b.lon);
    if (east - west > 180.0) return false;  // over the antimeridian: not an edge on the map
    for (const double turn : {-360.0, 0.0, 360.0})
      if (west + turn <= box_.east && east + turn >= box_.west) return true;
    return false;
  }

  /// On grids of degrees by the turn of the globe that is nearest to their middle.
  CellPoint cellFrom(LonLat position) const {
    ProjectedPoint point = projection_.forward(position);
    if (isGeographic_) point.x -= 360.0 * std::round((point.x - middle_) / 360.0);
    return geo_.cellFromPoint(point);
  }

  void addEdge(LonLat from, LonLat to) {
    const double degrees = std::max(std::abs(to.lon - from.lon), std::abs(to.lat - from.lat));
    const int steps = std::max(1, int(std::ceil(degrees / kMaxEdgeDegrees)));
    CellPoint before = last_ ? *last_ : cellFrom(from);
    for (int i = 1; i <= steps; ++i) {
      const double share = double(i) / steps;
      const CellPoint here =
          cellFrom({std::lerp(from.lon, to.lon, share), std::lerp(from.lat, to.lat, share)});
      addSegment(before, here);
      before = here;
    }
    last_ = before;
  }

  void addSegment(CellPoint a, CellPoint b) {
    const double length = std::hypot(b.col - a.col, b.row - a.row);
    if (!std::isfinite(length) || length > maxJump_) return;
    double enter = 0.0;
    double leave = 1.0;
    if (!cut(a.col, b.col - a.col, -margin_, geo_.width() + margin_, enter, leave) ||
        !cut(a.row, b.row - a.row, -margin_, geo_.height() + margin_, enter, leave))
      return;
    const auto at = [&](double share) {
      return CellPoint{std::lerp(a.col, b.col, share), std::lerp(a.row, b.row, share)};
    };
    const CellPoint first = at(enter);
    if (pieces_.empty() || pieces_.back().back().col != first.col ||
        pieces_.back().back().row != first.row)
      pieces_.push_back({first});
    pieces_.back().push_back(at(leave));
  }

  /// Narrows [enter, leave] to where start + share * way lies between low and high (Liang and
  /// Barsky).
  static bool cut(double start, double way, double low, double high, double& enter, double& leave) {
    if (way == 0.0) return start >= low && start <= high;
    const double atLow = (low - start) / way;
    const double atHigh = (high - start) / way;
    enter = std::max(enter, std::min(atLow, atHigh));
    leave = std::min(leave, std::max(atLow, atHigh));
    return enter < leave;
  }

  const GeoReference& geo_;
  MapProjection projection_;
  bool isGeographic_;
  double middle_;  ///< between the western and the eastern edge
  double margin_;
  LonLatBox box_;
  double maxJump_;
  std::optional<CellPoint> last_;
  std::vector<std::vector<CellPoint>> pieces_;
};

double roundSpacing(double wanted) {
  constexpr std::array steps = {0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0};
  for (const double step : steps)
    if (step >= wanted) return step;
  return steps.back();
}

std::string degreesText(double degrees, const char* positive, const char* negative) {
  const int tenths = int(std::lround(std::abs(degrees) * 10.0));
  if (tenths == 0) return "0°";
  std::string text = std::to_string(tenths / 10);
  if (tenths % 10 != 0) text.append(".").append(std::to_string(tenths % 10));
  return text.append("° ").append(degrees > 0.0 ? positive : negative);
}

}  // namespace

std::vector<MapLine> readBaseMap(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw IoError(path +
                  ": the base map cannot be opened. Unset STORMLOOM_BASE_MAP, or let it name a "
                  "file made by packaging/make_base_map.sh.");
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const IoError damaged(
      path +
      ": this is no whole base map. Delete it and make it again with packaging/make_base_map.sh.");
  if (bytes.size() < kMagic.size() + 4 || !bytes.starts_with(kMagic)) throw damaged;
  WordReader words(bytes, kMagic.size());
  const std::uint32_t count = *words.next();
  if (count > words.wordsLeft() / 2) throw damaged;
  std::vector<MapLine> lines;
  lines.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    auto line = readLine(words);
    if (!line) throw damaged;
    lines.push_back(*std::move(line));
  }
  return lines;
}

std::optional<std::filesystem::path> findBaseMap() {
  if (const char* chosen = std::getenv("STORMLOOM_BASE_MAP")) {
    if (*chosen == '\0') return std::nullopt;
    return std::filesystem::path(chosen);
  }
  for (const char* name :
       {"base_map.bin", "share/stormloom/base_map.bin", ".deps/base_map/base_map.bin"}) {
    if (auto found = findAboveProgram(name)) return found;
  }
  return std::nullopt;
}

std::vector<MapLine> loadBaseMap() {
  const auto file = findBaseMap();
  return file ? readBaseMap(file->string()) : std::vector<MapLine>();
}

std::vector<MapPath> mapPathsInGrid(const std::vector<MapLine>& lines, const GeoReference& geo,
                                    double marginCells) {
  GridClipper clipper(geo, marginCells);
  std::vector<MapPath> paths;
  for (const MapLine& line : lines)
    for (auto& piece : clipper.clip(line.points)) paths.push_back({line.kind, std::move(piece)});
  return paths;
}

Graticule graticuleInGrid(const GeoReference& geo, int linesAcross) {
  LonLatBox box = geo.bounds();
  if (box.east < box.west) box.east += 360.0;
  Graticule graticule;
  graticule.spacingDegrees = roundSpacing((box.east - box.west) / std::max(1, linesAcross));
  const double step = graticule.spacingDegrees;
  GridClipper clipper(geo, 0.0);
  const auto add = [&](bool meridian, double degrees, const std::vector<LonLat>& line) {
    auto pieces = clipper.clip(line);
    if (!pieces.empty()) graticule.lines.push_back({meridian, degrees, std::move(pieces)});
  };
  for (double lon = std::ceil(box.west / step) * step; lon <= box.east && lon < box.west + 360.0;
       lon += step)
    add(true, lon, {{lon, std::max(box.south, -89.5)}, {lon, std::min(box.north, 89.5)}});
  // A parallel is drawn in two halves: an edge over more than 180 degrees is taken for the
  // antimeridian.
  const double middle = (box.west + box.east) / 2.0;
  for (double lat = std::ceil(box.south / step) * step; lat <= box.north; lat += step)
    add(false, lat, {{box.west, lat}, {middle, lat}, {box.east, lat}});
  return graticule;
}

std::string meridianText(double degreesEast) {
  return degreesText(std::remainder(degreesEast, 360.0), "E", "W");
}

std::string parallelText(double degreesNorth) { return degreesText(degreesNorth, "N", "S"); }

}  // namespace stormloom
