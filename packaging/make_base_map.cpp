// Turns the polygons of Natural Earth's states and provinces into the lines of a map: an edge of one polygon alone is
// coast, an edge between two countries is a border, an edge inside a country a state line; the shores of large lakes
// come from GSHHG. Written for packaging/make_base_map.sh; the format is described in core/base_map.h.
#include <ogrsf_frmts.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

constexpr double kUnitsPerDegree = 1e5;
// The source is cut at the antimeridian and the pole; these edges are scissors, not coast.
constexpr double kCutLongitude = 179.899;
constexpr double kCutLatitude = -89.899;

enum Kind : std::uint8_t { kCoast = 0, kBorder = 1, kState = 2, kLake = 3 };

constexpr double kSmallestLakeKm2 = 1000.0;  // smaller ones are but a few corners in this source

struct Node {
  std::int32_t lon;
  std::int32_t lat;
  auto operator<=>(const Node&) const = default;
};

struct NodeHash {
  std::size_t operator()(const Node& node) const {
    return std::size_t(std::uint32_t(node.lon)) * 0x9E3779B97F4A7C15u ^ std::uint32_t(node.lat);
  }
};

struct Edge {
  Node from;
  Node to;
  std::uint32_t country;
};

struct Line {
  Kind kind;
  std::vector<Node> nodes;
};

Node nodeFrom(double lon, double lat) {
  return {std::int32_t(std::lround(lon * kUnitsPerDegree)), std::int32_t(std::lround(lat * kUnitsPerDegree))};
}

bool isScissors(const Edge& edge) {
  const auto onCut = [](const Node& node) { return std::abs(node.lon) / kUnitsPerDegree >= kCutLongitude; };
  return (onCut(edge.from) && onCut(edge.to)) || edge.from.lat / kUnitsPerDegree <= kCutLatitude ||
         edge.to.lat / kUnitsPerDegree <= kCutLatitude;
}

void addRing(const OGRLinearRing& ring, std::uint32_t country, std::vector<Edge>& edges) {
  for (int i = 0; i + 1 < ring.getNumPoints(); ++i) {
    Edge edge{nodeFrom(ring.getX(i), ring.getY(i)), nodeFrom(ring.getX(i + 1), ring.getY(i + 1)), country};
    if (edge.from == edge.to) continue;
    if (edge.to < edge.from) std::swap(edge.from, edge.to);
    if (!isScissors(edge)) edges.push_back(edge);
  }
}

std::vector<Edge> readEdges(OGRLayer& layer) {
  std::vector<Edge> edges;
  std::map<std::string, std::uint32_t> countries;
  for (const auto& feature : layer) {
    const std::string name = feature->GetFieldAsString("adm0_a3");
    const std::uint32_t country = countries.emplace(name, countries.size()).first->second;
    const OGRGeometry* geometry = feature->GetGeometryRef();
    if (!geometry || wkbFlatten(geometry->getGeometryType()) != wkbMultiPolygon) continue;
    for (const OGRPolygon* polygon : *geometry->toMultiPolygon())
      for (const OGRLinearRing* ring : *polygon) addRing(*ring, country, edges);
  }
  return edges;
}

/// Edges of each kind, every edge once.
std::vector<std::vector<Edge>> sortByKind(std::vector<Edge> edges) {
  std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
    return std::tie(a.from, a.to, a.country) < std::tie(b.from, b.to, b.country);
  });
  std::vector<std::vector<Edge>> kinds(3);
  for (std::size_t first = 0; first < edges.size();) {
    std::size_t last = first;
    while (last < edges.size() && edges[last].from == edges[first].from && edges[last].to == edges[first].to) ++last;
    const bool sameCountry = edges[first].country == edges[last - 1].country;
    kinds[last - first == 1 ? kCoast : sameCountry ? kState : kBorder].push_back(edges[first]);
    first = last;
  }
  return kinds;
}

/// Strings edges of one kind together where exactly two meet.
class LineBuilder {
 public:
  LineBuilder(Kind kind, const std::vector<Edge>& edges) : kind_(kind), edges_(edges), used_(edges.size()) {
    for (std::size_t i = 0; i < edges.size(); ++i) {
      at_[edges[i].from].push_back(i);
      at_[edges[i].to].push_back(i);
    }
  }

  std::vector<Line> build() {
    std::vector<Line> lines;
    for (const bool endsFirst : {true, false}) {
      for (std::size_t i = 0; i < edges_.size(); ++i) {
        for (const Node& start : {edges_[i].from, edges_[i].to}) {
          if (!used_[i] && (!endsFirst || at_[start].size() != 2)) lines.push_back(walk(start, i));
        }
      }
    }
    return lines;
  }

 private:
  Line walk(Node node, std::size_t edge) {
    Line line{kind_, {node}};
    for (;;) {
      used_[edge] = true;
      node = edges_[edge].from == node ? edges_[edge].to : edges_[edge].from;
      line.nodes.push_back(node);
      const std::vector<std::size_t>& meeting = at_[node];
      if (meeting.size() != 2) return line;
      edge = used_[meeting[0]] ? meeting[1] : meeting[0];
      if (used_[edge]) return line;
    }
  }

  Kind kind_;
  const std::vector<Edge>& edges_;
  std::vector<bool> used_;
  std::unordered_map<Node, std::vector<std::size_t>, NodeHash> at_;
};

Line lineOf(Kind kind, const OGRSimpleCurve& curve) {
  Line line{kind, {}};
  for (int i = 0; i < curve.getNumPoints(); ++i) line.nodes.push_back(nodeFrom(curve.getX(i), curve.getY(i)));
  return line;
}

void addDisputedBorders(OGRLayer& layer, std::vector<Line>& lines) {
  for (const auto& feature : layer) {
    const OGRGeometry* geometry = feature->GetGeometryRef();
    if (!geometry || wkbFlatten(geometry->getGeometryType()) != wkbMultiLineString) continue;
    for (const OGRLineString* string : *geometry->toMultiLineString()) {
      Line line = lineOf(kBorder, *string);
      if (line.nodes.size() > 1) lines.push_back(std::move(line));
    }
  }
}

void addLakes(const char* file, std::vector<Line>& lines) {
  GDALDatasetUniquePtr dataset(GDALDataset::Open(file, GDAL_OF_VECTOR));
  if (!dataset || dataset->GetLayerCount() == 0) return;
  for (const auto& feature : *dataset->GetLayer(0)) {
    const OGRGeometry* geometry = feature->GetGeometryRef();
    if (!geometry || wkbFlatten(geometry->getGeometryType()) != wkbPolygon) continue;
    if (feature->GetFieldAsDouble("area") < kSmallestLakeKm2) continue;
    if (const OGRLinearRing* shore = geometry->toPolygon()->getExteriorRing()) lines.push_back(lineOf(kLake, *shore));
  }
}

void put32(std::ofstream& out, std::uint32_t value) {
  const char bytes[4] = {char(value), char(value >> 8), char(value >> 16), char(value >> 24)};
  out.write(bytes, 4);
}

bool writeLines(const std::string& path, const std::vector<Line>& lines) {
  std::ofstream out(path, std::ios::binary);
  out.write("STORMMAP", 8);
  put32(out, std::uint32_t(lines.size()));
  for (const Line& line : lines) {
    put32(out, line.kind);
    put32(out, std::uint32_t(line.nodes.size()));
    for (const Node& node : line.nodes) {
      put32(out, std::uint32_t(node.lon));
      put32(out, std::uint32_t(node.lat));
    }
  }
  out.close();
  return bool(out);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: make_base_map world_map.gpkg lakes.shp base_map.bin\n");
    return 2;
  }
  GDALAllRegister();
  GDALDatasetUniquePtr dataset(GDALDataset::Open(argv[1], GDAL_OF_VECTOR | GDAL_OF_VERBOSE_ERROR));
  OGRLayer* states = dataset ? dataset->GetLayerByName("states_provinces") : nullptr;
  if (!states) {
    std::fprintf(stderr, "%s: no layer states_provinces in it\n", argv[1]);
    return 1;
  }
  const auto kinds = sortByKind(readEdges(*states));
  std::vector<Line> lines;
  for (const Kind kind : {kCoast, kBorder, kState}) {
    const std::vector<Line> some = LineBuilder(kind, kinds[kind]).build();
    lines.insert(lines.end(), some.begin(), some.end());
  }
  if (OGRLayer* disputed = dataset->GetLayerByName("disputed_borders")) addDisputedBorders(*disputed, lines);
  addLakes(argv[2], lines);
  if (!writeLines(argv[3], lines)) {
    std::fprintf(stderr, "%s cannot be written; is the disk full?\n", argv[3]);
    return 1;
  }
  std::printf("%zu lines\n", lines.size());
  return 0;
}
