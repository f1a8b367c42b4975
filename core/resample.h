#pragma once

#include "core/frame_sequence.h"

namespace stormloom {

/// Carries radar grids to other cells: rain rate is averaged over the measured source pixels
/// nearest to k x k regular points of each cell, then put on the digital VIL-like scale
/// (data/train/vil_scale.md, "Coarser cells"). Which pixel each point reads is worked out once and
/// serves every frame of a sequence.
class Resampler {
public:
  /// k follows from both cell sizes at the middle of `target`; 1 where the source is as coarse.
  Resampler(const GeoReference& source, const GeoReference& target);

  /// Digital VIL, 0-254. A cell with less than half of its points measured is Missing
  /// (OutsideCoverage where most are).
  std::shared_ptr<const RadarGrid> digitalVil(const RadarGrid& grid, Quantity quantity) const;
  int pointsASide() const { return pointsASide_; }

private:
  GeoReference target_;
  int pointsASide_ = 1;
  std::vector<std::ptrdiff_t> pixels_;  ///< source index of each point, -1 outside; k * k a cell
};

/// One value on the scale as rain in mm/h, so that it may be averaged, and as digital VIL.
double rainFromValue(double value, Quantity quantity);
double digitalFromValue(double value, Quantity quantity);

/// Whether a quantity can be put on the digital VIL-like scale, and what values made so are called:
/// "VIL-like, from rain rate", nothing where they are VIL.
bool hasModelScale(Quantity quantity);
std::string modelScaleNote(Quantity quantity);
/// Digital VIL of every cell; kinds of no value stay.
RadarGrid onModelScale(const RadarGrid& grid, Quantity quantity);

/// Mean cell size in metres at a place of the grid, from the projection itself.
double cellSizeMetersAt(const GeoReference& geo, CellPoint cell);

}  // namespace stormloom
