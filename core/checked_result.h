#pragma once

#include <string>

#include "core/netcdf_file.h"
#include "core/scenario_file.h"

namespace stormloom {

/// One of the program's own NetCDF files, from whoever it came: a decoder process reads it to its end first, so that
/// whatever a damaged or hostile one does to the libraries happens there. Throws IoError.
ResultFile readCheckedResult(const std::string& path);

/// The same for any NetCDF file of the program, such as products.
std::vector<StoredVariable> readCheckedVariables(const std::string& path);

/// The bands of a GeoTIFF file of the program, whatever they mean.
std::vector<std::shared_ptr<const RadarGrid>> readCheckedBands(const std::string& path);

}  // namespace stormloom
