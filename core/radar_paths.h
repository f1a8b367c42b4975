#pragma once

#include <string>
#include <vector>

namespace stormloom {

/// The files behind paths, each once: files as they are, folders one level deep (a SEVIR folder is
/// its catalogue) and globs, sorted by name. Throws IoError for what is not there.
std::vector<std::string> radarFilesIn(const std::vector<std::string>& paths);

/// SEVIR's event in "sevir/CATALOG.csv#S834797"; "" where a path names none.
std::string eventOfPath(const std::string& path);
std::string withoutEvent(const std::string& path);

}  // namespace stormloom
