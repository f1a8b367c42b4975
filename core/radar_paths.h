#pragma once

#include <string>
#include <vector>

namespace stormloom {

/// The files behind paths, each once: files as they are, folders one level deep (a SEVIR folder is
/// its catalogue) and globs, sorted by name. Throws IoError for what is not there.
std::vector<std::string> radarFilesIn(const std::vector<std::string>& paths);

}  // namespace stormloom
