#include "app/attention/attention_worker.h"

#include <utility>

namespace stormloom {

AttentionWorker::AttentionWorker(const EngineOptions& options, QObject* parent)
    : QObject(parent), options_(options), thread_([this](std::stop_token stop) { run(stop); }) {}

AttentionWorker::~AttentionWorker() {
  thread_.request_stop();
  cancel();
}

void AttentionWorker::cancel() {
  const std::lock_guard lock(mutex_);
  waiting_ = nullptr;
  runningStop_.request_stop();
}

void AttentionWorker::submit(Job job) {
  {
    const std::lock_guard lock(mutex_);
    runningStop_.request_stop();
    waiting_ = std::move(job);
  }
  wake_.notify_one();
}

void AttentionWorker::run(std::stop_token shutdown) {
  for (;;) {
    Job job;
    std::stop_token stop;
    {
      std::unique_lock lock(mutex_);
      if (!wake_.wait(lock, shutdown, [this] { return bool(waiting_); })) return;
      if (shutdown.stop_requested()) return;
      job = std::exchange(waiting_, nullptr);
      runningStop_ = std::stop_source();
      stop = runningStop_.get_token();
    }
    Q_EMIT busyChanged(true);
    perform(job, stop);
    Q_EMIT busyChanged(false);
  }
}

void AttentionWorker::perform(const Job& job, std::stop_token stop) {
  try {
    if (!lens_) lens_ = std::make_unique<AttentionLens>(options_);
    job(*lens_, stop);
  } catch (const std::exception& error) {
    if (!stop.stop_requested()) Q_EMIT failed(QString::fromUtf8(error.what()));
  }
}

void AttentionWorker::look(std::shared_ptr<const ModelContext> context, const AttentionPass& pass) {
  submit([this, context = std::move(context), pass](AttentionLens& lens, std::stop_token stop) {
    const auto told = [this](double share, const std::string& what) {
      Q_EMIT progress(share, QString::fromStdString(what));
    };
    auto layers = lens.look(*context, pass, stop, told);
    if (stop.stop_requested() || layers.empty()) return;
    Q_EMIT sceneReady(
        std::make_shared<const AttentionScene>(AttentionScene{context, pass, std::move(layers)}));
  });
}

void AttentionWorker::askWeights(const std::string& layer, const Thw& cell, int head) {
  submit([this, layer, cell, head](AttentionLens& lens, std::stop_token) {
    Q_EMIT viewReady(std::make_shared<const AttentionView>(lens.weights(layer, cell, head)));
  });
}

void AttentionWorker::askRollout(int frame, int row, int col) {
  submit([this, frame, row, col](AttentionLens& lens, std::stop_token) {
    Q_EMIT viewReady(std::make_shared<const AttentionView>(lens.rollout(frame, row, col).view));
  });
}

void AttentionWorker::occlude(std::shared_ptr<const ModelContext> context, int frame, int row,
                              int col, int patch) {
  submit([this, context = std::move(context), frame, row, col, patch](AttentionLens& lens,
                                                                      std::stop_token stop) {
    const auto told = [this](double share, const std::string& what) {
      Q_EMIT progress(share, QString::fromStdString(what));
    };
    const auto map = lens.occlude(*context, frame, row, col, patch, stop, told);
    if (map) Q_EMIT occlusionReady(std::make_shared<const OcclusionMap>(*map));
  });
}

}  // namespace stormloom
