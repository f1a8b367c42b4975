// One question to one layer of the full-size Earthformer: how long it takes and what it needs.
#include <torch/torch.h>

// clang-format off: LibTorch comes before Qt.
#include <QtTest>
// clang-format on

#include <c10/core/CPUAllocator.h>

#include <algorithm>
#include <atomic>
#include <chrono>
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
    auto* block = new Block{usual_->allocate(bytes), bytes};
    most_ = std::max(most_.load(), now_ += bytes);
    void* data = block->memory.get();
    return {data, block, &CountingAllocator::release, torch::kCPU};
  }
  c10::DeleterFnPtr raw_deleter() const override { return nullptr; }
  void copy_data(void* to, const void* from, std::size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }
  std::size_t now() const { return now_; }
  std::size_t most() const { return most_; }
  void restart() { most_ = now_.load(); }

private:
  struct Block {
    c10::DataPtr memory;
    std::size_t bytes;
  };
  static void release(void* context) {
    auto* block = static_cast<Block*>(context);
    now_ -= block->bytes;
    delete block;
  }
  c10::Allocator* usual_ = c10::GetCPUAllocator();
  static inline std::atomic<std::size_t> now_ = 0, most_ = 0;
};

}  // namespace

class TestAttentionCost : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void oneQuestionToALayerOfTheFullSizeEarthformerTakesLessThanATenthOfASecond() {
    const torch::NoGradGuard noGradient;
    at::set_num_threads(2);
    static CountingAllocator counted;
    c10::SetCPUAllocator(&counted, 1);
    CuboidTransformerModel network(
        cuboidTransformerOptionsFromJson(earthformerConfig("earthformer-sevir")));
    fillProcedural(*network, 7);
    network->eval();
    AttentionRecorder recorder(*network, AttentionProbe::Keep::Inputs);
    network->forward(proceduralInput("radar", 7, "x", {1, 13, 384, 384, 1}));
    recorder.stop();
    double slowest = 0.0, largest = 0.0;
    for (const auto& [path, probe] : recorder.probes()) {
      if (!probe.inputs.x.defined()) continue;
      const auto shape = probe.inputs.x.sizes();
      const QueryPosition query = {0, {shape[1] / 2, shape[2] / 2, shape[3] / 2}};
      recorder.weightsOf(path, query);  // the masks of a layer are made once
      const std::size_t before = counted.now();
      counted.restart();
      recorder.weightsOf(path, query);
      const double megabytes = double(counted.most() - before) / 1e6;
      const double level = double(c10::multiply_integers(shape)) * sizeof(float) / 1e6;
      double best = 1e9, clock = 1e9;
      for (int run = 0; run < 5; ++run) {
        const std::clock_t began = std::clock();
        const auto start = std::chrono::steady_clock::now();
        recorder.weightsOf(path, query);
        using Milliseconds = std::chrono::duration<double, std::milli>;
        clock = std::min(clock, Milliseconds(std::chrono::steady_clock::now() - start).count());
        best = std::min(best, 1e3 * double(std::clock() - began) / CLOCKS_PER_SEC);
      }
      qInfo("%s of %s: %.1f ms by the clock, %.1f ms of computing, %.1f MB (the level: %.1f MB)",
            path.c_str(), c10::str(shape).c_str(), clock, best, megabytes, level);
      largest = std::max(largest, megabytes);
      slowest = std::max(slowest, std::min(clock, best));
    }
    QVERIFY2(slowest > 0.0 && slowest < 100.0, QByteArray::number(slowest));
    QVERIFY2(largest > 0.0 && largest < 32.0, QByteArray::number(largest));
  }
};

QTEST_APPLESS_MAIN(TestAttentionCost)
#include "tst_attention_cost.moc"
