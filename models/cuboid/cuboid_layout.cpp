#include "models/cuboid/cuboid_layout.h"

#include <cstring>

namespace stormloom {
using torch::Tensor;
namespace {

template <class Value>
Tensor tensorFrom(const std::vector<Value>& values, at::IntArrayRef shape, torch::ScalarType type) {
  const Tensor tensor = torch::empty(shape, torch::TensorOptions().dtype(type));
  TORCH_CHECK(
      std::size_t(tensor.numel()) == values.size() && tensor.element_size() == sizeof(Value),
      "a map of ", values.size(), " elements does not fit the shape ", shape);
  if (!values.empty()) std::memcpy(tensor.data_ptr(), values.data(), tensor.nbytes());
  return tensor;
}

Tensor regionTensor(const CuboidMap& map) {
  return tensorFrom(regionLabels(map), {map.cuboids(), map.volume()}, torch::kLong);
}

Tensor validTensor(const CuboidMap& map) {
  return tensorFrom(validElements(map), {map.cuboids(), map.volume()}, torch::kByte)
      .to(torch::kBool);
}

/// (K,Vx), (K,Vm) -> (K,Vx,Vm): labels that are equal.
Tensor sameLabel(const Tensor& x, const Tensor& mem) { return x.unsqueeze(2) == mem.unsqueeze(1); }
Tensor bothValid(const Tensor& x, const Tensor& mem) { return x.unsqueeze(2) & mem.unsqueeze(1); }

Tensor padWithZeros(const Tensor& field, const CuboidMap& map) {
  std::vector<std::int64_t> amounts = {0, 0};  // from the last axis to the first: C, W, H, T
  for (int a = 2; a >= 0; --a) {
    amounts.push_back(map.front[a]);
    amounts.push_back(map.padded[a] - map.data[a] - map.front[a]);
  }
  return torch::constant_pad_nd(field, amounts, 0);
}

Tensor rolled(const Tensor& field, const Thw& by) {
  return torch::roll(field, {by[0], by[1], by[2]}, {1, 2, 3});
}

}  // namespace

Thw thwOf(const Tensor& field) {
  TORCH_CHECK(field.dim() == 5, "a field must be (B,T,H,W,C), got ", field.sizes());
  return {field.size(1), field.size(2), field.size(3)};
}

Tensor resizeNearest(const Tensor& x, std::int64_t axis, std::int64_t size) {
  if (x.size(axis) == size) return x;
  if (x.is_cpu())
    return x.index_select(axis, tensorFrom(nearestIndex(x.size(axis), size), {size}, torch::kLong));
  // The same rule where the data are: a recorded call may not read from the host.
  const float scale = float(x.size(axis)) / float(size);
  const Tensor places =
      torch::arange(size, torch::dtype(torch::kFloat32).device(x.device())) * scale;
  return x.index_select(axis, places.floor().clamp_max(double(x.size(axis) - 1)).to(torch::kLong));
}

Tensor resizeNearest(const Tensor& field, const Thw& size) {
  return resizeNearest(resizeNearest(resizeNearest(field, 1, size[0]), 2, size[1]), 3, size[2]);
}

Tensor cuboidsFromField(const Tensor& field, const CuboidMap& map, PaddingType padding) {
  Tensor x = field;
  if (map.isPadded())
    x = padding == PaddingType::Nearest ? resizeNearest(x, map.padded) : padWithZeros(x, map);
  if (map.isShifted()) x = rolled(x, {-map.shift[0], -map.shift[1], -map.shift[2]});

  // Each axis n becomes (cuboid, offset) when local and (offset, cuboid) when dilated (spec 1.5).
  const Thw count = map.counts();
  std::vector<std::int64_t> split = {x.size(0)};
  std::vector<std::int64_t> cuboidAxes;
  std::vector<std::int64_t> offsetAxes;
  for (std::size_t a = 0; a < 3; ++a) {
    const bool local = map.strategy[a] == Locality::Local;
    const auto axis = std::int64_t(split.size());
    split.insert(split.end(), {local ? count[a] : map.size[a], local ? map.size[a] : count[a]});
    cuboidAxes.push_back(local ? axis : axis + 1);
    offsetAxes.push_back(local ? axis + 1 : axis);
  }
  split.push_back(x.size(4));
  std::vector<std::int64_t> order = {0};
  order.insert(order.end(), cuboidAxes.begin(), cuboidAxes.end());
  order.insert(order.end(), offsetAxes.begin(), offsetAxes.end());
  order.push_back(7);
  return x.reshape(split).permute(order).reshape(
      {x.size(0), map.cuboids(), map.volume(), x.size(4)});
}

Tensor fieldFromCuboids(const Tensor& cuboids, const CuboidMap& map, PaddingType padding) {
  const Thw count = map.counts();
  const std::int64_t batch = cuboids.size(0);
  const std::int64_t channels = cuboids.size(3);
  std::vector<std::int64_t> order = {0};
  for (std::int64_t a = 0; a < 3; ++a) {
    const bool local = map.strategy[std::size_t(a)] == Locality::Local;
    order.push_back(local ? 1 + a : 4 + a);
    order.push_back(local ? 4 + a : 1 + a);
  }
  order.push_back(7);
  Tensor x = cuboids
                 .reshape({batch, count[0], count[1], count[2], map.size[0], map.size[1],
                           map.size[2], channels})
                 .permute(order)
                 .reshape({batch, map.padded[0], map.padded[1], map.padded[2], channels});
  if (map.isShifted()) x = rolled(x, map.shift);
  if (!map.isPadded()) return x;
  if (padding == PaddingType::Nearest) return resizeNearest(x, map.data);
  for (std::int64_t a = 0; a < 3; ++a)
    x = x.narrow(a + 1, map.front[std::size_t(a)], map.data[std::size_t(a)]);
  return x;
}

Tensor selfAttentionMask(const CuboidMap& map, PaddingType padding) {
  const bool ignoresPadding = padding == PaddingType::Ignore && map.isPadded();
  Tensor mask;
  if (map.isShifted()) {
    const Tensor region = regionTensor(map);
    mask = sameLabel(region, region);
  }
  if (ignoresPadding) {
    const Tensor valid = validTensor(map);
    mask = mask.defined() ? mask & bothValid(valid, valid) : bothValid(valid, valid);
  }
  return mask;
}

Tensor crossAttentionMask(const CrossCuboidMaps& maps) {
  Tensor mask;
  if (maps.x.isShifted()) mask = sameLabel(regionTensor(maps.x), regionTensor(maps.mem));
  if (maps.x.isPadded() || maps.mem.isPadded()) {
    const Tensor valid = bothValid(validTensor(maps.x), validTensor(maps.mem));
    mask = mask.defined() ? mask & valid : valid;
  }
  return mask;
}

Tensor globalAttentionMask(const CuboidMap& map, PaddingType padding) {
  if (padding != PaddingType::Ignore || !map.isPadded()) return {};
  return tensorFrom(validRolledPositions(map), {volumeOf(map.padded)}, torch::kByte)
      .to(torch::kBool);
}

Tensor maskedSoftmax(const Tensor& scores, const Tensor& mask) {
  if (!mask.defined()) return torch::softmax(scores, -1);
  const double low = scores.scalar_type() == torch::kHalf ? -1e4 : -1e18;
  return torch::softmax(scores.masked_fill(mask.logical_not(), low), -1) * mask;
}

Tensor relativePositionIndexTensor(const Thw& size) {
  return tensorFrom(relativePositionIndex(size), {volumeOf(size), volumeOf(size)}, torch::kLong);
}

CuboidTables cuboidTables(const CuboidMap& queries, const CuboidMap& keys, PaddingType padding) {
  std::vector<std::int64_t> targets(std::size_t(queries.cuboids() * queries.volume()), -1);
  const auto [frames, rows, columns] = queries.data;
  for (std::int64_t t = 0; t < frames; ++t)
    for (std::int64_t y = 0; y < rows; ++y)
      for (std::int64_t x = 0; x < columns; ++x) {
        const auto at = queryElement(queries, {t, y, x}, padding);
        targets[std::size_t(at.cuboid * queries.volume() + at.element)] =
            flatIndex({t, y, x}, queries.data);
      }
  const auto table = [](const std::vector<std::int64_t>& values, const CuboidMap& map) {
    return tensorFrom(values, {map.cuboids(), map.volume()}, torch::kLong).to(torch::kInt);
  };
  return {table(targets, queries), table(sourceIndex(keys, padding), keys), {}, {}};
}

std::string shapeKey(const Thw& shape, const torch::Device& device) {
  return std::to_string(shape[0]) + "x" + std::to_string(shape[1]) + "x" +
         std::to_string(shape[2]) + "@" + device.str();
}

}  // namespace stormloom
