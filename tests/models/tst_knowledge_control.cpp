#include <torch/torch.h>

#include <QtTest>

#include "models/sampling/counter_noise.h"
#include "models/sampling/knowledge_control.h"

using namespace stormloom;
using torch::Tensor;

namespace {

/// A decoder that follows its latents smoothly: (N,4,4,2) -> (N,4,4) in [0, 1].
Tensor decode(const Tensor& z) { return torch::sigmoid(z.sum(-1) - 2.0); }

/// The same with its gradient, recorded by LibTorch.
FrameDecoder decoderOf(const DecodeFrames& decode) {
  return {decode, [decode](const Tensor& z, const Tensor& seen) {
            return recordedGradient(decode, z, seen);
          }};
}

}  // namespace

class TestKnowledgeControl : public QObject {
  Q_OBJECT
private Q_SLOTS:
  void theAchievedMeanFollowsTheCommandFrameByFrame() {
    const Tensor z = counterNoise({1, 0}, {20, 4, 4, 2}), seen = torch::ones({4, 4});
    const Tensor free = frameMeans(decode(z), seen);
    const Tensor target = free + torch::linspace(-0.03, 0.03, 20);
    const Tensor achieved = frameMeans(pulledToMean(z, target, seen, decoderOf(decode)).frames, seen);
    QVERIFY((achieved - target).abs().max().item<double>() < 1e-3);
    QVERIFY((free - target).abs().max().item<double>() > 0.02);
  }

  void framesThatAreFarOffArePulledOnceMore() {
    // Bends so much that two steps land far from what was asked.
    const auto bent = [](const Tensor& z) { return torch::sigmoid(2.0 * z.sum(-1) - 6.0); };
    const Tensor z = counterNoise({3, 0}, {4, 4, 4, 2}), seen = torch::ones({4, 4});
    const Tensor target = frameMeans(bent(z), seen) + 0.1;
    const auto miss = [&](const GaussNewtonOptions& options) {
      const PulledFrames pulled = pulledToMean(z, target, seen, decoderOf(bent), options);
      [&] { QVERIFY(torch::allclose(bent(pulled.latents), pulled.frames)); }();
      return (frameMeans(pulled.frames, seen) - target).abs().max().item<double>();
    };
    QVERIFY(miss({.moreIterations = 0}) > 2e-3);
    QVERIFY2(miss({}) < 2e-3, qPrintable(QString::number(miss({}))));
  }

  void framesThatAreDecodedEachInItsOwnWayArePulledInTheirOwnWay() {
    const Tensor z = counterNoise({5, 0}, {20, 4, 4, 2}), seen = torch::ones({4, 4});
    const Tensor kept = torch::linspace(0.5, 1.0, 20).view({-1, 1, 1});
    const std::function<FrameDecoder(const Tensor&)> only = [&](const Tensor& rows) {
      const Tensor own = kept.index_select(0, rows);
      return decoderOf([own](const Tensor& latents) { return own * decode(latents); });
    };
    FrameDecoder decoder = only(torch::arange(20));
    decoder.only = only;
    const Tensor target = frameMeans(decoder.frames(z), seen) + torch::linspace(-0.03, 0.03, 20);
    const PulledFrames pulled = pulledToMean(z, target, seen, decoder);
    QVERIFY((frameMeans(pulled.frames, seen) - target).abs().max().item<double>() < 1e-3);
    QVERIFY(torch::allclose(pulled.frames, kept * decode(pulled.latents)));
  }

  void aPullThatCountsSomeCellsLeavesTheOthersAlone() {
    const Tensor z = counterNoise({2, 0}, {3, 4, 4, 2});
    Tensor west = torch::zeros({4, 4});
    west.slice(1, 0, 2).fill_(1.0);
    const Tensor before = decode(z), target = frameMeans(before, west) + 0.02;
    const Tensor after = pulledToMean(z, target, west, decoderOf(decode)).frames;
    QVERIFY((frameMeans(after, west) - target).abs().max().item<double>() < 1e-3);
    QVERIFY(torch::equal(after.slice(2, 2), before.slice(2, 2)));
  }

  void aPreviewIsScaledToItsCommandAsFarAsValuesGo() {
    const Tensor frames = decode(counterNoise({4, 0}, {3, 4, 4, 2}));
    const Tensor seen = torch::ones({4, 4});
    const Tensor target = frameMeans(frames, seen) * torch::tensor({0.5f, 1.0f, 1.4f});
    const Tensor scaled = scaledToMean(frames, target, seen, seen);
    QVERIFY((frameMeans(scaled, seen) - target).abs().max().item<double>() < 2e-3);
    QVERIFY(scaled.max().item<double>() <= 1.0);
    Tensor west = torch::zeros({4, 4});
    west.slice(1, 0, 2).fill_(1.0);
    const Tensor half = scaledToMean(frames, frameMeans(frames, west) * 0.5, west, west);
    QVERIFY(torch::equal(half.slice(2, 2), frames.slice(2, 2)));
    const Tensor dry = torch::zeros({1, 4, 4});  // nothing can be made of nothing
    QVERIFY(torch::equal(scaledToMean(dry, torch::full({1}, 0.2f), seen, seen), dry));
  }

  void noCommandIsNoPullAndTheTargetRisesWithN() {
    const Tensor n = torch::linspace(-4.0, 4.0, 81).unsqueeze(1);
    const Tensor mu = torch::full({81, 1}, 0.1f), sigma = torch::full({81, 1}, 0.02f);
    const Tensor target = IntensityCommand{mu, sigma, n}.target(torch::full({81, 1}, 0.11f));
    QVERIFY(std::abs(target[40][0].item<double>() - 0.11) < 1e-6);
    QVERIFY((target.slice(0, 1) - target.slice(0, 0, 80)).min().item<double>() >= 0.0);
  }

  void noiseBelongsToTheMemberAlone() {
    QVERIFY(torch::equal(counterNoise({9, 3}, {6, 5}), counterNoise({9, 3}, {6, 5})));
    QVERIFY(!torch::equal(counterNoise({9, 3}, {6, 5}), counterNoise({9, 4}, {6, 5})));
    const Tensor many = counterNoise({9, 3}, {100000});
    QVERIFY(std::abs(many.mean().item<double>()) < 0.01);
    QVERIFY(std::abs(many.std().item<double>() - 1.0) < 0.01);
  }
};

QTEST_APPLESS_MAIN(TestKnowledgeControl)
#include "tst_knowledge_control.moc"
