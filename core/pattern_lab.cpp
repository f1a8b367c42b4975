#include "core/pattern_lab.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/cuboid_pattern.h"
#include "core/errors.h"

namespace stormloom {
namespace {

constexpr double kBytesOfWeight = 4.0;

const CuboidShape& layerOf(const LabPattern& pattern, std::size_t layer) {
  if (layer >= pattern.layers.size())
    throw UsageError("The pattern has " + std::to_string(pattern.layers.size()) +
                     " layers; there is no layer " + std::to_string(layer + 1) + ".");
  return pattern.layers[layer];
}

double tokensOf(const CuboidMap& map) { return double(map.cuboids()) * double(map.volume()); }

/// Pairs of one layer: every cuboid's own, and with global vectors those to, from and among them.
double pairsOf(double tokens, double volume, double globals) {
  return tokens * volume + 2.0 * tokens * globals + globals * globals;
}

/// Elements of a cuboid that an element may attend to, as (source position or -1).
std::vector<std::int64_t> openSources(const CuboidMap& map, PaddingType padding, const Thw& at) {
  const CuboidMap::Element element = queryElement(map, at, padding);
  const CuboidRange own = {element.cuboid, 1};
  const std::vector<std::int64_t> sources = sourceIndex(map, padding, own);
  const std::vector<std::int64_t> regions = regionLabels(map, own);
  std::vector<std::int64_t> open;
  for (std::size_t v = 0; v < sources.size(); ++v)
    if (regions[v] == regions[std::size_t(element.element)]) open.push_back(sources[v]);
  return open;
}

Thw positionOf(std::int64_t flat, const Thw& shape) {
  return {flat / (shape[1] * shape[2]), flat / shape[2] % shape[1], flat % shape[2]};
}

void requireInside(const LabPattern& pattern, const Thw& at) {
  for (std::size_t a = 0; a < 3; ++a)
    if (at[a] < 0 || at[a] >= pattern.field[a])
      throw UsageError("The element lies outside the field of the pattern.");
}

}  // namespace

std::vector<LabPattern> namedLabPatterns(const Thw& field) {
  std::vector<LabPattern> patterns;
  for (const char* name :
       {"full", "axial", "divided_st", "video_swin_2x4", "spatial_lg_4", "axial_space_dilate_2"})
    patterns.push_back({.name = name, .field = field, .layers = selfPattern(name, field)});
  return patterns;
}

std::vector<LabPattern> paperFigure() {
  const Thw field = {6, 4, 4}, cuboid = {3, 2, 2};
  return {{.name = "local", .field = field, .layers = {{cuboid, kLocal, {0, 0, 0}}}},
          {.name = "dilated", .field = field, .layers = {{cuboid, kDilated, {0, 0, 0}}}},
          {.name = "local, shifted", .field = field, .layers = {{cuboid, kLocal, {1, 1, 1}}}}};
}

std::vector<LabPattern> labPresets() {
  std::vector<LabPattern> presets;
  const auto add = [&presets](std::vector<LabPattern> patterns, const std::string& before) {
    for (LabPattern& pattern : patterns) {
      pattern.name = before + pattern.name;
      presets.push_back(std::move(pattern));
    }
  };
  add(paperFigure(), "figure (6,4,4): ");
  add(namedLabPatterns({6, 8, 8}), "(6,8,8): ");
  add(namedLabPatterns({13, 32, 32}), "SEVIR level 1 (13,32,32): ");
  return presets;
}

std::string patternMeaning(const std::string& name) {
  static const std::pair<const char*, const char*> kMeanings[] = {
      {"full", "Every cell asks every other cell."},
      {"axial_space_dilate_2",
       "Along time, then along every second cell of a column, its near half, and rows likewise."},
      {"axial", "Along time, then along columns, then along rows: three layers of lines."},
      {"divided_st", "Divided space-time: a place at all times, then a whole frame."},
      {"video_swin_2x4", "Windows of 2 x 4 x 4 cells, then the same ones shifted by half."},
      {"spatial_lg_4",
       "Local and global: a place at all times, 4 x 4 neighbours, then 4 x 4 cells far apart."},
      {"local, shifted", "Neighbours, after the field was rolled by one cell along every axis."},
      {"local", "Cuboids of neighbours."},
      {"dilated", "Cuboids of cells that lie apart, from the whole field."}};
  for (const auto& [ending, meaning] : kMeanings)
    if (name == ending || name.ends_with(std::string(": ") + ending)) return meaning;
  return {};
}

LayerCost layerCost(const LabPattern& pattern, std::size_t layer, const LabWidths& widths) {
  const CuboidMap map = fitCuboids(layerOf(pattern, layer), pattern.field);
  const double tokens = tokensOf(map), channels = double(widths.channels);
  const double globals = double(pattern.globalVectors);
  LayerCost cost;
  cost.cuboids = map.cuboids();
  cost.volume = map.volume();
  cost.pairs = pairsOf(tokens, double(map.volume()), globals);
  cost.attentionFlops = 4.0 * cost.pairs * channels;  // a product and a sum, for scores and values
  cost.projectionFlops = 8.0 * (tokens + globals) * channels * channels;
  cost.weightBytes = cost.pairs * double(widths.heads) * kBytesOfWeight;
  const double all = double(volumeOf(pattern.field));
  cost.cheaper = all * all / cost.pairs;
  return cost;
}

LayerCost patternCost(const LabPattern& pattern, const LabWidths& widths) {
  LayerCost sum;
  for (std::size_t layer = 0; layer < pattern.layers.size(); ++layer) {
    const LayerCost one = layerCost(pattern, layer, widths);
    sum.cuboids += one.cuboids;
    sum.volume = std::max(sum.volume, one.volume);
    sum.pairs += one.pairs;
    sum.attentionFlops += one.attentionFlops;
    sum.projectionFlops += one.projectionFlops;
    sum.weightBytes += one.weightBytes;
  }
  const double all = double(volumeOf(pattern.field));
  sum.cheaper = sum.pairs > 0.0 ? all * all / sum.pairs : 1.0;
  return sum;
}

std::string amountText(double value) {
  static const std::pair<double, const char*> kWords[] = {
      {1e12, "trillion"}, {1e9, "billion"}, {1e6, "million"}};
  char text[48];
  for (const auto& [size, word] : kWords) {
    if (value < size) continue;
    std::snprintf(text, sizeof text, "%.1f %s", value / size, word);
    return text;
  }
  std::string digits = std::to_string(std::llround(value));
  for (int at = int(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(std::size_t(at), "\u202f");  // a narrow space
  return digits;
}

namespace {

std::string bytesText(double bytes) {
  char text[32];
  static const std::pair<double, const char*> kUnits[] = {{1e9, "%.1f GB"}, {1e5, "%.1f MB"}};
  for (const auto& [least, form] : kUnits)
    if (bytes >= least) {
      std::snprintf(text, sizeof text, form, bytes / std::max(least, 1e6));
      return text;
    }
  std::snprintf(text, sizeof text, "%.1f kB", bytes / 1e3);
  return text;
}

std::string fewerText(double times) {
  if (times < 1.05) return "as many as full attention has.";
  char text[64];
  std::snprintf(text, sizeof text, times < 10.0 ? "%.1f times fewer than full attention." : "%.0f times fewer than full attention.", times);
  return text;
}

}  // namespace

std::vector<std::string> costLines(const LabPattern& pattern, std::size_t layer,
                                   const LabWidths& widths) {
  const LayerCost one = layerCost(pattern, layer, widths), all = patternCost(pattern, widths);
  const double cells = double(volumeOf(pattern.field)), bytes = double(widths.heads) * kBytesOfWeight;
  const bool masked = layerOf(pattern, layer).shift != Thw{0, 0, 0};
  return {"This layer: " + amountText(double(one.cuboids)) +
              (one.cuboids == 1 ? " cuboid of " : " cuboids of ") +
              amountText(double(one.volume)) + " elements, " + amountText(one.pairs) +
              (masked ? " pairs (with those the mask leaves out), " : " pairs, ") +
              fewerText(one.cheaper),
          "The pattern (" + std::to_string(pattern.layers.size()) +
              (pattern.layers.size() == 1 ? " layer, " : " layers, ") +
              std::to_string(widths.channels) + " channels): " + amountText(all.pairs) +
              " pairs, " + amountText(all.attentionFlops) + " operations for attention, " +
              amountText(all.projectionFlops) + " for projections, " + bytesText(all.weightBytes) +
              " of weights.",
          "Full attention, one layer: " + amountText(cells * cells) + " pairs, " +
              amountText(4.0 * cells * cells * double(widths.channels)) +
              " operations for attention, " + bytesText(cells * cells * bytes) + " of weights."};
}

std::vector<std::int64_t> cuboidNumbers(const LabPattern& pattern, std::size_t layer) {
  const CuboidMap map = fitCuboids(layerOf(pattern, layer), pattern.field);
  std::vector<std::int64_t> numbers(std::size_t(volumeOf(pattern.field)));
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] =
        queryElement(map, positionOf(std::int64_t(i), pattern.field), pattern.padding).cuboid;
  return numbers;
}

std::vector<std::uint8_t> attendedBy(const LabPattern& pattern, std::size_t layer, const Thw& at) {
  requireInside(pattern, at);
  const CuboidMap map = fitCuboids(layerOf(pattern, layer), pattern.field);
  std::vector<std::uint8_t> attended(std::size_t(volumeOf(pattern.field)), 0);
  for (const std::int64_t source : openSources(map, pattern.padding, at))
    if (source >= 0) attended[std::size_t(source)] = 1;
  return attended;
}

std::vector<std::uint8_t> receptiveField(const LabPattern& pattern, std::size_t layers,
                                         const Thw& at) {
  requireInside(pattern, at);
  std::vector<std::uint8_t> reached(std::size_t(volumeOf(pattern.field)), 0);
  reached[std::size_t(flatIndex(at, pattern.field))] = 1;
  for (std::size_t layer = std::min(layers, pattern.layers.size()); layer-- > 0;) {
    // From the second layer on, global vectors know the whole field and every element attends to
    // them.
    if (pattern.globalVectors > 0 && layer > 0) {
      std::fill(reached.begin(), reached.end(), std::uint8_t(1));
      return reached;
    }
    std::vector<std::uint8_t> before = reached;  // the residual connection
    for (std::size_t i = 0; i < reached.size(); ++i) {
      if (!reached[i]) continue;
      const auto attended = attendedBy(pattern, layer, positionOf(std::int64_t(i), pattern.field));
      for (std::size_t j = 0; j < before.size(); ++j) before[j] |= attended[j];
    }
    reached = std::move(before);
  }
  return reached;
}

}  // namespace stormloom
