#pragma once

#include <string>
#include <vector>

#include "core/products.h"
#include "core/receipt.h"
#include "core/scratch_file.h"

namespace stormloom {

/// Product files for other programs. All are whole or not at all, and carry or have beside them the
/// receipt. Throw IoError with the reason and the remedy.

/// CF-1.8 NetCDF: the product's name as variable (map, y, x) on a time axis; packed, compressed.
void writeProductNetCdf(const std::string& path, const Product& product, const Receipt& receipt);

/// Cloud-optimised GeoTIFF, a band for each map, 32-bit floats, NaN where nothing is known.
void writeGeoTiff(const std::string& path, const Product& product, const Receipt& receipt);

/// The same, written and looked at again, waiting for commit(): for several that belong together.
ScratchFile geoTiffToCommit(const std::string& path, const Product& product, const Receipt& receipt);

/// numpy array (map, row, column) of 32-bit floats, NaN where nothing is known; receipt and axes
/// beside it.
void writeNpy(const std::string& path, const Product& product, const Receipt& receipt);

/// Regions at or above each threshold as polygons with area, mean and largest value.
void writeGeoJson(const std::string& path, const Product& product,
                  const std::vector<double>& thresholds, const Receipt& receipt);

/// The same for Google Earth, with time spans.
void writeKml(const std::string& path, const Product& product,
              const std::vector<double>& thresholds, const Receipt& receipt);

/// A row for each map: scenario, member, times, mean, largest value, share above each threshold;
/// receipt beside it.
void writeSeriesCsv(const std::string& path, const Product& product,
                    const std::vector<double>& thresholds, const Receipt& receipt);

/// "n=+2, member 1, 2019-07-01T21:10:00Z"
std::string mapTitle(const ProductMap& map);

/// How long a map is valid where it stands for a moment: until the next one.
ValidTime shownUntil(const Product& product, std::size_t map);

}  // namespace stormloom
