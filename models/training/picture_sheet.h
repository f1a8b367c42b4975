#pragma once

#include <torch/torch.h>

#include "core/animation_file.h"
#include "core/color_table.h"

namespace stormloom {

/// A picture of nothing but the window's ground colour.
RgbImage darkImage(int width, int height);
/// Outside the picture: nothing happens.
void putPixel(RgbImage& image, int x, int y, Rgb color);
/// Fields (rows,columns,H,W) in [0, 1] beside and below each other, in the colours of VIL.
RgbImage sheetOf(const torch::Tensor& fields);

}  // namespace stormloom
