#pragma once

#include <memory>
#include <vector>

#include "core/radar_grid.h"

namespace stormloom {

/// The members' rasters of one valid time, all of one size.
using GridList = std::vector<std::shared_ptr<const RadarGrid>>;

// One raster out of many. A cell counts the members that have a value there; where none has, it
// keeps the first member's reason. UsageError for an empty list or rasters of different sizes.

RadarGrid meanField(const GridList& members);
RadarGrid maximumField(const GridList& members);
RadarGrid spreadField(const GridList& members);  ///< standard deviation over the members
/// Linear between the sorted members: 0 the smallest, 50 the median, 100 the largest.
RadarGrid percentileField(const GridList& members, double percent);
/// Share of members at or above the threshold, in percent.
RadarGrid probabilityField(const GridList& members, double threshold);

/// `minuend` minus `subtrahend` where both have a value.
RadarGrid differenceField(const RadarGrid& minuend, const RadarGrid& subtrahend);
/// How far several forecasts lie apart: largest minus smallest value.
RadarGrid disagreementField(const GridList& forecasts);

/// (1 - weight) a + weight b, cell by cell; a cell without a value in one takes the other's.
RadarGrid blendedField(const RadarGrid& a, const RadarGrid& b, double weight);

/// Share of the cells with a value that are at or above the threshold, 0 to 1; NaN without any.
double shareAbove(const RadarGrid& grid, double threshold);

}  // namespace stormloom
