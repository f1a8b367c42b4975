#include "models/kernels/processor_kernels.h"

#include <atomic>

namespace stormloom {

#ifdef __x86_64__
namespace avx512 {
extern const ProcessorKernels kernels;
}
namespace avx2 {
extern const ProcessorKernels kernels;
}
#endif
namespace plain {
extern const ProcessorKernels kernels;
}

namespace {
std::atomic<const ProcessorKernels*> chosenKernels = nullptr;
}

std::vector<const ProcessorKernels*> runnableProcessorKernels() {
  std::vector<const ProcessorKernels*> runnable;
#ifdef __x86_64__
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
    runnable.push_back(&avx512::kernels);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    runnable.push_back(&avx2::kernels);
#endif
  runnable.push_back(&plain::kernels);
  return runnable;
}

const ProcessorKernels& processorKernels() {
  static const ProcessorKernels* const widest = runnableProcessorKernels().front();
  const ProcessorKernels* const chosen = chosenKernels.load(std::memory_order_relaxed);
  return chosen ? *chosen : *widest;
}

void chooseProcessorKernels(const ProcessorKernels* chosen) { chosenKernels = chosen; }

}  // namespace stormloom
