#pragma once

#include <optional>
#include <string>

#include "core/netcdf_file.h"

namespace stormloom {

/// Attributes of the variable `crs` that name a projection and the Earth's shape as CF-1.8 does
/// (appendix F). Projections that CF has no name for get none; `crs_wkt` says what they are.
void writeCfProjection(NetCdfFile& file, const std::string& projection);

/// WKT of a PROJ string, for programs that read no CF attributes; empty in builds without PROJ.
std::string wktFromProjection(const std::string& projection);

/// "+proj=..." of WKT or of a PROJ string; the text itself in builds without PROJ.
std::string projTextFromProjection(const std::string& projection);

/// The same map on the datum or geographic system that `name` names as EPSG does ("DHDN", "Deutsches
/// Hauptdreiecksnetz", "OSGB36"), as WKT; empty where there is none of that name, and in builds without PROJ.
std::string onNamedDatum(const std::string& projection, const std::string& name);

struct EarthShape {
  double semiMajor = 0.0;  ///< metres
  double semiMinor = 0.0;
};
/// Nothing for a projection that is not known.
std::optional<EarthShape> earthShapeOf(const std::string& projection);

}  // namespace stormloom
