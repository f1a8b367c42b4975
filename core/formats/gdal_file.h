#pragma once

#include <gdal_priv.h>

#include <string>

#include "core/radar_grid.h"

namespace stormloom {

/// GDAL set up once for the whole program: only the drivers named here, no network, no side files
/// written.
void prepareGdal();

/// Gathers GDAL's reasons of this thread instead of letting it print them.
class GdalReasons {
public:
  GdalReasons();
  ~GdalReasons();
  GdalReasons(const GdalReasons&) = delete;
  GdalReasons& operator=(const GdalReasons&) = delete;
  std::string text() const;  ///< the first reason given, or "no reason given"

private:
  std::string first_;
};

/// A file of bytes in memory that GDAL opens by name; gone with the object.
class GdalMemoryFile {
public:
  explicit GdalMemoryFile(std::string bytes);
  ~GdalMemoryFile();
  GdalMemoryFile(const GdalMemoryFile&) = delete;
  GdalMemoryFile& operator=(const GdalMemoryFile&) = delete;
  const std::string& name() const { return name_; }

private:
  std::string bytes_;
  std::string name_;
};

/// Opens with one driver only. `path` is what messages call it.
GDALDatasetUniquePtr openWithGdal(const std::string& name, const char* driver,
                                  const std::string& path);

/// All values of a band at full resolution: overviews of some services are all zero, or averages of
/// codes. The grid must be of the band's size.
void readBand(GDALRasterBand& band, RadarGrid& grid, const std::string& path);

/// Throws IoError for rasters larger than any radar product, before anything is allocated for them.
void checkRasterSize(GDALDataset& dataset, const std::string& path);

}  // namespace stormloom
