#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/animation_file.h"

namespace stormloom {

/// How often each colour occurs in frames.
class ColorHistogram {
public:
  void add(const RgbImage& frame);
  const std::unordered_map<std::uint32_t, std::uint64_t>& counts() const {
    return counts_;
  }  ///< 0xRRGGBB

private:
  std::unordered_map<std::uint32_t, std::uint64_t> counts_;
};

/// Up to 255 colours for all frames: the frequent ones exactly (a radar colour must stay what the
/// legend says), the rest by median cut.
class AnimationPalette {
public:
  explicit AnimationPalette(const ColorHistogram& histogram);
  const std::vector<std::uint32_t>& colors() const { return colors_; }  ///< 0xRRGGBB
  std::uint8_t indexOf(std::uint32_t color);

private:
  std::vector<std::uint32_t> colors_;
  std::unordered_map<std::uint32_t, std::uint8_t> nearest_;
};

}  // namespace stormloom
