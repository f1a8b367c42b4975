#include "core/latest_wins_worker.h"

#include <utility>

namespace stormloom {

LatestWinsWorker::LatestWinsWorker(Generate generate, Deliver deliver, Fail fail)
    : generate_(std::move(generate)),
      deliver_(std::move(deliver)),
      fail_(std::move(fail)),
      thread_([this](std::stop_token shutdown) { run(shutdown); }) {}

LatestWinsWorker::~LatestWinsWorker() {
  thread_.request_stop();
  cancel();
}

void LatestWinsWorker::submit(ScenarioRequest request) {
  {
    std::lock_guard lock(mutex_);
    if (runningQuality_ == Quality::Full) runningStop_.request_stop();
    waiting_ = std::move(request);
  }
  wake_.notify_one();
}

void LatestWinsWorker::cancel() {
  std::lock_guard lock(mutex_);
  waiting_.reset();
  if (runningQuality_) runningStop_.request_stop();
}

void LatestWinsWorker::run(std::stop_token shutdown) {
  for (;;) {
    ScenarioRequest request;
    std::stop_token stop;
    {
      std::unique_lock lock(mutex_);
      if (!wake_.wait(lock, shutdown, [this] { return waiting_.has_value(); })) return;
      if (shutdown.stop_requested()) return;
      request = *std::exchange(waiting_, std::nullopt);
      runningStop_ = std::stop_source();
      stop = runningStop_.get_token();
      runningQuality_ = request.quality;
    }
    try {
      if (auto forecast = generate_(request, stop)) deliver_(std::move(forecast));
    } catch (const std::exception& error) {
      fail_(request.id, error.what());
    }
    std::lock_guard lock(mutex_);
    runningQuality_.reset();
  }
}

}  // namespace stormloom
