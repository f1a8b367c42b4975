#include "core/cuboid_map.h"

#include <algorithm>
#include <cmath>

#include "core/errors.h"

namespace stormloom {
namespace {

/// Calls visit(position) for every position of a shape, in row-major order.
template <class Visit>
void forEachPosition(const Thw& shape, Visit visit) {
  for (std::int64_t t = 0; t < shape[0]; ++t)
    for (std::int64_t h = 0; h < shape[1]; ++h)
      for (std::int64_t w = 0; w < shape[2]; ++w) visit(Thw{t, h, w});
}

/// One value for every element of some cuboids, (count,V).
template <class Value, class Compute>
std::vector<Value> forEachElement(const CuboidMap& map, const CuboidRange& cuboids,
                                  Compute compute) {
  std::vector<Value> values;
  values.reserve(std::size_t(cuboids.count * map.volume()));
  for (std::int64_t k = cuboids.first; k < cuboids.first + cuboids.count; ++k)
    for (std::int64_t v = 0; v < map.volume(); ++v)
      values.push_back(compute(map.rolledPosition(k, v)));
  return values;
}

/// One value for every element of every cuboid, (K,V).
template <class Value, class Compute>
std::vector<Value> forEachElement(const CuboidMap& map, Compute compute) {
  return forEachElement<Value>(map, {0, map.cuboids()}, compute);
}

/// Sizes come from files: a block of nothing would divide by zero.
void requirePositive(const Thw& sizes, const char* what) {
  for (const std::int64_t size : sizes)
    if (size < 1)
      throw ModelError(std::string(what) + " of " + std::to_string(size) +
                       " elements along an axis is impossible; use at least 1.");
}

Thw coordinates(std::int64_t index, const Thw& shape) {
  return {index / (shape[1] * shape[2]), index / shape[2] % shape[1], index % shape[2]};
}

std::int64_t roundUp(std::int64_t length, std::int64_t block) {
  return (length + block - 1) / block * block;
}

}  // namespace

PaddingType paddingTypeFromName(const std::string& name) {
  if (name == "zeros") return PaddingType::Zeros;
  if (name == "ignore") return PaddingType::Ignore;
  if (name == "nearest") return PaddingType::Nearest;
  throw ModelError("The padding type \"" + name + "\" is unknown; use zeros, ignore or nearest.");
}

std::int64_t volumeOf(const Thw& shape) { return shape[0] * shape[1] * shape[2]; }

std::int64_t flatIndex(const Thw& position, const Thw& shape) {
  return (position[0] * shape[1] + position[1]) * shape[2] + position[2];
}

Thw CuboidMap::counts() const {
  return {padded[0] / size[0], padded[1] / size[1], padded[2] / size[2]};
}

std::int64_t CuboidMap::cuboids() const { return volumeOf(counts()); }

std::int64_t CuboidMap::volume() const { return volumeOf(size); }

Thw CuboidMap::rolledPosition(std::int64_t cuboid, std::int64_t element) const {
  const Thw count = counts();
  const Thw k = coordinates(cuboid, count);
  const Thw v = coordinates(element, size);
  Thw position;
  for (std::size_t a = 0; a < 3; ++a)
    position[a] = strategy[a] == Locality::Local ? k[a] * size[a] + v[a] : v[a] * count[a] + k[a];
  return position;
}

Thw CuboidMap::dataPosition(const Thw& rolled) const {
  Thw position;
  for (std::size_t a = 0; a < 3; ++a) position[a] = (rolled[a] + shift[a]) % padded[a] - front[a];
  return position;
}

bool CuboidMap::holdsData(const Thw& position) const {
  for (std::size_t a = 0; a < 3; ++a)
    if (position[a] < 0 || position[a] >= data[a]) return false;
  return true;
}

CuboidMap::Element CuboidMap::elementAt(const Thw& position) const {
  const Thw count = counts();
  Thw k;
  Thw v;
  for (std::size_t a = 0; a < 3; ++a) {
    const std::int64_t rolled = (position[a] + front[a] + padded[a] - shift[a]) % padded[a];
    const bool local = strategy[a] == Locality::Local;
    k[a] = local ? rolled / size[a] : rolled % count[a];
    v[a] = local ? rolled % size[a] : rolled / count[a];
  }
  return {flatIndex(k, count), flatIndex(v, size)};
}

CuboidMap fitCuboids(const CuboidShape& configured, const Thw& data) {
  requirePositive(configured.size, "A cuboid");
  requirePositive(data, "A field");
  CuboidMap map;
  map.data = data;
  map.front = {0, 0, 0};
  map.strategy = configured.strategy;
  for (std::size_t a = 0; a < 3; ++a) {
    map.size[a] = configured.size[a];
    map.shift[a] = configured.strategy[a] == Locality::Dilated ? 0 : configured.shift[a];
    if (data[a] <= map.size[a]) {
      map.size[a] = data[a];
      map.shift[a] = 0;
    }
    map.padded[a] = roundUp(data[a], map.size[a]);
  }
  return map;
}

CrossCuboidMaps fitCrossCuboids(const CrossCuboidShape& configured, const Thw& x, const Thw& mem) {
  requirePositive({configured.nTemporal, configured.hw[0], configured.hw[1]}, "A cuboid");
  const auto fit = [&configured](const Thw& data) {
    requirePositive(data, "A field");
    CuboidMap map;
    map.data = data;
    map.front = {0, 0, 0};
    map.strategy = configured.strategy;
    map.padded[0] = roundUp(data[0], configured.nTemporal);
    map.size[0] = map.padded[0] / configured.nTemporal;
    map.shift[0] = 0;
    for (std::size_t a = 1; a < 3; ++a) {
      map.size[a] = configured.hw[a - 1];
      map.padded[a] = roundUp(data[a], map.size[a]);
      map.shift[a] = configured.strategy[a] == Locality::Dilated ? 0 : configured.shiftHw[a - 1];
    }
    return map;
  };
  CrossCuboidMaps maps{fit(x), fit(mem)};
  maps.mem.front[0] = maps.mem.padded[0] - maps.mem.data[0];
  return maps;
}

std::vector<std::int64_t> reorderIndex(const CuboidMap& map) {
  return forEachElement<std::int64_t>(
      map, [&map](const Thw& rolled) { return flatIndex(rolled, map.padded); });
}

std::vector<std::int64_t> inverseIndex(const CuboidMap& map) {
  const std::vector<std::int64_t> forward = reorderIndex(map);
  std::vector<std::int64_t> inverse(forward.size());
  for (std::size_t i = 0; i < forward.size(); ++i)
    inverse[std::size_t(forward[i])] = std::int64_t(i);
  return inverse;
}

std::vector<std::int64_t> sourceIndex(const CuboidMap& map, PaddingType padding) {
  return sourceIndex(map, padding, {0, map.cuboids()});
}

std::vector<std::int64_t> sourceIndex(const CuboidMap& map, PaddingType padding,
                                      const CuboidRange& cuboids) {
  std::array<std::vector<std::int64_t>, 3> nearest;
  for (std::size_t a = 0; a < 3; ++a) nearest[a] = nearestIndex(map.data[a], map.padded[a]);
  return forEachElement<std::int64_t>(map, cuboids, [&](const Thw& rolled) {
    Thw source = map.dataPosition(rolled);
    if (padding == PaddingType::Nearest)
      for (std::size_t a = 0; a < 3; ++a) source[a] = nearest[a][std::size_t(source[a])];
    return map.holdsData(source) ? flatIndex(source, map.data) : -1;
  });
}

CuboidMap::Element queryElement(const CuboidMap& map, const Thw& dataPosition,
                                PaddingType padding) {
  Thw position = dataPosition;
  if (padding == PaddingType::Nearest)
    for (std::size_t a = 0; a < 3; ++a)
      position[a] = nearestIndex(map.padded[a], map.data[a])[std::size_t(position[a])];
  return map.elementAt(position);
}

std::vector<std::int64_t> regionLabels(const CuboidMap& map) {
  return regionLabels(map, {0, map.cuboids()});
}

std::vector<std::int64_t> regionLabels(const CuboidMap& map, const CuboidRange& cuboids) {
  // Three ranges on every axis: [0,n-b), [n-b,n-s), [n-s,n). Without a shift the last covers
  // everything.
  return forEachElement<std::int64_t>(map, cuboids, [&map](const Thw& rolled) {
    std::int64_t label = 0;
    for (std::size_t a = 0; a < 3; ++a) {
      const std::int64_t n = map.padded[a];
      const bool last = map.shift[a] == 0 || rolled[a] >= n - map.shift[a];
      label = label * 3 + (last ? 2 : rolled[a] >= n - map.size[a] ? 1 : 0);
    }
    return label;
  });
}

std::vector<std::uint8_t> validElements(const CuboidMap& map) {
  return forEachElement<std::uint8_t>(map, [&map](const Thw& rolled) {
    return std::uint8_t(map.holdsData(map.dataPosition(rolled)));
  });
}

std::vector<std::uint8_t> validRolledPositions(const CuboidMap& map) {
  std::vector<std::uint8_t> valid;
  valid.reserve(std::size_t(volumeOf(map.padded)));
  forEachPosition(map.padded, [&](const Thw& rolled) {
    valid.push_back(std::uint8_t(map.holdsData(map.dataPosition(rolled))));
  });
  return valid;
}

std::vector<std::int64_t> relativePositionIndex(const Thw& size) {
  std::vector<std::int64_t> index;
  index.reserve(std::size_t(volumeOf(size) * volumeOf(size)));
  const Thw span = {2 * size[0] - 1, 2 * size[1] - 1, 2 * size[2] - 1};
  forEachPosition(size, [&](const Thw& i) {
    forEachPosition(size, [&](const Thw& j) {
      const Thw offset = {i[0] - j[0] + size[0] - 1, i[1] - j[1] + size[1] - 1,
                          i[2] - j[2] + size[2] - 1};
      index.push_back(flatIndex(offset, span));
    });
  });
  return index;
}

std::int64_t relativePositionCount(const Thw& size) {
  return (2 * size[0] - 1) * (2 * size[1] - 1) * (2 * size[2] - 1);
}

std::vector<std::int64_t> nearestIndex(std::int64_t in, std::int64_t out) {
  const float scale = float(in) / float(out);  // the framework computes this in float32
  std::vector<std::int64_t> index(std::size_t(out), 0);
  for (std::int64_t i = 0; i < out; ++i)
    index[std::size_t(i)] = std::min(std::int64_t(std::floor(float(i) * scale)), in - 1);
  return index;
}

}  // namespace stormloom
