#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/map_region.h"

namespace stormloom {

/// n of each of `leads` lead times: the dial's and what a hand bent it by, within -4 and 4, in
/// tenths. Empty where nothing is bent.
std::vector<double> bentCommand(double nSigma, const std::vector<double>& bend, std::size_t leads);

/// What `bend` must be for lead time `lead` to be commanded `wanted` while the dial is at `nSigma`.
/// Empty where nothing is bent any more.
std::vector<double> bendWith(std::vector<double> bend, std::size_t leads, std::size_t lead,
                             double nSigma, double wanted);

/// A drawn area as a control can carry it from window to command line: few corners, four decimals
/// of a degree (10 m), so that its text names the same cells.
MapRegion controlArea(const MapRegion& drawn);

/// Cells of the grid (row-major, not 0) that the area holds; null where it holds none.
std::shared_ptr<const std::vector<std::uint8_t>> controlMask(const MapRegion& area,
                                                             const GeoReference& geo);

/// "4.1,52.2,5.3,52.2,5.3,51.7", as `scenario --within` takes it.
std::string cornersText(const MapRegion& area);

}  // namespace stormloom
