// One question to one layer of the full-size Earthformer: how long it takes and what it needs.
#include <torch/torch.h>

// clang-format off: LibTorch comes before Qt.
#include <QtTest>
// clang-format on

#include <algorithm>
#include <chrono>
#include <ctime>

#include "models/cuboid/attention_recorder.h"
#include "models/earthformer/cuboid_transformer_model.h"
#include "models/earthformer/official_configurations.h"
#include "models/parity/procedural.h"

using namespace stormloom;

class TestAttentionCost : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void oneQuestionToALayerOfTheFullSizeEarthformerTakesLessThanATenthOfASecond() {
    const torch::NoGradGuard noGradient;
    at::set_num_threads(2);
    CuboidTransformerModel network(
        cuboidTransformerOptionsFromJson(earthformerConfig("earthformer-sevir")));
    fillProcedural(*network, 7);
    network->eval();
    AttentionRecorder recorder(*network, AttentionProbe::Keep::Inputs);
    network->forward(proceduralInput("radar", 7, "x", {1, 13, 384, 384, 1}));
    recorder.stop();
    double slowest = 0.0;
    for (const auto& [path, probe] : recorder.probes()) {
      if (!probe.inputs.x.defined()) continue;
      const auto shape = probe.inputs.x.sizes();
      const QueryPosition query = {0, {shape[1] / 2, shape[2] / 2, shape[3] / 2}};
      recorder.weightsOf(path, query);  // the masks of a layer are made once
      double best = 1e9, clock = 1e9;
      for (int run = 0; run < 5; ++run) {
        const std::clock_t before = std::clock();
        const auto start = std::chrono::steady_clock::now();
        recorder.weightsOf(path, query);
        using Milliseconds = std::chrono::duration<double, std::milli>;
        clock = std::min(clock, Milliseconds(std::chrono::steady_clock::now() - start).count());
        best = std::min(best, 1e3 * double(std::clock() - before) / CLOCKS_PER_SEC);
      }
      qInfo("%s of %s: %.1f ms by the clock, %.1f ms of computing", path.c_str(),
            c10::str(shape).c_str(), clock, best);
      slowest = std::max(slowest, std::min(clock, best));
    }
    QVERIFY2(slowest > 0.0 && slowest < 100.0, QByteArray::number(slowest));
  }
};

QTEST_APPLESS_MAIN(TestAttentionCost)
#include "tst_attention_cost.moc"
