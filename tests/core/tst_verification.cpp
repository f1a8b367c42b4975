#include <QtTest>
#include <cmath>

#include "core/errors.h"
#include "core/skill_scores.h"
#include "core/verification.h"

using namespace stormloom;

namespace {

constexpr int kSize = 32;
const ValidTime kRunTime = timeFromCalendar(2019, 6, 10, 1, 0, 0);

/// A wet block of 8 x 8 cells of 100 whose left edge is at `column`, dry elsewhere.
std::shared_ptr<RadarGrid> blockAt(int column, float value = 100.0f) {
  auto grid = std::make_shared<RadarGrid>(kSize, kSize);
  for (int row = 0; row < kSize; ++row) {
    for (int col = 0; col < kSize; ++col) {
      const bool wet = row >= 8 && row < 16 && col >= column && col < column + 8;
      grid->set(row, col, wet ? value : 0.0f, CellState::Measured);
    }
  }
  return grid;
}

FrameSequence sequenceOf(const std::vector<std::shared_ptr<RadarGrid>>& grids) {
  FrameSequence sequence{.quantity = Quantity::VilDigital,
                         .geo = GeoReference(kSevirProjection, 0, 0, 3000, 3000, kSize, kSize)};
  for (std::size_t k = 0; k < grids.size(); ++k)
    sequence.frames.push_back(
        {.validTime = kRunTime + minutes(10 * (std::int64_t(k) + 1)), .grid = grids[k]});
  return sequence;
}

ResultFile forecastOf(const std::vector<FrameSequence>& members) {
  ResultFile file{.kind = "scenario", .context = sequenceOf({}), .runTime = kRunTime};
  file.receipt.model = "test";
  for (std::size_t m = 0; m < members.size(); ++m) {
    file.members.push_back({.nSigma = 2.0, .member = int(m), .frames = members[m]});
  }
  return file;
}

}  // namespace

class TestVerification : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void aPerfectForecastHasPerfectScores() {
    const FrameSequence truth = sequenceOf({blockAt(4), blockAt(6)});
    const auto scores = verifyForecast(forecastOf({truth}), truth);
    QCOMPARE(scores.size(), 2u);
    QCOMPARE(scores[1].leadMinutes, 20.0);
    QCOMPARE(scores[1].model, std::string("test"));
    QCOMPARE(scores[1].nSigma, 2.0);
    for (const LeadScores& lead : scores) {
      QCOMPARE(lead.csi.size(), kSevirThresholds.size());
      QCOMPARE(lead.csi[1], 1.0);
      QCOMPARE(lead.fss[1], 1.0);
      QVERIFY(std::isnan(lead.csi[2]));  // 133 was neither forecast nor observed
      QCOMPARE(lead.mse + lead.mae + lead.crps, 0.0);
    }
  }

  void aDisplacedBlockLosesExactlyItsShare() {
    // Moved by half its width: 32 hits, 32 misses, 32 false alarms; 64 of 1024 cells off by 100.
    const auto scores =
        verifyForecast(forecastOf({sequenceOf({blockAt(8)})}), sequenceOf({blockAt(4)}));
    const double error = 100.0 / 255.0;
    QCOMPARE(scores.size(), 1u);
    QVERIFY(std::abs(scores[0].csi[0] - 1.0 / 3.0) < 1e-12);
    QVERIFY(std::abs(scores[0].mae - error / 16.0) < 1e-7);
    QVERIFY(std::abs(scores[0].mse - error * error / 16.0) < 1e-7);
    QVERIFY(std::abs(scores[0].crps - scores[0].mae) < 1e-7);   // of one member
    QVERIFY(scores[0].fss[0] > 0.7 && scores[0].fss[0] < 1.0);  // squares forgive what pixels don't
  }

  void crpsIsOfAllMembersTogether() {
    // Members 0 and 2e around an observation of e: mean distance e, spread 2 * 2e / (2 * 4) = e/2.
    const auto scores = verifyForecast(
        forecastOf({sequenceOf({blockAt(4, 0.0f)}), sequenceOf({blockAt(4, 200.0f)})}),
        sequenceOf({blockAt(4)}));
    QCOMPARE(scores.size(), 2u);
    const double expected = 0.5 * 100.0 / 255.0 * 64.0 / 1024.0;
    QVERIFY(std::abs(scores[0].crps - expected) < 1e-7);
    QCOMPARE(scores[0].crps, scores[1].crps);
    QCOMPARE(scores[1].member, 1);
  }

  void cellsWithoutAValueCountNowhere() {
    auto truth = blockAt(4);
    for (int col = 4; col < 8; ++col) {
      for (int row = 0; row < kSize; ++row) truth->set(row, col, std::nanf(""), CellState::Missing);
    }
    const auto scores = verifyForecast(forecastOf({sequenceOf({blockAt(4)})}), sequenceOf({truth}));
    QCOMPARE(scores[0].csi[0], 1.0);
    QCOMPARE(scores[0].mse, 0.0);
  }

  void leadTimesNobodyObservedAreLeftOut() {
    const FrameSequence forecast = sequenceOf({blockAt(4), blockAt(4), blockAt(4)});
    FrameSequence truth = forecast;
    truth.frames.erase(truth.frames.begin() + 1);
    const auto scores = verifyForecast(forecastOf({forecast}), truth);
    QCOMPARE(scores.size(), 2u);
    QCOMPARE(scores[1].leadMinutes, 30.0);
    for (Frame& frame : truth.frames) frame.validTime += std::chrono::hours(5);
    QVERIFY_THROWS_EXCEPTION(IoError, verifyForecast(forecastOf({forecast}), truth));
    QVERIFY_THROWS_EXCEPTION(IoError, verifyForecast(forecastOf({}), forecast));
  }

  void observationsOnAnotherGridAreCarriedOver() {
    const FrameSequence forecast = sequenceOf({blockAt(4)});
    FrameSequence fine{
        .quantity = Quantity::VilDigital,
        .geo = GeoReference(kSevirProjection, 0, 0, 1500, 1500, 2 * kSize, 2 * kSize)};
    auto grid = std::make_shared<RadarGrid>(2 * kSize, 2 * kSize);
    for (int row = 0; row < 2 * kSize; ++row) {
      for (int col = 0; col < 2 * kSize; ++col)
        grid->set(row, col, blockAt(4)->at(row / 2, col / 2), CellState::Measured);
    }
    fine.frames.push_back({.validTime = kRunTime + minutes(11), .grid = grid});
    const auto scores = verifyForecast(forecastOf({forecast}), fine);
    QCOMPARE(scores[0].csi[0], 1.0);
    QVERIFY2(scores[0].mae < 1e-4, qPrintable(QString::number(scores[0].mae)));
  }

  void fractionsForgiveWhatLiesWithinTheSquare() {
    std::vector<float> forecast(81, 0.0f), observed(81, 0.0f);
    forecast[40] = 1.0f;  // the middle of 9 x 9
    observed[41] = 1.0f;  // one cell to the right
    QCOMPARE(fractionsSkillScore(forecast, observed, 9, 9, 0.5f, 1), 0.0);
    // 3 x 3 squares: 9 of them hold each cell, 6 hold both: 1 - (3 + 3) / (9 + 9).
    const double third = fractionsSkillScore(forecast, observed, 9, 9, 0.5f, 3);
    QVERIFY(std::abs(third - 2.0 / 3.0) < 1e-12);
    QVERIFY(std::isnan(fractionsSkillScore(forecast, observed, 9, 9, 2.0f, 3)));
  }
};

QTEST_APPLESS_MAIN(TestVerification)
#include "tst_verification.moc"
