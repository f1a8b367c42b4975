#pragma once

#include <string>
#include <vector>

namespace stormloom {

/// What lies behind paths. Files of folders and globs that are plainly no data (README.md,
/// SHA256SUMS, indices of GRIB) are only counted, unless nothing else is there.
struct FoundFiles {
  std::vector<std::string> radar;
  int leftAside = 0;
};
/// Each file once: files as they are, folders one level deep (a SEVIR folder is its catalogue) and
/// globs, sorted by name. Throws IoError for what is not there.
FoundFiles radarFilesIn(const std::vector<std::string>& paths);

/// By its name: documentation, checksums, and what programs leave beside data.
bool isSidecar(const std::string& path);

/// The part of a file that a path names: SEVIR's event in "sevir/CATALOG.csv#S834797", "RATE" in "odim.h5#RATE"; "" for none.
std::string eventOfPath(const std::string& path);
std::string withoutEvent(const std::string& path);

}  // namespace stormloom
