#include "app/cli/interrupt.h"

#include <pthread.h>
#include <unistd.h>

#include "core/errors.h"

namespace stormloom::cli {

InterruptWatch::InterruptWatch() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  thread_ = std::thread([this] { watch(); });
}

InterruptWatch::~InterruptWatch() {
  closing_ = true;
  pthread_kill(thread_.native_handle(), SIGTERM);  // wakes sigwait
  thread_.join();
}

void InterruptWatch::watch() {
  for (;;) {
    int number = 0;
    if (sigwait(&signals_, &number) != 0 || closing_) return;
    if (source_.stop_requested()) _exit(int(ExitCode::Cancelled));
    source_.request_stop();
  }
}

}  // namespace stormloom::cli
