#pragma once

#include <string>
#include <vector>

#include "core/cuboid_map.h"

namespace stormloom {

/// A pattern of self-attention layers on a field, as somebody tries it out.
struct LabPattern {
  std::string name;  ///< "axial", or what the person called it
  Thw field = {6, 4, 4};
  std::vector<CuboidShape> layers;
  PaddingType padding = PaddingType::Zeros;
  int globalVectors = 0;
};

/// The named patterns of the papers on a field: full, axial, divided space-time, video swin,
/// spatial local-global, axial with dilation (spec 2), then the decompositions of the papers'
/// figure.
std::vector<LabPattern> namedLabPatterns(const Thw& field);

/// The papers' figure: field (6,4,4), cuboids (3,2,2), local, dilated and shifted by (1,1,1).
std::vector<LabPattern> paperFigure();

/// What the lab offers by name: the figure, then the patterns on small fields and on the finest level
/// of the SEVIR network.
std::vector<LabPattern> labPresets();

/// What a named pattern does, in a sentence; empty for other names.
std::string patternMeaning(const std::string& name);

/// What an attention layer costs, beside one in which every element attends to every other.
struct LayerCost {
  std::int64_t cuboids = 0;
  std::int64_t volume = 0;       ///< elements of a cuboid
  double pairs = 0.0;            ///< query and key, global vectors included
  double attentionFlops = 0.0;   ///< scores and weighted values
  double projectionFlops = 0.0;  ///< queries, keys, values and the final projection
  double weightBytes = 0.0;      ///< all weights of all heads, float32
  double cheaper = 1.0;          ///< pairs of full attention over these pairs
};
struct LabWidths {
  std::int64_t channels = 128;
  std::int64_t heads = 4;
};
LayerCost layerCost(const LabPattern& pattern, std::size_t layer, const LabWidths& widths = {});
/// Sums over the layers; `cheaper` compares with one full layer.
LayerCost patternCost(const LabPattern& pattern, const LabWidths& widths = {});

/// What a layer and its pattern cost, in words: a line each.
std::vector<std::string> costLines(const LabPattern& pattern, std::size_t layer,
                                   const LabWidths& widths = {});
/// "1.2 million", "147 456".
std::string amountText(double value);

/// The cuboid that holds each position of the field, (T,H,W).
std::vector<std::int64_t> cuboidNumbers(const LabPattern& pattern, std::size_t layer);

/// 1 for every position that the element at `at` may attend to in one layer: its cuboid, less what
/// a mask hides (regions that only meet through the shift, padding).
std::vector<std::uint8_t> attendedBy(const LabPattern& pattern, std::size_t layer, const Thw& at);

/// 1 for every position of the input that can reach the element at `at` through the first `layers`
/// layers, one after the other. Global vectors carry everything from the second layer on.
std::vector<std::uint8_t> receptiveField(const LabPattern& pattern, std::size_t layers,
                                         const Thw& at);

}  // namespace stormloom
