#pragma once

#include <functional>
#include <memory>
#include <stop_token>
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
  bool dark = true;
};

/// What the forecast at a place depends on: patches of the past that were dried out, as strong as
/// the forecast changed.
struct OcclusionPicture {
  OcclusionMap map;
  GeoReference geo;
  std::shared_ptr<const RadarGrid> past;  ///< the last observed frame; may be null
  std::string time;                       ///< "21:10 UTC (+10 min)", of the forecast pixel
  std::string model;
  std::string footnote;
  bool dark = true;
};

/// Small multiples in time: every attended frame that the cuboid touches, its cells as bright as
/// their weights, the cuboid outlined; first the asking cell on its own frame. Cells stay cells:
/// nothing is smoothed. Throws UsageError where this build cannot draw.
RgbImage drawAttention(const AttentionPicture& picture, const FigureOptions& options);
RgbImage drawOcclusion(const OcclusionPicture& picture, const FigureOptions& options);
/// The same as PNG or SVG by the ending.
void writeAttentionFigure(const std::string& path, const AttentionPicture& picture,
                          const FigureOptions& options, const Receipt& receipt);
void writeOcclusionFigure(const std::string& path, const OcclusionPicture& picture,
                          const FigureOptions& options, const Receipt& receipt);
/// One picture after the other, for instance the same question to every layer; false when stopped.
bool writeLayersMovie(const std::string& path, const std::vector<AttentionPicture>& pictures,
                      const FigureOptions& options, const Receipt& receipt,
                      std::stop_token stop = {},
                      const std::function<void(double share)>& progress = {});

}  // namespace stormloom
