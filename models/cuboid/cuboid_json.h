#pragma once

#include <vector>

#include "core/json.h"
#include "core/cuboid_map.h"

namespace stormloom {

// Parts of configurations as the official programs write them.

Thw thwFromJson(const Json& threeNumbers);
std::array<std::int64_t, 2> hwFromJson(const Json& twoNumbers);
/// ["l","d","l"]
CuboidStrategy strategyFromJson(const Json& threeLetters);
/// An int s is (1,s,s), a pair (1,a,b), a triple as given (spec 1.10, 3).
Thw scaleFromJson(const Json& scale);

/// Explicit layers: lists of sizes, strategies and shifts of equal length.
std::vector<CuboidShape> selfLayersFromJson(const Json& sizes, const Json& strategies,
                                            const Json& shifts);
std::vector<CrossCuboidShape> crossLayersFromJson(const Json& hw, const Json& strategies,
                                                  const Json& shifts, const Json& nTemporal);

}  // namespace stormloom
