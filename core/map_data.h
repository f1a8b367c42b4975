#pragma once

#include <string>

namespace stormloom {

/// SHA-256 of what pictures of maps are drawn with beside the data: map lines and the names of towns.
/// Read once; empty where neither is there.
std::string mapDataHash();

/// Whether files of this command show maps, so that they depend on it.
bool drawsMaps(const std::string& command);

}  // namespace stormloom
