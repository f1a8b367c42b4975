#pragma once

#include <cstddef>

namespace stormloom {

/// How many bytes of frames are kept unless the person says otherwise: a quarter of the machine's
/// memory.
std::size_t defaultMemoryBudget();

}  // namespace stormloom
