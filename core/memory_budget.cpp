#include "core/memory_budget.h"

#include <unistd.h>

namespace stormloom {

std::size_t defaultMemoryBudget() {
  const long pages = sysconf(_SC_PHYS_PAGES), pageSize = sysconf(_SC_PAGESIZE);
  constexpr std::size_t kUnknown = std::size_t(1) << 30;
  return pages > 0 && pageSize > 0 ? std::size_t(pages) / 4 * std::size_t(pageSize) : kUnknown;
}

}  // namespace stormloom
