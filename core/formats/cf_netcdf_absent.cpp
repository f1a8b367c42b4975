// Stands in for the reader of CF NetCDF in builds without the NetCDF library.
#include "core/errors.h"
#include "core/formats/format_reader.h"

namespace stormloom {

RadarFiles readCfNetCdf(const std::string& path, const ReadOptions&) {
  throw IoError(path + ": this build has no NetCDF. Install libnetcdf-dev and configure again.");
}

}  // namespace stormloom
