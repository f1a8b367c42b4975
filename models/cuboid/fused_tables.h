#pragma once

#include "models/cuboid/cuboid_layout.h"

namespace stormloom {

/// Pairs of elements of a cuboid up to which the fused path is taken: it keeps a bias for each pair
/// and head.
constexpr std::int64_t kMostFusedPairs = std::int64_t(1) << 22;

/// The relative position bias of a layer (spec 1.7); its table is undefined where there is none.
struct PositionBias {
  torch::Tensor table, index;
};

/// All that a layer's fused attention knows of its cuboids, on `device`. mask (K,1,Vq,Vk), true =
/// may attend, or undefined.
CuboidTables attentionTables(const CuboidMap& queries, const CuboidMap& keys, PaddingType padding,
                             const torch::Tensor& mask, const PositionBias& bias,
                             const torch::Device& device);

}  // namespace stormloom
