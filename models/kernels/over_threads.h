#pragma once

#include <cstdint>
#include <functional>

namespace stormloom {

/// work(first, last) for parts of 0..count-1, each by one of LibTorch's threads; `atLeast` for one
/// thread. Within such work, and within what LibTorch computes in parallel, all of it by the
/// caller. LibTorch's own at::parallel_for is serial in files that are not compiled for OpenMP.
void overThreads(std::int64_t count, std::int64_t atLeast,
                 const std::function<void(std::int64_t first, std::int64_t last)>& work);

/// While it lives, what the calling thread computes is not shared with other threads. Others, and
/// the program's settings, are left alone.
class OneThreadScope {
public:
  explicit OneThreadScope(bool wanted = true);
  ~OneThreadScope();
  OneThreadScope(const OneThreadScope&) = delete;
  OneThreadScope& operator=(const OneThreadScope&) = delete;

private:
  int before_;
};

}  // namespace stormloom
