#include "models/engine/patient_threads.h"

#include <unistd.h>

#include <mutex>
#include <thread>

/// GNU's OpenMP; null where LibTorch comes with another.
extern "C" __attribute__((weak)) void GOMP_parallel(void (*work)(void*), void* data,
                                                    unsigned threads, unsigned flags);

namespace stormloom {

// The library spins shortly only while it manages more threads than there are processors, and reads
// OMP_WAIT_POLICY before any code of ours runs. So it is given some more that never do anything.
void letWaitingThreadsSleep() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (!GOMP_parallel) return;
    std::thread([] {
      GOMP_parallel([](void*) {}, nullptr, std::thread::hardware_concurrency() + 1, 0);
      for (;;) pause();  // its threads live as long as it does
    }).detach();
  });
}

}  // namespace stormloom
