#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/geo_reference.h"
#include "core/valid_time.h"

namespace stormloom {

/// One row of SEVIR's CATALOG.csv: an event as one sensor saw it.
struct SevirRow {
  std::string id;        ///< "S834797"; "R..." for random events
  std::string fileName;  ///< relative to the folder data/ beside the catalogue
  std::size_t fileIndex = 0;
  std::string eventType;  ///< empty for random events
  std::vector<ValidTime> times;
  std::string projection;
  LonLat lowerLeft;   ///< outer edges
  LonLat upperRight;  ///< outer edges
  double widthMeters = 0.0;
  double heightMeters = 0.0;
  double missingPercent = 0.0;  ///< pct_missing
};

/// All rows of the sensor "vil". Rows that cannot be used cost a sentence each in `problems`.
/// Throws IoError for a file that is no such catalogue.
std::vector<SevirRow> readCatalogueRows(const std::string& path,
                                        std::vector<std::string>& problems);

/// Where a row's event lies in so many cells: in the catalogue's own projection its corners are width_m and height_m
/// apart. Throws IoError where they are not.
GeoReference sevirGeo(const SevirRow& row, int columns, int rows);

/// The fields of one line, with quotes as RFC 4180 has them.
std::vector<std::string> fieldsOfCsvLine(const std::string& line, char separator);

}  // namespace stormloom
