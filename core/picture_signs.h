#pragma once

#include <algorithm>
#include <vector>

#include "core/base_map.h"

namespace stormloom {

/// Signs beside colour, in the raster's cells.
struct PictureSigns {
  using Paths = std::vector<std::vector<CellPoint>>;
  Paths contour;   ///< the threshold, white
  Paths hatching;  ///< strokes over what is above it
  Paths outlines;  ///< of every member, amber
  Paths coverage;  ///< where what radars see ends

  bool operator==(const PictureSigns& other) const {
    return same(contour, other.contour) && same(hatching, other.hatching) &&
           same(outlines, other.outlines) && same(coverage, other.coverage);
  }

private:
  static bool same(const Paths& a, const Paths& b) {
    const auto samePoint = [](const CellPoint& p, const CellPoint& q) {
      return p.col == q.col && p.row == q.row;
    };
    return std::ranges::equal(a, b, [&](const auto& left, const auto& right) {
      return std::ranges::equal(left, right, samePoint);
    });
  }
};

}  // namespace stormloom
