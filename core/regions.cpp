#include "core/regions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace stormloom {

namespace {

struct Vertex {
  int row = 0;
  int col = 0;
  bool operator==(const Vertex&) const = default;
};
using Loop = std::vector<Vertex>;  // open: the first vertex is not repeated

/// A side of a cell with the cell to its left, seen with north up.
struct Edge {
  Vertex to;
  int cell = -1;  ///< -1: none or used
};

/// Twice the area; positive for counter-clockwise loops.
long signedArea(const Loop& loop) {
  long sum = 0;
  for (std::size_t i = 0; i < loop.size(); ++i) {
    const Vertex& a = loop[i];
    const Vertex& b = loop[(i + 1) % loop.size()];
    sum += long(a.col) * -b.row - long(b.col) * -a.row;
  }
  return sum;
}

class Tracer {
public:
  Tracer(const RadarGrid& grid, const GeoReference& geo, double threshold)
      : grid_(grid), geo_(geo), threshold_(threshold), labels_(grid.size(), -1) {}

  std::vector<Region> regions() {
    labelCells();
    collectEdges();
    std::vector<std::vector<Loop>> loops(regions_.size());
    for (std::size_t at = 0; at < edges_.size(); ++at)
      for (Edge& edge : edges_[at])
        if (edge.cell >= 0) {
          const int label = labels_[std::size_t(edge.cell)];
          for (Loop& loop : simpleLoops(trace(int(at), edge)))
            loops[std::size_t(label)].push_back(std::move(loop));
        }
    for (std::size_t label = 0; label < regions_.size(); ++label)
      regions_[label].polygons = polygons(loops[label]);
    std::stable_sort(regions_.begin(), regions_.end(),
                     [](const Region& a, const Region& b) { return a.areaKm2 > b.areaKm2; });
    return std::move(regions_);
  }

private:
  bool inside(int row, int col) const {
    return row >= 0 && col >= 0 && row < grid_.height() && col < grid_.width() &&
           grid_.hasValue(row, col) && double(grid_.at(row, col)) >= threshold_;
  }
  int cellAt(int row, int col) const { return row * grid_.width() + col; }
  std::size_t vertexAt(Vertex v) const {
    return std::size_t(v.row) * std::size_t(grid_.width() + 1) + std::size_t(v.col);
  }

  double cellAreaKm2(int row) const {
    double width = geo_.cellWidth();
    double height = geo_.cellHeight();
    if (geo_.isGeographic()) {
      constexpr double kMetresPerDegree = 111194.9;  // on a sphere of 6371 km
      const double latitude = geo_.top() - (row + 0.5) * height;
      width *= kMetresPerDegree * std::cos(latitude * std::numbers::pi / 180.0);
      height *= kMetresPerDegree;
    }
    return width * height / 1e6;
  }

  void labelCells() {
    for (int row = 0; row < grid_.height(); ++row)
      for (int col = 0; col < grid_.width(); ++col)
        if (inside(row, col) && labels_[std::size_t(cellAt(row, col))] < 0) flood(row, col);
  }

  void flood(int row, int col) {
    Region region;
    const int label = int(regions_.size());
    std::vector<int> waiting = {cellAt(row, col)};
    labels_[std::size_t(waiting[0])] = label;
    double sum = 0.0;
    while (!waiting.empty()) {
      const int cell = waiting.back();
      waiting.pop_back();
      const int r = cell / grid_.width();
      const int c = cell % grid_.width();
      const double value = double(grid_.at(r, c));
      sum += value;
      region.largest = region.cells == 0 ? value : std::max(region.largest, value);
      region.areaKm2 += cellAreaKm2(r);
      ++region.cells;
      for (const auto& [dr, dc] : {std::pair(-1, 0), {1, 0}, {0, -1}, {0, 1}}) {
        if (!inside(r + dr, c + dc)) continue;
        int& other = labels_[std::size_t(cellAt(r + dr, c + dc))];
        if (other >= 0) continue;
        other = label;
        waiting.push_back(cellAt(r + dr, c + dc));
      }
    }
    region.mean = sum / region.cells;
    regions_.push_back(region);
  }

  void addEdge(Vertex from, Vertex to, int cell) {
    auto& places = edges_[vertexAt(from)];
    places[places[0].cell < 0 ? 0 : 1] = {to, cell};
  }

  void collectEdges() {
    edges_.resize(std::size_t(grid_.width() + 1) * std::size_t(grid_.height() + 1));
    for (int r = 0; r < grid_.height(); ++r)
      for (int c = 0; c < grid_.width(); ++c) {
        if (!inside(r, c)) continue;
        const int cell = cellAt(r, c);
        if (!inside(r + 1, c)) addEdge({r + 1, c}, {r + 1, c + 1}, cell);
        if (!inside(r, c + 1)) addEdge({r + 1, c + 1}, {r, c + 1}, cell);
        if (!inside(r - 1, c)) addEdge({r, c + 1}, {r, c}, cell);
        if (!inside(r, c - 1)) addEdge({r, c}, {r + 1, c}, cell);
      }
  }

  /// Where two cells touch at a corner only, the line stays with its own cell.
  Edge takeNext(Vertex at, int cell) {
    auto& places = edges_[vertexAt(at)];
    Edge& edge = places[1].cell == cell || places[0].cell < 0 ? places[1] : places[0];
    return std::exchange(edge, Edge{});
  }

  Loop trace(int startIndex, Edge& first) {
    const int across = grid_.width() + 1;
    const Vertex start{startIndex / across, startIndex % across};
    Loop loop = {start};
    Edge edge = std::exchange(first, Edge{});
    while (edge.cell >= 0 && edge.to != start) {
      loop.push_back(edge.to);
      edge = takeNext(edge.to, edge.cell);
    }
    return loop;
  }

  /// Cuts a loop that comes back to one of its vertices into loops that do not.
  std::vector<Loop> simpleLoops(const Loop& loop) const {
    std::vector<Loop> simple;
    Loop path;
    for (const Vertex& vertex : loop) {
      const auto seen = std::find(path.begin(), path.end(), vertex);
      if (seen != path.end()) {
        simple.emplace_back(seen, path.end());
        path.erase(seen, path.end());
      }
      path.push_back(vertex);
    }
    if (path.size() > 2) simple.push_back(path);
    return simple;
  }

  /// Straight runs keep a vertex every few cells: they are bent on the map.
  Ring ringFrom(const Loop& loop) const {
    constexpr int kLongestStraight = 8;
    Ring ring;
    int skipped = 0;
    for (std::size_t i = 0; i < loop.size(); ++i) {
      const Vertex& before = loop[(i + loop.size() - 1) % loop.size()];
      const Vertex& here = loop[i];
      const Vertex& after = loop[(i + 1) % loop.size()];
      const bool straight = here.row - before.row == after.row - here.row &&
                            here.col - before.col == after.col - here.col;
      if (straight && ++skipped < kLongestStraight) continue;
      skipped = 0;
      ring.push_back(geo_.lonLatFromCell({double(here.col), double(here.row)}));
    }
    ring.push_back(ring.front());
    return ring;
  }

  std::vector<std::vector<Ring>> polygons(std::vector<Loop>& loops) const {
    std::stable_sort(loops.begin(), loops.end(),
                     [](const Loop& a, const Loop& b) { return signedArea(a) > signedArea(b); });
    std::vector<std::vector<Ring>> out;
    for (const Loop& loop : loops) {
      if (signedArea(loop) > 0 || out.empty()) out.emplace_back();
      (signedArea(loop) > 0 ? out.back() : out.front()).push_back(ringFrom(loop));
    }
    return out;
  }

  const RadarGrid& grid_;
  const GeoReference& geo_;
  double threshold_;
  std::vector<int> labels_;
  std::vector<Region> regions_;
  std::vector<std::array<Edge, 2>> edges_;
};

}  // namespace

std::vector<Region> regionsAbove(const RadarGrid& grid, const GeoReference& geo, double threshold) {
  return Tracer(grid, geo, threshold).regions();
}

}  // namespace stormloom
