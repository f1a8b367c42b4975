#include <torch/torch.h>

#include <QtTest>
#include <cmath>
#include <numbers>

#include "models/sampling/flow_sampler.h"
#include "models/skill/ensemble_figures.h"

using namespace stormloom;
using torch::Tensor;

namespace {

constexpr std::int64_t kLeads = 6, kSide = 64;

Tensor wetFields(std::int64_t count, double low, double high) {
  return low + (high - low) * torch::rand({count, kLeads, kSide, kSide});
}

Json figuresOf(const Tensor& members, const Tensor& observed) {
  EnsembleFigures figures;
  figures.add(members, observed, torch::ones_like(observed));
  return figures.toJson();
}

Tensor waves(int cycles) {
  const Tensor x = torch::arange(kSide) * (2.0 * std::numbers::pi * cycles / double(kSide));
  return x.cos().expand({kSide, kSide}).to(torch::kFloat32);
}

/// Error at t = 0 of dz/dt = t^2, from z(1) = 1/3.
double errorOf(int steps, double shift) {
  const auto velocity = [](const Tensor& z, double t) { return torch::full_like(z, t * t); };
  const Tensor start = torch::full({1}, 1.0 / 3.0, torch::kFloat64);
  return std::abs(
      sampleFlow(velocity, start, steps, FlowMethod::AdamsBashforth, shift).item<double>());
}

}  // namespace

class TestEnsembleFigures : public QObject {
  Q_OBJECT
private Q_SLOTS:
  void init() { torch::manual_seed(5); }

  void anObservationDrawnLikeTheMembersHasAFlatRankHistogram() {
    const Json figures = figuresOf(wetFields(4, 0.2, 0.9), wetFields(1, 0.2, 0.9)[0]);
    for (const Json& share : figures.at("rank_histogram"))
      QVERIFY(std::abs(share.asDouble() - 0.2) < 0.02);
  }

  void anObservationAboveAllMembersHasTheLastRank() {
    const Json figures = figuresOf(wetFields(4, 0.2, 0.5), wetFields(1, 0.6, 0.9)[0]);
    QCOMPARE(figures.at("rank_histogram").at(4).asDouble(), 1.0);
  }

  void tiesAreSharedAmongTheRanksTheyCouldHave() {
    const Tensor same = torch::full({4, kLeads, kSide, kSide}, 0.5);
    const Json figures = figuresOf(same, same[0]);
    for (const Json& share : figures.at("rank_histogram"))
      QVERIFY2(std::abs(share.asDouble() - 0.2) < 1e-9,
               qPrintable(QString::number(share.asDouble(), 'g', 17)));
  }

  void probabilitiesThatComeTrueAreReliable() {
    const Json figures = figuresOf(wetFields(4, 0.0, 0.58), wetFields(1, 0.0, 0.58)[0]);
    const Json& reliability = figures.at("reliability_74");
    for (const Json& share : reliability.at("observed_share"))
      QVERIFY(std::abs(share.asDouble() - 0.5) < 0.05);  // whatever is said, half happens
    double cells = 0.0;
    for (const Json& count : reliability.at("cells")) cells += count.asDouble();
    QCOMPARE(cells, double(kLeads * kSide * kSide));
  }

  void cellsThatAreNotMeasuredCountNowhere() {
    const Tensor observed = wetFields(1, 0.2, 0.9)[0];
    const Tensor wrong = 1.0 - observed;
    Tensor members = observed.expand({2, -1, -1, -1}).clone();
    Tensor measured = torch::ones_like(observed);
    measured.slice(2, kSide / 2).zero_();
    members.slice(3, kSide / 2).copy_(wrong.slice(2, kSide / 2));
    EnsembleFigures figures;
    figures.add(members, observed, measured);
    const Json json = figures.toJson();
    QCOMPARE(json.at("csi_by_threshold").at(1).asDouble(), 1.0);
    QCOMPARE(json.at("fss").at(1).at("by_lead").at(0).asDouble(), 1.0);
  }

  void rainInTheRightBlockIsAHitAfterPooling() {
    Tensor observed = torch::zeros({kLeads, kSide, kSide}), said = torch::zeros_like(observed);
    for (std::int64_t at = 0; at < kSide; at += 16) {
      observed.select(1, at).slice(1, 0, kSide, 4) = 0.9;
      said.select(1, at + 1).slice(1, 2, kSide, 4) = 0.9;
    }
    const Json json = figuresOf(said.unsqueeze(0), observed);
    QCOMPARE(json.at("csi_by_threshold").at(0).asDouble(), 0.0);
    QCOMPARE(json.at("csi_m_pool_4").asDouble(), 1.0);
    QCOMPARE(json.at("csi_m_pool_16").asDouble(), 1.0);
  }

  void aWaveHasItsPowerAtItsNumber() {
    for (const int cycles : {1, 5, 20}) {
      const Tensor power = radialPower(waves(cycles));
      QCOMPARE(power.size(0), kSide / 2);
      QCOMPARE(power.argmax().item<std::int64_t>(), std::int64_t(cycles - 1));
      QVERIFY(power.sum().item<double>() < power[cycles - 1].item<double>() * 1.0001);
    }
  }

  void halfTheAmplitudeIsAQuarterOfThePower() {
    const Tensor observed = waves(8).clamp_min(0).expand({kLeads, -1, -1}).contiguous();
    const Json json = figuresOf(0.5 * observed.unsqueeze(0), observed);
    QVERIFY(std::abs(json.at("power_ratio_by_wave_number").at(7).asDouble() - 0.25) < 1e-6);
  }

  void stepsOfAnyLengthStaySecondOrder_data() {
    QTest::addColumn<double>("shift");
    for (const double shift : {0.5, 1.0, 2.0}) QTest::addRow("%g", shift) << shift;
  }
  void stepsOfAnyLengthStaySecondOrder() {
    QFETCH(double, shift);
    const double ratio = errorOf(16, shift) / errorOf(32, shift);
    QVERIFY2(ratio > 3.0 && ratio < 5.5, qPrintable(QString::number(ratio)));
  }
};

QTEST_APPLESS_MAIN(TestEnsembleFigures)
#include "tst_ensemble_figures.moc"
