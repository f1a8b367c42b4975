#pragma once

#include <cstddef>

namespace stormloom {

/// How many bytes of frames are kept: STORMLOOM_FRAMES_MB, or else a quarter of the machine's
/// memory.
std::size_t defaultMemoryBudget();

}  // namespace stormloom
