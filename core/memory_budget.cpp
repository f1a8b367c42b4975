#include "core/memory_budget.h"

#include <unistd.h>

#include <cstdlib>

namespace stormloom {

std::size_t defaultMemoryBudget() {
  if (const char* chosen = std::getenv("STORMLOOM_FRAMES_MB")) {
    const long megabytes = std::strtol(chosen, nullptr, 10);
    if (megabytes > 0 && megabytes < 1'000'000'000) return std::size_t(megabytes) << 20;
  }
  const long pages = sysconf(_SC_PHYS_PAGES), pageSize = sysconf(_SC_PAGESIZE);
  constexpr std::size_t kUnknown = std::size_t(1) << 30;
  return pages > 0 && pageSize > 0 ? std::size_t(pages) / 4 * std::size_t(pageSize) : kUnknown;
}

}  // namespace stormloom
