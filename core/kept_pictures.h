#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/animation_file.h"

namespace stormloom {

/// Pictures of one film, kept small: rows that are as in the picture before are not kept again, others
/// as runs of one colour. Nothing is lost.
class KeptPictures {
public:
  void add(const RgbImage& picture);
  std::size_t count() const { return pictures_; }
  std::size_t bytes() const { return runs_.size() * sizeof(Run); }
  /// All of them in their order, one at a time.
  void each(const std::function<void(const RgbImage&)>& take) const;

private:
  struct Run {
    std::uint32_t pixels = 0;  ///< 0: the whole row is as it was in the picture before
    std::uint32_t color = 0;   ///< 0xRRGGBB
  };
  void addRow(const std::uint8_t* row, int width);

  std::vector<Run> runs_;
  RgbImage last_;
  std::size_t pictures_ = 0;
};

}  // namespace stormloom
