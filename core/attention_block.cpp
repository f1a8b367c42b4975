#include "core/attention_block.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace stormloom {
namespace {

constexpr std::size_t kMostLinks = 48;
constexpr std::size_t kMostHalos = 60;
constexpr float kDust = 0.18f;   // cells that are not looked at
constexpr float kRain = 0.42f;   // the same, where it rains
constexpr double kFaintest = 0.35;  // side of a cell of the cuboid that gets nothing

Rgb fromHsv(double hue, double saturation, double value) {
  const auto channel = [&](double offset) {
    const double k = std::fmod(offset + 6.0 * hue, 6.0);
    const double part = std::clamp(std::min(k, 4.0 - k), 0.0, 1.0);
    return std::uint8_t(std::lround(255.0 * (value - value * saturation * part)));
  };
  return {channel(5.0), channel(3.0), channel(1.0)};
}

Rgb between(Rgb a, Rgb b, double share) {
  const auto mix = [share](std::uint8_t x, std::uint8_t y) {
    return std::uint8_t(std::lround(x + share * (y - x)));
  };
  return {mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue)};
}

std::string percentText(double share) {
  char text[32];
  std::snprintf(text, sizeof text, share < 0.0995 ? "%.1f %%" : "%.0f %%", 100.0 * share);
  return text;
}

/// Mean of what radar saw in a cell of the level; below 0 where it saw nothing.
double rainIn(const RadarGrid& grid, const Thw& level, std::int64_t h, std::int64_t w) {
  const auto edge = [](std::int64_t cell, std::int64_t cells, int pixels) {
    return int(cell * pixels / cells);
  };
  double sum = 0.0;
  int seen = 0;
  for (int row = edge(h, level[1], grid.height()); row < edge(h + 1, level[1], grid.height()); ++row)
    for (int col = edge(w, level[2], grid.width()); col < edge(w + 1, level[2], grid.width()); ++col)
      if (grid.hasValue(row, col)) {
        sum += double(grid.at(row, col));
        ++seen;
      }
  return seen ? sum / seen : -1.0;
}

void paintRain(CellBlock& block, const AttentionView& view, const RadarAt& radar) {
  const Thw& level = view.layer.attended.data;
  const ColorTable& colors = colorTableFor(Quantity::VilDigital);
  for (std::int64_t t = 0; t < level[0]; ++t) {
    const auto grid = radar(view.layer.attendedFrames[std::size_t(t)]);
    for (std::int64_t h = 0; h < level[1]; ++h)
      for (std::int64_t w = 0; w < level[2]; ++w) {
        BlockCell& cell = block.cells[std::size_t(flatIndex({t, h, w}, level))];
        const double rain = grid ? rainIn(*grid, level, h, w) : -1.0;
        cell.size = rain >= 0.0 && colors.isDrawn(rain) ? kRain : 0.f;
        if (cell.size > 0.f) cell.color = colors.color(rain);
      }
  }
}

void paintCuboids(CellBlock& block, bool dark) {
  const Thw& data = block.map.data;
  for (std::size_t i = 0; i < block.cells.size(); ++i) {
    const auto flat = std::int64_t(i);
    const Thw at = {flat / (data[1] * data[2]), flat / data[2] % data[1], flat % data[2]};
    const bool known = block.map.padded[0] >= data[0];
    const std::int64_t cuboid = known ? queryElement(block.map, at, block.padding).cuboid : 0;
    block.cells[i] = {cuboidColor(cuboid, false, dark), kDust};
  }
}

/// The asking cell of cross-attention stands behind the block, over its own place.
std::array<double, 3> askingPlace(const AttentionView& view) {
  const auto& query = view.query;
  if (!view.layer.cross) return {double(query[0]), double(query[1]), double(query[2])};
  const Thw &asks = view.layer.query.data, &looks = view.layer.attended.data;
  const auto scaled = [&](std::size_t a) {
    return (double(query[a]) + 0.5) * double(looks[a]) / double(asks[a]) - 0.5;
  };
  return {double(looks[0]) + 0.5 + double(query[0]), scaled(1), scaled(2)};
}

std::string frameText(const LevelFrame& frame) {
  return isoText(frame.validTime).substr(11, 5) + " UTC";
}

void lightWeights(CellBlock& block, const AttentionView& view, bool dark) {
  double most = 1e-12;
  for (const AttentionCell& cell : view.cells) most = std::max(most, cell.weight);
  std::vector<AttentionCell> strongest = view.cells;
  std::stable_sort(
      strongest.begin(), strongest.end(),
      [](const AttentionCell& a, const AttentionCell& b) { return a.weight > b.weight; });
  for (std::size_t i = 0; i < strongest.size(); ++i) {
    const double share = strongest[i].weight / most;
    BlockCell& cell =
        block.cells[std::size_t(flatIndex(strongest[i].at, view.layer.attended.data))];
    // Where everything was looked at, as a rollout is, the weakest stay dust.
    if (strongest.size() == block.cells.size() && share < 0.02) continue;
    cell.color = attentionColor(share, dark);
    cell.size = float(kFaintest + (0.98 - kFaintest) * std::sqrt(share));
    cell.glow = i < kMostHalos && share > 0.15 ? float(share) : 0.f;
    cell.front = true;
    if (i < kMostLinks && share > 0.03) block.links.push_back({strongest[i].at, share});
  }
}

}  // namespace

Rgb cuboidColor(std::int64_t cuboid, bool lit, bool dark) {
  const double hue = std::fmod(0.58 + 0.61803398875 * double(cuboid), 1.0);
  if (dark) return fromHsv(hue, lit ? 0.62 : 0.42, lit ? 0.98 : 0.50);
  return fromHsv(hue, lit ? 0.72 : 0.22, lit ? 0.78 : 0.94);
}

Rgb attentionColor(double share, bool dark) {
  const Rgb low = dark ? Rgb{0x46, 0x52, 0x60} : Rgb{0xd5, 0xdb, 0xe2};
  const Rgb middle = dark ? Rgb{0xf2, 0xb8, 0x4b} : Rgb{0xe0, 0x8a, 0x1e};
  const Rgb high = dark ? Rgb{0xff, 0xfa, 0xe8} : Rgb{0x5c, 0x2a, 0x00};
  const double root = std::sqrt(std::clamp(share, 0.0, 1.0));
  return root < 0.6 ? between(low, middle, root / 0.6) : between(middle, high, (root - 0.6) / 0.4);
}

Rgb reachColor(bool reached, bool dark) {
  if (reached) return dark ? Rgb{0xf2, 0xb8, 0x4b} : Rgb{0xc8, 0x7a, 0x10};
  return dark ? Rgb{0x2a, 0x32, 0x3b} : Rgb{0xdf, 0xe4, 0xea};
}

CellBlock patternBlock(const LabPattern& pattern, const PatternLook& look) {
  CellBlock block;
  block.map = fitCuboids(pattern.layers.at(look.layer), pattern.field);
  block.padding = pattern.padding;
  block.ink = BlockInk::of(look.dark);
  const std::vector<std::int64_t> numbers = cuboidNumbers(pattern, look.layer);
  const std::vector<std::uint8_t> lit =
      look.grown > 0 ? receptiveField(pattern, std::size_t(look.grown), look.element)
                     : attendedBy(pattern, look.layer, look.element);
  block.cells.resize(numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    BlockCell& cell = block.cells[i];
    cell.color = look.grown > 0 ? reachColor(lit[i] != 0, look.dark)
                                : cuboidColor(numbers[i], lit[i] != 0, look.dark);
    cell.size = look.onlyLit && !lit[i] ? kDust : 1.f;
  }
  block.cells[std::size_t(flatIndex(look.element, pattern.field))].color = block.ink.asking;
  for (int i = 0; i < pattern.globalVectors; ++i)
    block.nodes.push_back({"g" + std::to_string(i + 1), 0.4});
  for (std::int64_t t = 0; t < pattern.field[0]; ++t)
    block.frameTexts.push_back("t = " + std::to_string(t));
  return block;
}

CellBlock attentionBlock(const AttentionView& view, BlockGround ground, const RadarAt& radar,
                         bool dark) {
  CellBlock block;
  block.map = view.layer.attended;
  block.padding = view.layer.padding;
  block.ink = BlockInk::of(dark);
  block.cells.resize(std::size_t(volumeOf(block.map.data)));
  if (ground == BlockGround::Radar)
    paintRain(block, view, radar);
  else
    paintCuboids(block, dark);
  lightWeights(block, view, dark);
  block.asking = askingPlace(view);
  double most = 1e-12;
  for (const double weight : view.globals) most = std::max(most, weight);
  for (std::size_t i = 0; i < view.globals.size(); ++i)
    block.nodes.push_back(
        {"g" + std::to_string(i + 1) + " " + percentText(view.globals[i]), view.globals[i] / most});
  for (const LevelFrame& frame : view.layer.attendedFrames)
    block.frameTexts.push_back(frameText(frame));
  return block;
}

}  // namespace stormloom
