#pragma once

#include <string>
#include <vector>

namespace stormloom {

/// Words as a shell would need them to run the same again.
std::string quotedForShell(const std::vector<std::string>& words);

}  // namespace stormloom
