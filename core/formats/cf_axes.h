#pragma once

#include <optional>
#include <string>

#include "core/formats/netcdf_source.h"
#include "core/geo_reference.h"

namespace stormloom {

/// Where a CF variable's two map dimensions lie, and how its cells must be turned for north up.
struct CfGrid {
  GeoReference geo;
  std::size_t outer = 0, inner = 1;  ///< which of the variable's dimensions they are, in file order
  bool columnsFirst = false;  ///< dimensions (x, y)
  bool southFirst = false;
  bool eastFirst = false;
};

/// Nothing where no two of its dimensions are map axes; IoError where they are, but cannot be
/// used.
std::optional<CfGrid> cfGridOf(const NetCdfSource& file, const NetCdfVariable& variable);

/// Puts cells that were read with dimensions as in the file into their places.
RadarGrid turned(RadarGrid grid, const CfGrid& place);

}  // namespace stormloom
