#pragma once

#include <cstdint>

namespace stormloom {

/// Limits a decoder puts upon itself before it looks at the first file.
struct DecoderLimits {
  std::uint64_t memoryBytes = std::uint64_t(4) << 30;
  int openFiles = 64;
};

/// From here on this process may read files and nothing else: no network, no other programs, no
/// writing, deleting or renaming of files, memory and file handles limited, gone with its parent.
/// What the system cannot do is left out.
void enterDecoderSandbox(const DecoderLimits& limits);

}  // namespace stormloom
