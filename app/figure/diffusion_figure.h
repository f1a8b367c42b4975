#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/figure/figure.h"
#include "core/diffusion_trace.h"

namespace stormloom {

/// One moment of one or two members that come out of the same noise.
struct DiffusionPicture {
  DiffusionTraces traces;  ///< a row for each
  int step = 0;                                               ///< counted from 0
  int lead = 0;                                               ///< counted from 0
  std::string footnote;
  bool dark = true;
};

/// Latents, expected clean frames and push of one step, and the size of the push over all steps.
RgbImage drawDiffusion(const DiffusionPicture& picture, const FigureOptions& options);
void writeDiffusionFigure(const std::string& path, const DiffusionPicture& picture,
                          const FigureOptions& options, const Receipt& receipt);
/// All steps side by side, for paper; PNG or SVG by the ending.
void writeDiffusionSheet(const std::string& path, const DiffusionPicture& picture,
                         const FigureOptions& options, const Receipt& receipt);

/// Step after step; false when stopped.
bool writeDiffusionMovie(const std::string& path, const DiffusionPicture& picture,
                         const FigureOptions& options, const Receipt& receipt,
                         std::stop_token stop = {},
                         const std::function<void(double share)>& progress = {});

}  // namespace stormloom
