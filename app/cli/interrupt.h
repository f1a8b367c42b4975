#pragma once

#include <signal.h>

#include <atomic>
#include <stop_token>
#include <thread>

namespace stormloom::cli {

/// Ctrl-C asks the running work to stop; a second Ctrl-C ends the program at once. Must exist
/// before other threads start: they inherit its signal mask.
class InterruptWatch {
public:
  InterruptWatch();
  ~InterruptWatch();
  std::stop_token token() const { return source_.get_token(); }

private:
  void watch();

  sigset_t signals_;
  std::atomic<bool> closing_ = false;
  std::stop_source source_;
  std::thread thread_;
};

}  // namespace stormloom::cli
