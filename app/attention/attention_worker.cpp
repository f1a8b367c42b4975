#include "app/attention/attention_worker.h"

#include <algorithm>
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
    job(stop);
  } catch (const std::exception& error) {
    if (!stop.stop_requested()) Q_EMIT failed(QString::fromUtf8(error.what()));
  }
}

AttentionLens& AttentionWorker::lens() {
  if (!lens_) lens_ = std::make_unique<AttentionLens>(options_);
  return *lens_;
}

NowcastEngine& AttentionWorker::engine() {
  if (!engine_) engine_ = std::make_unique<NowcastEngine>(options_);
  return *engine_;
}

EngineProgress AttentionWorker::told() {
  return [this](double share, const std::string& what) {
    Q_EMIT progress(share, QString::fromStdString(what));
  };
}

void AttentionWorker::look(std::shared_ptr<const ModelContext> context, const AttentionPass& pass) {
  submit([this, context = std::move(context), pass](std::stop_token stop) {
    auto layers = lens().look(*context, pass, stop, told());
    if (stop.stop_requested() || layers.empty()) return;
    Q_EMIT sceneReady(
        std::make_shared<const AttentionScene>(AttentionScene{context, pass, std::move(layers)}));
  });
}

void AttentionWorker::askWeights(const std::string& layer, const Thw& cell, int head) {
  submit([this, layer, cell, head](std::stop_token) {
    Q_EMIT viewReady(std::make_shared<const AttentionView>(lens().weights(layer, cell, head)));
  });
}

void AttentionWorker::askRollout(int frame, int row, int col) {
  submit([this, frame, row, col](std::stop_token) {
    Q_EMIT viewReady(std::make_shared<const AttentionView>(lens().rollout(frame, row, col).view));
  });
}

void AttentionWorker::askEveryLayer(const AttentionScene& scene, const LevelFrame& asked,
                                    std::pair<int, int> pixel, int head) {
  submit([this, scene, asked, pixel, head](std::stop_token stop) {
    std::vector<std::shared_ptr<const AttentionView>> views;
    for (const AttentionLayer& layer : scene.layers) {
      if (stop.stop_requested()) return;
      const Thw cell = levelCell(layer.query.data, int(frameLike(layer.queryFrames, asked)),
                                 pixel.first, pixel.second, scene.context->frames.geo);
      views.push_back(std::make_shared<const AttentionView>(
          lens().weights(layer.path, cell, head < layer.heads ? head : kMeanOfHeads)));
      Q_EMIT progress(double(views.size()) / double(scene.layers.size()), tr("asking every layer"));
    }
    Q_EMIT everyLayerReady(std::move(views));
  });
}

void AttentionWorker::occlude(std::shared_ptr<const ModelContext> context, int frame, int row,
                              int col, int patch) {
  submit([this, context = std::move(context), frame, row, col, patch](std::stop_token stop) {
    const auto map = lens().occlude(*context, frame, row, col, patch, stop, told());
    if (map) Q_EMIT occlusionReady(std::make_shared<const OcclusionMap>(*map));
  });
}

/// A trace for each n, fresh or known; fewer where one is not there.
DiffusionTraces AttentionWorker::known(const std::vector<double>& n,
                                       const DiffusionTraces& fresh) const {
  DiffusionTraces all = fresh, found;
  all.insert(all.end(), watched_.traces.begin(), watched_.traces.end());
  for (const double asked : n) {
    const auto trace =
        std::ranges::find_if(all, [asked](const auto& one) { return one->nSigma == asked; });
    if (trace != all.end()) found.push_back(*trace);
  }
  return found;
}

void AttentionWorker::watchDiffusion(std::shared_ptr<const ModelContext> context,
                                     const std::vector<double>& n, std::uint64_t seed) {
  submit([this, context = std::move(context), n, seed](std::stop_token stop) {
    constexpr std::size_t kMostKept = 6;  // some 12 MB each
    if (watched_.context != context->hash || watched_.seed != seed)
      watched_ = {context->hash, seed, {}};
    ScenarioRequest request;
    request.context = context;
    request.seed = seed;
    request.nSigma.clear();
    for (const double asked : n)
      if (known({asked}, {}).empty() && std::ranges::find(request.nSigma, asked) == request.nSigma.end())
        request.nSigma.push_back(asked);
    if (!request.nSigma.empty()) {
      const auto soFar = [&](const DiffusionTraces& part) { Q_EMIT diffusionReady(known(n, part)); };
      const DiffusionTraces fresh = engine().trace(request, stop, told(), soFar);
      if (fresh.empty()) return;
      if (watched_.traces.size() + fresh.size() > kMostKept) watched_.traces = known(n, {});
      watched_.traces.insert(watched_.traces.end(), fresh.begin(), fresh.end());
    }
    Q_EMIT diffusionReady(known(n, {}));
  });
}

void AttentionWorker::timeLayers(const std::vector<LabPattern>& patterns) {
  submit([this, patterns](std::stop_token stop) {
    for (std::size_t p = 0; p < patterns.size(); ++p)
      for (std::size_t layer = 0; layer < patterns[p].layers.size(); ++layer) {
        const auto timing = timeLayer(patterns[p], layer, {}, stop);
        if (stop.stop_requested()) return;
        Q_EMIT layerTimed(int(p), int(layer), timing ? timing->milliseconds : -1.0,
                          timing ? timing->threads : 0);
      }
  });
}

}  // namespace stormloom
