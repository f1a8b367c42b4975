#pragma once

#include "core/color_table.h"
#include "core/radar_grid.h"

class vtkImageData;

namespace stormloom {

/// Paints a grid into an RGBA image as VTK wants it: the first row is the southern edge. This is
/// the only place where north is flipped up. Below the first level: clear. Missing: grey strokes
/// from the lower left to the upper right. Outside coverage: ground darkened by
/// that share.
void fillImage(vtkImageData* image, const RadarGrid& grid, const ColorTable& table,
               double outsideOpacity);

}  // namespace stormloom
