// Stands in for geotiff_file.cpp in builds without GDAL.
#include "core/errors.h"
#include "core/export_files.h"

namespace stormloom {

void writeGeoTiff(const std::string& path, const Product&, const Receipt&) {
  throw UsageError(path + ": this build has no GDAL and writes no GeoTIFF. Write .nc or .npy.");
}

}  // namespace stormloom
