#pragma once

#include <optional>
#include <string>

#include "core/formats/netcdf_source.h"

namespace stormloom {

/// The PROJ text, in metres, of a CF grid mapping (CF 1.8, appendix F), whose false easting and
/// northing are in the axes' unit of so many metres. Throws IoError for one that is not known.
std::string projectionFromCf(const NetCdfSource& file, const std::string& mapping,
                             double metresAUnit);

/// Longitudes and latitudes of a grid in degrees: WGS 84's, unless its mapping (which may be "") names another datum or
/// counts from another meridian.
std::string degreesFromCf(const NetCdfSource& file, const std::string& mapping);

/// A map in metres on which a longitude/latitude grid about a turned pole is plain: its degrees are
/// all as long as those of its equator.
struct RotatedMap {
  std::string projection;
  double metresADegree = 0.0;
};
/// Nothing for mappings of any other kind. The Earth is taken to be a sphere, as models have it.
std::optional<RotatedMap> rotatedMapFromCf(const NetCdfSource& file, const std::string& mapping);

}  // namespace stormloom
