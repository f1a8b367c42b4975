#pragma once

#include <QObject>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "models/attention.h"
#include "models/pattern_timing.h"

namespace stormloom {

/// What is seen of one pass: its layers and the radar frames they lie on.
struct AttentionScene {
  std::shared_ptr<const ModelContext> context;
  AttentionPass pass;
  std::vector<AttentionLayer> layers;
};

/// Asks the networks in a thread of its own. A newer question replaces the one that waits and stops
/// the one that runs; answers come through signals, in the thread of the receiver.
class AttentionWorker : public QObject {
  Q_OBJECT
public:
  explicit AttentionWorker(const EngineOptions& options, QObject* parent = nullptr);
  ~AttentionWorker() override;

  void look(std::shared_ptr<const ModelContext> context, const AttentionPass& pass);
  void askWeights(const std::string& layer, const Thw& cell, int head);
  void askRollout(int frame, int row, int col);
  void occlude(std::shared_ptr<const ModelContext> context, int frame, int row, int col, int patch);
  /// The same place and time asked in every layer of the latest pass, for a film.
  void askEveryLayer(const AttentionScene& scene, const LevelFrame& asked,
                     std::pair<int, int> pixel, int head);
  /// Members that come out of the same noise, one for each n. Answered twice where they are not
  /// known yet: first with the last lead time alone.
  void watchDiffusion(std::shared_ptr<const ModelContext> context, const std::vector<double>& n,
                      std::uint64_t seed);
  /// How long the layers of patterns take on this machine; each answer comes by itself.
  void timeLayers(const std::vector<LabPattern>& patterns);
  void cancel();

Q_SIGNALS:
  void everyLayerReady(std::vector<std::shared_ptr<const stormloom::AttentionView>> views);
  void diffusionReady(stormloom::DiffusionTraces traces);
  /// Milliseconds; negative: too large to be run here.
  void layerTimed(int pattern, int layer, double milliseconds, int threads);
  void sceneReady(std::shared_ptr<const stormloom::AttentionScene> scene);
  void viewReady(std::shared_ptr<const stormloom::AttentionView> view);
  void occlusionReady(std::shared_ptr<const stormloom::OcclusionMap> map);
  void progress(double share, const QString& what);
  void failed(const QString& sentence);
  void busyChanged(bool busy);

private:
  using Job = std::function<void(std::stop_token stop)>;
  /// What the latest members were drawn from.
  struct Watched {
    std::string context;
    std::uint64_t seed = 0;
    DiffusionTraces traces;
  };
  DiffusionTraces known(const std::vector<double>& n, const DiffusionTraces& fresh) const;
  AttentionLens& lens();
  NowcastEngine& engine();
  EngineProgress told();
  void submit(Job job);
  void run(std::stop_token shutdown);
  void perform(const Job& job, std::stop_token stop);

  EngineOptions options_;
  std::unique_ptr<AttentionLens> lens_;    // of the worker's thread
  std::unique_ptr<NowcastEngine> engine_;  // likewise
  Watched watched_;                        // likewise
  std::mutex mutex_;
  std::condition_variable_any wake_;
  Job waiting_;
  std::stop_source runningStop_;
  std::jthread thread_;  // last: joined before what it uses is destroyed
};

}  // namespace stormloom
