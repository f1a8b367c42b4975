#include <torch/torch.h>

#include <QtTest>

#include "models/motion/motion_field.h"
#include "models/motion/stochastic_extrapolation.h"
#include "models/training/storm_generator.h"

using namespace stormloom;
using torch::Tensor;

namespace {

/// A round cell whose centre moves by (dx, dy) pixels a frame: (1, frames, 128, 128).
Tensor movingCell(double dx, double dy, int frames) {
  const Tensor pixel = torch::arange(128, torch::kFloat32);
  std::vector<Tensor> pictures;
  for (int t = 0; t < frames; ++t) {
    const Tensor x = (pixel - (40.0 + dx * t)).square().view({1, -1});
    const Tensor y = (pixel - (70.0 + dy * t)).square().view({-1, 1});
    pictures.push_back(0.7 * torch::exp(-(x + y) / 150.0));
  }
  return torch::stack(pictures).unsqueeze(0);
}

double error(const Tensor& forecast, const Tensor& truth) {
  return (forecast - truth).square().mean().item<double>();
}

}  // namespace

class TestMotion : public QObject {
  Q_OBJECT
private Q_SLOTS:
  void aMovingCellIsCarriedOnFarBetterThanByPersistence() {
    const Tensor all = movingCell(3.0, -2.0, 13);
    const Tensor past = all.slice(1, 0, 7), truth = all.slice(1, 7);
    const Tensor carried = extrapolate(past.select(1, 6), estimateMotion(past), 6);
    const Tensor persistence = past.slice(1, 6).expand_as(truth);
    QVERIFY2(
        error(carried, truth) < 0.1 * error(persistence, truth),
        qPrintable(
            QString("%1 against %2").arg(error(carried, truth)).arg(error(persistence, truth))));
  }

  void aDryPastStaysDry() {
    const Tensor past = torch::zeros({1, 7, 128, 128});
    const Tensor carried = extrapolate(past.select(1, 6), estimateMotion(past), 6);
    QVERIFY(torch::equal(carried, torch::zeros_like(carried)));
  }

  void whereNothingRainsNothingMoves() {
    for (const std::int64_t frames : {2, 7}) {
      const Tensor dry = estimateMotion(torch::zeros({2, frames, 128, 128}));
      QCOMPARE(dry.abs().max().item<double>(), 0.0);
      const Tensor same = estimateMotion(torch::full({1, frames, 128, 128}, 0.3f));
      QVERIFY(same.abs().max().item<double>() < 1e-3);
    }
    Tensor appears = torch::zeros({1, 2, 128, 128});
    appears[0][1].slice(0, 40, 50).slice(1, 60, 70).fill_(0.6);
    QVERIFY(estimateMotion(appears).abs().max().item<double>() < 8.0);
  }

  void aDrySequenceBesideAMovingOneStaysStill() {
    const Tensor both = torch::cat({torch::zeros({1, 7, 128, 128}), movingCell(3.0, -2.0, 7)});
    const Tensor vectors = estimateMotion(both);
    QCOMPARE(vectors[0].abs().max().item<double>(), 0.0);
    QVERIFY(vectors[1][0].mean().item<double>() > 1.0);
  }

  void nothingFlowsInFromOutside() {
    const Tensor vectors =
        torch::cat({torch::full({1, 1, 8, 8}, 10.0f), torch::zeros({1, 1, 8, 8})}, 1);
    const Tensor carried = extrapolate(torch::ones({1, 128, 128}), vectors, 2);
    QVERIFY(carried[0][0].slice(1, 0, 9).abs().max().item<double>() < 1e-4);
    QVERIFY(carried[0][1].slice(1, 0, 19).abs().max().item<double>() < 1e-4);
    QVERIFY((carried[0][1].slice(1, 22, 127).slice(0, 1, 127) - 1.0).abs().max().item<double>() <
            1e-4);
  }

  void aStochasticEnsembleSpreadsWithLeadAndItsMeanBeatsPersistence() {
    const Tensor storm = generateStorms(1, 5, torch::kCPU)[0];
    const Tensor past = storm.slice(0, 0, 7), truth = storm.slice(0, 7);
    const Tensor members =
        stochasticExtrapolation(past, estimateMotion(past.unsqueeze(0)), {.members = 8});
    QCOMPARE(members.sizes().vec(), (std::vector<std::int64_t>{8, 6, 128, 128}));
    const Tensor spread = members.var(0, true).mean({1, 2}).sqrt();
    QVERIFY(spread[0].item<double>() > 0.0);
    QVERIFY(spread[5].item<double>() > spread[0].item<double>());
    QVERIFY(error(members.mean(0), truth) < error(past.slice(0, 6).expand_as(truth), truth));
  }

  void aStochasticMemberHasTheRainOfTheLastPicture() {
    const Tensor storm = generateStorms(1, 6, torch::kCPU)[0].slice(0, 0, 7);
    const Tensor still = torch::zeros({1, 2, 8, 8});
    const Tensor member = stochasticExtrapolation(
        storm, still, {.members = 1, .leads = 1, .motionSpread = 0.0})[0][0];
    const Tensor wanted = std::get<0>(storm[6].flatten().sort(0));
    QVERIFY((std::get<0>(member.flatten().sort(0)) - wanted).abs().mean().item<double>() < 1e-3);
  }

  void aStochasticMemberFollowsFromSeedAndNumberAlone() {
    const Tensor past = generateStorms(1, 7, torch::kCPU)[0].slice(0, 0, 7);
    const Tensor motion = estimateMotion(past.unsqueeze(0));
    const Tensor few = stochasticExtrapolation(past, motion, {.members = 2, .seed = 9});
    const Tensor many = stochasticExtrapolation(past, motion, {.members = 4, .seed = 9});
    QVERIFY(torch::equal(few[1], many[1]));
    QVERIFY(!torch::equal(few[0], few[1]));
  }
};

QTEST_APPLESS_MAIN(TestMotion)
#include "tst_motion.moc"
