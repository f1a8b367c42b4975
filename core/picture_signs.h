#pragma once

#include <vector>

#include "core/base_map.h"

namespace stormloom {

/// Signs beside colour, in the raster's cells.
struct PictureSigns {
  std::vector<std::vector<CellPoint>> contour;   ///< the threshold, white
  std::vector<std::vector<CellPoint>> hatching;  ///< strokes over what is above it
  std::vector<std::vector<CellPoint>> outlines;  ///< of every member, amber
  std::vector<std::vector<CellPoint>> coverage;  ///< where what radars see ends
};

}  // namespace stormloom
