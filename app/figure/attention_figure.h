#pragma once

#include <memory>
#include <vector>

#include "app/figure/figure.h"
#include "core/attention.h"
#include "core/frame_sequence.h"

namespace stormloom {

/// What one element attended to, over the radar it lies on.
struct AttentionPicture {
  AttentionView view;
  GeoReference geo;  ///< of the radar frames
  std::vector<std::shared_ptr<const RadarGrid>>
      frames;                              ///< one for each attended frame; may be null
  std::shared_ptr<const RadarGrid> asked;  ///< frame that holds the asking pixel; may be null
  std::string footnote;
};

/// Small multiples in time: every attended frame that the cuboid touches, its cells as bright as
/// their weights, the cuboid outlined; first the asking cell on its own frame. Cells stay cells:
/// nothing is smoothed. Throws UsageError where this build cannot draw.
RgbImage drawAttention(const AttentionPicture& picture, const FigureOptions& options);

}  // namespace stormloom
