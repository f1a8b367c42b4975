#include "core/cell_block.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <unordered_set>

namespace stormloom {
namespace {

constexpr double kWhole = 0.999;      // cells of that size hide each other
constexpr double kInset = 0.06;       // of a whole cell's face, and no more than this on either side
constexpr double kNodeHeight = 0.16;  // global vectors stand that share of the block above it

using Axes = std::array<double, 3>;

double radians(double degrees) { return degrees * std::numbers::pi / 180.0; }
double dot(const BlockPoint& a, const BlockPoint& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }

/// Where cells stand: cells of a cuboid draw together as cuboids go apart.
class Places {
public:
  Places(const CellBlock& block, double apart) : block_(block), apart_(apart) {
    const Thw counts = block.map.counts();
    const Thw& data = block.map.data;
    for (std::size_t a = 0; a < 3; ++a)  // memory frames that cross-attention skips are in no cuboid
      if (block.map.padded[a] < data[a]) apart_ = 0.0;
    apart = apart_;
    for (std::size_t a = 0; a < 3; ++a) {
      const double length = double(block.map.padded[a]);
      gap_[a] = counts[a] > 1 ? apart * std::clamp(0.35 * double(block.map.size[a]), 0.6, 2.0) : 0;
      extent_[a] = double(data[a]) + apart * (length - double(data[a])) +
                   gap_[a] * double(counts[a] - 1);
    }
    depth_ = std::clamp(0.8 * double(std::max(data[1], data[2])) / double(data[0]), 1.0, 2.2);
  }

  /// Along T, H, W in cells from the upper, left, first corner.
  Axes placeOf(const Thw& cell) const {
    Axes place = {double(cell[0]), double(cell[1]), double(cell[2])};
    if (apart_ <= 0.0) return place;
    const auto element = queryElement(block_.map, cell, block_.padding);
    const Thw rolled = block_.map.rolledPosition(element.cuboid, element.element);
    const Thw counts = block_.map.counts();
    const Thw cuboid = {element.cuboid / (counts[1] * counts[2]),
                        element.cuboid / counts[2] % counts[1], element.cuboid % counts[2]};
    for (std::size_t a = 0; a < 3; ++a) {
      const bool local = block_.map.strategy[a] == Locality::Local;
      const std::int64_t offset =
          local ? rolled[a] - cuboid[a] * block_.map.size[a] : rolled[a] / counts[a];
      const double gathered = double(cuboid[a] * block_.map.size[a] + offset);
      place[a] += apart_ * (gathered - place[a]) + gap_[a] * double(cuboid[a]);
    }
    return place;
  }

  BlockPoint pointAt(const Axes& place) const {
    return {place[2] - 0.5 * (extent_[2] - 1.0), 0.5 * (extent_[1] - 1.0) - place[1],
            depth_ * (0.5 * (extent_[0] - 1.0) - place[0])};
  }
  BlockPoint half(double size) const { return {0.5 * size, 0.5 * size, 0.5 * size * depth_}; }
  double depth() const { return depth_; }
  BlockPoint corner() const {
    return {0.5 * extent_[2], 0.5 * extent_[1], 0.5 * extent_[0] * depth_};
  }

private:
  const CellBlock& block_;
  double apart_;
  Axes gap_{}, extent_{};
  double depth_ = 1.0;
};

class ShapeMaker {
public:
  ShapeMaker(const CellBlock& block, const BlockView& view)
      : block_(block), apart_(std::clamp(view.apart, 0.0, 1.0)), places_(block, apart_) {
    for (std::size_t a = 0; a < 3; ++a) {
      const auto& [first, end] = view.slice[a];
      from_[a] = std::clamp<std::int64_t>(first, 0, block.map.data[a] - 1);
      to_[a] = end <= 0 ? block.map.data[a]
                        : std::clamp<std::int64_t>(end, from_[a] + 1, block.map.data[a]);
    }
    for (std::size_t i = 0; i < block.cells.size(); ++i) {
      const Thw& s = block.map.data;
      const auto flat = std::int64_t(i);
      const Thw cell = {flat / (s[1] * s[2]), flat / s[2] % s[1], flat % s[2]};
      at_.push_back(places_.placeOf(cell));
      if (block.cells[i].size >= kWhole && isShown(cell)) wholes_.insert(keyOf(at_.back()));
    }
  }

  BlockShape make() {
    addCells();
    addAsking();
    addFrame();
    addNodes();
    const BlockPoint corner = places_.corner();
    shape_.radius = std::sqrt(dot(corner, corner)) * 1.04;
    if (!block_.nodes.empty()) shape_.radius += 2.0 * kNodeHeight * corner.y;
    return std::move(shape_);
  }

private:
  std::size_t indexOf(const Thw& cell) const {
    return std::size_t(flatIndex(cell, block_.map.data));
  }
  bool isShown(const Thw& cell) const {
    for (std::size_t a = 0; a < 3; ++a)
      if (cell[a] < from_[a] || cell[a] >= to_[a]) return false;
    return block_.cells[indexOf(cell)].size > 0.f;
  }

  /// A whole cell that stands where this one's neighbour stands hides the face between them.
  bool isHidden(const Thw& cell, std::size_t axis, std::int64_t step) const {
    if (block_.cells[indexOf(cell)].size < kWhole) return false;
    Axes beside = at_[indexOf(cell)];
    beside[axis] += double(step);
    return wholes_.contains(keyOf(beside));
  }

  /// Places to a thousandth of a cell.
  static std::uint64_t keyOf(const Axes& place) {
    std::uint64_t key = 0;
    for (const double along : place)
      key = (key << 21) | (std::uint64_t(std::llround(1000.0 * along) + (1 << 19)) & 0x1fffff);
    return key;
  }

  std::uint8_t openSides(const Thw& cell) const {
    static constexpr std::pair<std::size_t, std::int64_t> kNext[kBlockSides] = {
        {2, 1}, {2, -1}, {1, -1}, {1, 1}, {0, -1}, {0, 1}};
    std::uint8_t open = 0;
    for (int side = 0; side < kBlockSides; ++side)
      if (!isHidden(cell, kNext[side].first, kNext[side].second)) open |= std::uint8_t(1 << side);
    return open;
  }

  void addCells() {
    for (std::int64_t t = from_[0]; t < to_[0]; ++t)
      for (std::int64_t h = from_[1]; h < to_[1]; ++h)
        for (std::int64_t w = from_[2]; w < to_[2]; ++w) {
          const Thw cell = {t, h, w};
          const BlockCell& look = block_.cells[indexOf(cell)];
          if (look.size <= 0.f) continue;
          const std::uint8_t open = openSides(cell);
          if (open == 0) continue;
          shape_.boxes.push_back({places_.pointAt(at_[indexOf(cell)]),
                                  places_.half(double(look.size)), look.color, look.glow, open,
                                  look.front, cell});
        }
  }

  void addAsking() {
    if (!block_.asking) return;
    const Axes& asks = *block_.asking;
    const Thw cell = {std::llround(asks[0]), std::llround(asks[1]), std::llround(asks[2])};
    const bool inside = block_.map.holdsData(cell);
    if (inside && !isShown(cell)) return;
    const BlockPoint at = places_.pointAt(inside ? at_[indexOf(cell)] : asks);
    shape_.asking = BlockBox{at, places_.half(inside ? 0.9 : 1.2), block_.ink.asking, 1.f, 63, true, cell};
    for (const BlockLink& link : block_.links)
      if (isShown(link.cell))
        shape_.links.push_back({at, places_.pointAt(at_[indexOf(link.cell)]), link.strength});
  }

  void addFrame() {
    const BlockPoint c = places_.corner();
    for (int i = 0; i < 4; ++i) {
      const double u = i & 1 ? 1.0 : -1.0, v = i & 2 ? 1.0 : -1.0;
      shape_.frame.push_back({{-c.x, u * c.y, v * c.z}, {c.x, u * c.y, v * c.z}});
      shape_.frame.push_back({{u * c.x, -c.y, v * c.z}, {u * c.x, c.y, v * c.z}});
      shape_.frame.push_back({{u * c.x, v * c.y, -c.z}, {u * c.x, v * c.y, c.z}});
    }
    // Frames that cells have left have no place any more.
    const bool left = block_.map.shift[0] > 0 || block_.map.strategy[0] == Locality::Dilated;
    if (block_.frameTexts.empty() || (left && apart_ > 0.0)) return;
    const std::size_t last = block_.frameTexts.size() - 1;
    const auto z = [&](std::size_t t) {
      return places_.pointAt(placeOfFrame(std::int64_t(t))).z;
    };
    shape_.texts.push_back({{-c.x, -c.y, z(0)}, block_.frameTexts.front()});
    if (last > 0) shape_.texts.push_back({{c.x, -c.y, z(last)}, block_.frameTexts.back()});
  }

  Axes placeOfFrame(std::int64_t t) const { return at_[indexOf({t, 0, 0})]; }

  void addNodes() {
    if (block_.nodes.empty()) return;
    const BlockPoint c = places_.corner();
    const double y = c.y * (1.0 + 2.0 * kNodeHeight);
    const double spacing = 2.0 * c.x / double(block_.nodes.size());
    for (std::size_t i = 0; i < block_.nodes.size(); ++i) {
      const BlockNode& node = block_.nodes[i];
      const BlockPoint at = {-c.x + spacing * (double(i) + 0.5), y, 0.0};
      const double half = 0.5 * spacing * (0.2 + 0.5 * std::sqrt(std::clamp(node.strength, 0., 1.)));
      shape_.nodes.push_back({at, {half, half, half}, block_.ink.node, 0.f, 63, true, {0, 0, 0}});
      shape_.texts.push_back({{at.x, at.y + half, at.z}, node.text, true});
      if (shape_.asking)
        shape_.links.push_back({shape_.asking->middle, at, node.strength, true});
    }
  }

  const CellBlock& block_;
  double apart_;
  Places places_;
  Thw from_{}, to_{};
  std::vector<Axes> at_;
  std::unordered_set<std::uint64_t> wholes_;  ///< where whole cells stand
  BlockShape shape_;
};

BlockPoint normalOf(BlockSide side) {
  switch (side) {
    case BlockSide::Right:
      return {1, 0, 0};
    case BlockSide::Left:
      return {-1, 0, 0};
    case BlockSide::Up:
      return {0, 1, 0};
    case BlockSide::Down:
      return {0, -1, 0};
    case BlockSide::Front:
      return {0, 0, 1};
    case BlockSide::Back:
      break;
  }
  return {0, 0, -1};
}

}  // namespace

BlockInk BlockInk::of(bool dark) {
  if (dark)
    return {{0x12, 0x16, 0x1b}, {0xb4, 0xc0, 0xcd}, {0x4a, 0x57, 0x64},
            {0xff, 0xff, 0xff}, {0xf2, 0xb8, 0x4b}, {0xa0, 0x8c, 0xf0}};
  return {{0xff, 0xff, 0xff}, {0x3a, 0x46, 0x52}, {0x9a, 0xa6, 0xb2},
          {0x18, 0x20, 0x2a}, {0xb4, 0x6a, 0x00}, {0x5e, 0x43, 0xc4}};
}

BlockShape shapeOf(const CellBlock& block, const BlockView& view) {
  return ShapeMaker(block, view).make();
}

namespace {

/// Whether two whole boxes stand side by side.
bool touch(const BlockBox& a, const BlockBox& b) {
  const double x = std::abs(a.middle.x - b.middle.x), y = std::abs(a.middle.y - b.middle.y),
               z = std::abs(a.middle.z - b.middle.z);
  const double away = x / (2.0 * a.half.x) + y / (2.0 * a.half.y) + z / (2.0 * a.half.z);
  return std::abs(away - 1.0) < 1e-3;
}

}  // namespace

std::vector<BlockBox> mergedBoxes(const CellBlock& block, const BlockShape& shape) {
  const Thw& size = block.map.size;
  const auto axis = std::size_t(std::max_element(size.begin(), size.end()) - size.begin());
  static constexpr std::array<std::pair<BlockSide, BlockSide>, 3> kEnds = {
      {{BlockSide::Front, BlockSide::Back},
       {BlockSide::Up, BlockSide::Down},
       {BlockSide::Left, BlockSide::Right}}};
  const auto [near, far] = kEnds[axis];
  const auto sides = std::uint8_t(~((1 << int(near)) | (1 << int(far))));
  std::vector<std::size_t> boxAt(block.cells.size(), shape.boxes.size());
  for (std::size_t i = 0; i < shape.boxes.size(); ++i)
    boxAt[std::size_t(flatIndex(shape.boxes[i].cell, block.map.data))] = i;
  std::vector<BlockBox> merged;
  std::vector<bool> taken(shape.boxes.size(), false);
  for (std::size_t i = 0; i < shape.boxes.size(); ++i) {
    if (taken[i]) continue;
    BlockBox run = shape.boxes[i];
    BlockBox last = run;
    while (block.map.strategy[axis] == Locality::Local && !last.isOpen(far) && last.cell[axis] + 1 < block.map.data[axis]) {
      Thw next = last.cell;
      ++next[axis];
      const std::size_t at = boxAt[std::size_t(flatIndex(next, block.map.data))];
      if (at >= shape.boxes.size()) break;
      const BlockBox& box = shape.boxes[at];
      if (!(box.color == run.color) || box.isOpen(near) || box.front != run.front ||
          (box.open & sides) != (run.open & sides) || box.glow > 0.f || !touch(last, box))
        break;
      taken[at] = true;
      last = box;
    }
    const auto joined = [](double a, double b, double half, double& middle, double& whole) {
      middle = 0.5 * (a + b);
      whole = half + 0.5 * std::abs(a - b);
    };
    const BlockBox first = run;
    joined(first.middle.x, last.middle.x, first.half.x, run.middle.x, run.half.x);
    joined(first.middle.y, last.middle.y, first.half.y, run.middle.y, run.half.y);
    joined(first.middle.z, last.middle.z, first.half.z, run.middle.z, run.half.z);
    run.open = std::uint8_t((first.open & ~(1 << int(far))) | (last.open & (1 << int(far))));
    merged.push_back(run);
  }
  return merged;
}

BlockProjection::BlockProjection(const BlockView& view, double radius, double width,
                                 double height) {
  const double a = radians(view.turn), b = radians(view.tilt);
  right_ = {std::cos(a), 0.0, -std::sin(a)};
  up_ = {-std::sin(a) * std::sin(b), std::cos(b), -std::cos(a) * std::sin(b)};
  toEye_ = {std::sin(a) * std::cos(b), std::sin(b), std::cos(a) * std::cos(b)};
  scale_ = view.zoom * std::min(width, height) / (2.0 * std::max(radius, 1e-9));
}

BlockPoint BlockProjection::onScreen(const BlockPoint& point) const {
  return {scale_ * dot(point, right_), scale_ * dot(point, up_), dot(point, toEye_)};
}

BlockPoint textOnScreen(const BlockShape::Text& text, const BlockProjection& seen) {
  const BlockPoint here = seen.onScreen(text.at);
  if (text.ofNode) return here;
  const BlockPoint there = seen.onScreen({-text.at.x, text.at.y, text.at.z});
  return std::abs(there.x) > std::abs(here.x) + 1e-6 ? there : here;
}

bool BlockProjection::sees(BlockSide side) const { return dot(normalOf(side), toEye_) > 1e-9; }

std::array<BlockPoint, 4> cornersOf(const BlockBox& box, BlockSide side) {
  const BlockPoint n = normalOf(side);
  const BlockPoint u = std::abs(n.x) > 0.5 ? BlockPoint{0, 1, 0} : BlockPoint{1, 0, 0};
  // u, v, n are right-handed: v = n x u.
  const BlockPoint v = {n.y * u.z - n.z * u.y, n.z * u.x - n.x * u.z, n.x * u.y - n.y * u.x};
  const BlockPoint& h = box.half;
  const bool whole = h.x > 0.5 * kWhole;
  const auto inner = [whole](double half) {
    return whole ? half - kInset * std::min(half, 1.1) : half;
  };
  const auto corner = [&](double i, double j) {
    return BlockPoint{box.middle.x + h.x * n.x + inner(h.x) * (i * u.x + j * v.x),
                      box.middle.y + h.y * n.y + inner(h.y) * (i * u.y + j * v.y),
                      box.middle.z + h.z * n.z + inner(h.z) * (i * u.z + j * v.z)};
  };
  return {corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)};
}

Rgb shaded(Rgb color, BlockSide side) {
  const double light = side == BlockSide::Up                                   ? 1.12
                       : side == BlockSide::Front || side == BlockSide::Back ? 1.0
                       : side == BlockSide::Down                             ? 0.62
                                                                             : 0.78;
  const auto lit = [light](std::uint8_t value) {
    return std::uint8_t(std::clamp(std::lround(light * value), 0L, 255L));
  };
  return {lit(color.red), lit(color.green), lit(color.blue)};
}

std::optional<Thw> cellUnder(const BlockShape& shape, const BlockProjection& projection, double x,
                             double y) {
  const BlockPoint &r = projection.right(), &u = projection.up(), &d = projection.toEye();
  const double across = x / projection.pixelsPerCell(), along = y / projection.pixelsPerCell();
  const BlockPoint start = {across * r.x + along * u.x, across * r.y + along * u.y,
                            across * r.z + along * u.z};
  std::optional<Thw> found;
  double nearest = -1e300;
  bool front = false;
  for (const BlockBox& box : shape.boxes) {
    if (front && !box.front) continue;
    double in = -1e300, out = 1e300;  // the ray start + s d is inside for s in [in, out]
    const std::array<std::array<double, 4>, 3> slabs = {
        {{start.x, d.x, box.middle.x, box.half.x},
         {start.y, d.y, box.middle.y, box.half.y},
         {start.z, d.z, box.middle.z, box.half.z}}};
    for (const auto& [from, way, middle, half] : slabs) {
      if (std::abs(way) < 1e-12) {
        if (std::abs(from - middle) > half) out = -1e301;
        continue;
      }
      const double a = (middle - half - from) / way, b = (middle + half - from) / way;
      in = std::max(in, std::min(a, b));
      out = std::min(out, std::max(a, b));
    }
    if (in > out || (out <= nearest && box.front == front)) continue;
    nearest = out;
    front = box.front;
    found = box.cell;
  }
  return found;
}

}  // namespace stormloom
