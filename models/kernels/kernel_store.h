#pragma once

#include <string>

#include "models/kernels/device_program.h"

namespace stormloom {

/// compiledKernel(), kept between runs of the program: the machine code lies in the user's cache
/// folder
/// ($XDG_CACHE_HOME/stormloom/kernels or ~/.cache/stormloom/kernels) under a name made of
/// everything it depends on. A folder that cannot be written costs only the time to compile again.
std::string storedKernel(const std::string& source, const KernelDefines& defines, int architecture);

}  // namespace stormloom
