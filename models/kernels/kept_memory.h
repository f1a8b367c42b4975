#pragma once

namespace stormloom {

/// While it lives, large tensors on the processor take the memory of large tensors that are gone,
/// in place of fresh pages from the system, which must be cleared first: that is a quarter of the
/// time of a network over 384 x 384 cells. At most a sixteenth of the machine's memory is kept; when
/// the last scope ends, at most 256 MB. For all threads.
class KeptMemoryScope {
public:
  KeptMemoryScope();
  ~KeptMemoryScope();
  KeptMemoryScope(const KeptMemoryScope&) = delete;
  KeptMemoryScope& operator=(const KeptMemoryScope&) = delete;
};

}  // namespace stormloom
