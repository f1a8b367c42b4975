// Stands in for geotiff_file.cpp in builds without GDAL.
#include "core/errors.h"
#include "core/export_files.h"

namespace stormloom {

ScratchFile geoTiffToCommit(const std::string& path, const Product&, const Receipt&) {
  throw UsageError(path + ": this build has no GDAL and writes no GeoTIFF. Write .nc or .npy.");
}

void writeGeoTiff(const std::string& path, const Product& product, const Receipt& receipt) {
  geoTiffToCommit(path, product, receipt).commit();
}

}  // namespace stormloom
