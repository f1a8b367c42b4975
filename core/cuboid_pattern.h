#pragma once

#include <string>
#include <vector>

#include "core/cuboid_map.h"

namespace stormloom {

/// Layers of a self-attention pattern by its official name, for fields of shape (T,H,W) (spec 2).
std::vector<CuboidShape> selfPattern(const std::string& name, const Thw& shape);

/// Layers of a cross-attention pattern by its official name (spec 2).
std::vector<CrossCuboidShape> crossPattern(const std::string& name, const Thw& memShape);

}  // namespace stormloom
