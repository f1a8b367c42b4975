// One question to one layer of the full-size Earthformer: how long it takes and what it needs.
#include <torch/torch.h>

// clang-format off: LibTorch comes before Qt.
#include <QtTest>
// clang-format on

#include <c10/core/CPUAllocator.h>

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>

#include "models/cuboid/attention_recorder.h"
#include "models/earthformer/cuboid_transformer_model.h"
#include "models/earthformer/official_configurations.h"
#include "models/parity/procedural.h"

using namespace stormloom;

namespace {

/// Counts what tensors take: now and at most.
class CountingAllocator : public c10::Allocator {
public:
  c10::DataPtr allocate(std::size_t bytes) override {
    constexpr std::size_t kAlignment = 64;
    void* data = std::aligned_alloc(kAlignment, (bytes / kAlignment + 1) * kAlignment);
    most_ = std::max(most_.load(), now_ += malloc_usable_size(data));
    return {data, data, &CountingAllocator::release, torch::kCPU};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &CountingAllocator::release; }
  void copy_data(void* to, const void* from, std::size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }
  std::size_t now() const { return now_; }
  std::size_t most() const { return most_; }
  void restart() { most_ = now_.load(); }

private:
  static void release(void* data) {
    now_ -= malloc_usable_size(data);
    std::free(data);
  }
  static inline std::atomic<std::size_t> now_ = 0, most_ = 0;
};

}  // namespace

class TestAttentionCost : public QObject {
  Q_OBJECT

  CuboidTransformerModel network_{nullptr};
  std::unique_ptr<AttentionRecorder> recorder_;

  /// Every layer whose inputs were kept, asked at its middle.
  template <typename Ask>
  void forEachLayer(Ask ask) {
    const torch::NoGradGuard noGradient;
    for (const auto& [path, probe] : recorder_->probes()) {
      if (!probe.inputs.x.defined()) continue;
      const auto shape = probe.inputs.x.sizes();
      const QueryPosition query = {0, {shape[1] / 2, shape[2] / 2, shape[3] / 2}};
      recorder_->weightsOf(path, query);  // the masks of a layer are made once
      ask(path, probe, query);
    }
  }

private Q_SLOTS:
  void initTestCase() {
    const torch::NoGradGuard noGradient;
    at::set_num_threads(2);
    network_ = CuboidTransformerModel(
        cuboidTransformerOptionsFromJson(earthformerConfig("earthformer-sevir")));
    fillProcedural(*network_, 7);
    network_->eval();
    recorder_ = std::make_unique<AttentionRecorder>(*network_, AttentionProbe::Keep::Inputs);
    network_->forward(proceduralInput("radar", 7, "x", {1, 13, 384, 384, 1}));
    recorder_->stop();
  }

  void oneQuestionToALayerOfTheFullSizeEarthformerTakesLessThanATenthOfASecond() {
    double slowest = 0.0;
    forEachLayer([&](const std::string& path, const AttentionProbe& probe,
                     const QueryPosition& query) {
      double best = 1e9, clock = 1e9;
      for (int run = 0; run < 5; ++run) {
        const std::clock_t before = std::clock();
        const auto start = std::chrono::steady_clock::now();
        recorder_->weightsOf(path, query);
        using Milliseconds = std::chrono::duration<double, std::milli>;
        clock = std::min(clock, Milliseconds(std::chrono::steady_clock::now() - start).count());
        best = std::min(best, 1e3 * double(std::clock() - before) / CLOCKS_PER_SEC);
      }
      qInfo("%s of %s: %.1f ms by the clock, %.1f ms of computing", path.c_str(),
            c10::str(probe.inputs.x.sizes()).c_str(), clock, best);
      slowest = std::max(slowest, std::min(clock, best));
    });
    QVERIFY2(slowest > 0.0 && slowest < 100.0, QByteArray::number(slowest));
  }

  // A cuboid's queries, keys, values and weights; global vectors gather the field piece by piece.
  void oneQuestionNeedsTheMemoryOfOneCuboid() {
    static CountingAllocator counted;
    c10::SetCPUAllocator(&counted, 1);
    double withoutGlobals = 0.0, withThem = 0.0;
    forEachLayer([&](const std::string& path, const AttentionProbe& probe,
                     const QueryPosition& query) {
      const std::size_t before = counted.now();
      counted.restart();
      recorder_->weightsOf(path, query);
      const double megabytes = double(counted.most() - before) / 1e6;
      qInfo("%s of %s: %.2f MB, its inputs %.1f MB", path.c_str(),
            c10::str(probe.inputs.x.sizes()).c_str(), megabytes,
            double(probe.inputs.x.numel()) * sizeof(float) / 1e6);
      double& most = path.starts_with("encoder.") ? withThem : withoutGlobals;
      most = std::max(most, megabytes);
    });
    QVERIFY2(withoutGlobals > 0.0 && withoutGlobals < 0.5, QByteArray::number(withoutGlobals));
    QVERIFY2(withThem > 0.0 && withThem < 16.0, QByteArray::number(withThem));
  }
};

QTEST_APPLESS_MAIN(TestAttentionCost)
#include "tst_attention_cost.moc"
