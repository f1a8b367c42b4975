#pragma once

#include <cstdint>

namespace stormloom {

/// Pairs of elements of a cuboid up to which the fused path is taken: it keeps a bias for each pair
/// and head.
constexpr std::int64_t kMostFusedPairs = std::int64_t(1) << 22;

}  // namespace stormloom
