#include "models/kernels/kept_memory.h"

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <unordered_map>

namespace stormloom {
namespace {

constexpr std::size_t kLarge = std::size_t(1) << 20;  // smaller ones are malloc's own work
constexpr std::size_t kPage = 4096, kHugePage = std::size_t(2) << 20;
constexpr std::size_t kBetweenScopes = std::size_t(256) << 20;  // bytes that stay kept

std::size_t mostKept() {
  return std::size_t(sysconf(_SC_PHYS_PAGES)) * std::size_t(sysconf(_SC_PAGESIZE)) / 16;
}

/// LibTorch's allocator of the processor. What was taken from it is given back to it in any order,
/// from any thread, whether or not memory is being kept.
class KeptMemory final : public c10::Allocator {
public:
  c10::DataPtr allocate(std::size_t bytes) override {
    const bool keeps = bytes >= kLarge && scopes > 0;
    void* block = keeps ? take(bytes) : c10::alloc_cpu(bytes);
    return {block, block, &KeptMemory::giveBack, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &KeptMemory::giveBack; }
  void copy_data(void* to, const void* from, std::size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }

  /// Until at most `bytes` are kept; the largest go first.
  void shrinkTo(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    while (kept_ > bytes) {
      const auto largest = std::prev(free_.end());
      release(largest->second, largest->first);
      free_.erase(largest);
    }
  }

  std::atomic<int> scopes = 0;

private:
  void* take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    const auto fit = free_.lower_bound(bytes);
    if (fit != free_.end() && fit->first - bytes <= bytes / 4) {
      void* block = fit->second;
      kept_ -= fit->first;
      free_.erase(fit);
      return block;
    }
    const std::size_t side = bytes >= 2 * kHugePage ? kHugePage : kPage;
    const std::size_t whole = (bytes + side - 1) / side * side;
    void* block = std::aligned_alloc(side, whole);
    if (!block) throw std::bad_alloc();
    if (side == kHugePage) madvise(block, whole, MADV_HUGEPAGE);
    sizes_[block] = whole;
    return block;
  }

  static void giveBack(void* block);
  /// False: it is none of the large blocks.
  bool keepOrRelease(void* block) {
    const std::lock_guard lock(mutex_);
    const auto known = sizes_.find(block);
    if (known == sizes_.end()) return false;
    const std::size_t bytes = known->second;
    kept_ += bytes;
    if (kept_ > limit_)
      release(block, bytes);
    else
      free_.emplace(bytes, block);
    return true;
  }
  void release(void* block, std::size_t bytes) {
    kept_ -= bytes;
    sizes_.erase(block);
    std::free(block);
  }

  const std::size_t limit_ = mostKept();
  std::mutex mutex_;
  std::unordered_map<void*, std::size_t> sizes_;  // of all blocks, used and free
  std::multimap<std::size_t, void*> free_;
  std::size_t kept_ = 0;
};

/// Never destroyed: tensors may outlive everything.
KeptMemory& keptMemory() {
  static KeptMemory& memory = []() -> KeptMemory& {
    auto* made = new KeptMemory;
    c10::SetCPUAllocator(made, /*priority=*/1);
    return *made;
  }();
  return memory;
}

void KeptMemory::giveBack(void* block) {
  const bool mayBeLarge = reinterpret_cast<std::uintptr_t>(block) % kPage == 0;
  if (!mayBeLarge || !keptMemory().keepOrRelease(block)) c10::free_cpu(block);
}

}  // namespace

KeptMemoryScope::KeptMemoryScope() { ++keptMemory().scopes; }

KeptMemoryScope::~KeptMemoryScope() {
  if (--keptMemory().scopes == 0) keptMemory().shrinkTo(kBetweenScopes);
}

}  // namespace stormloom
