#pragma once

#include <string>

#include "core/formats/netcdf_source.h"

namespace stormloom {

/// The PROJ text, in metres, of a CF grid mapping (CF 1.8, appendix F), whose false easting and
/// northing are in the axes' unit of so many metres. Throws IoError for one that is not known.
std::string projectionFromCf(const NetCdfSource& file, const std::string& mapping,
                             double metresAUnit);

}  // namespace stormloom
