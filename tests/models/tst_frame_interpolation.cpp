// Frames between observed ones: where the rain was half-way, not two half rains.
#include <QtTest>
#include <algorithm>
#include <cmath>

#include "core/vil_scale.h"
#include "models/frame_interpolation.h"

using namespace stormloom;

namespace {

constexpr int kSize = 128;

/// A round storm around (col, row).
RadarGrid stormAt(double col, double row) {
  RadarGrid grid(kSize, kSize);
  for (int r = 0; r < kSize; ++r) {
    for (int c = 0; c < kSize; ++c) {
      const double value = 180.0 * std::exp(-(std::pow(c - col, 2) + std::pow(r - row, 2)) / 120.0);
      grid.set(r, c, float(value < 16 ? 0.0 : value),
               value < 16 ? CellState::BelowDetection : CellState::Measured);
    }
  }
  return grid;
}

/// Middle and sum of the rain.
struct Weighed {
  double col = 0.0, row = 0.0, sum = 0.0;
};

Weighed weigh(const RadarGrid& grid) {
  Weighed all;
  for (int r = 0; r < kSize; ++r) {
    for (int c = 0; c < kSize; ++c) {
      if (!grid.hasValue(r, c)) continue;
      const double rain = rainFromDigital(grid.at(r, c));
      all.sum += rain;
      all.col += rain * c;
      all.row += rain * r;
    }
  }
  return {all.col / all.sum, all.row / all.sum, all.sum};
}

}  // namespace

class TestFrameInterpolation : public QObject {
  Q_OBJECT
private Q_SLOTS:
  void aStormIsWhereItWasAtThatShareOfTheWay_data() {
    QTest::addColumn<double>("share");
    for (const double share : {0.0, 0.25, 0.5, 0.9}) QTest::addRow("%.2f", share) << share;
  }

  void aStormIsWhereItWasAtThatShareOfTheWay() {
    QFETCH(double, share);
    const RadarGrid before = stormAt(50, 64), after = stormAt(62, 58);
    const RadarGrid between = frameAlongMotion(before, after, share);
    const Weighed found = weigh(between), first = weigh(before);
    QVERIFY2(std::abs(found.col - (50 + 12 * share)) < 0.7, QByteArray::number(found.col));
    QVERIFY2(std::abs(found.row - (64 - 6 * share)) < 0.7, QByteArray::number(found.row));
    QVERIFY2(std::abs(found.sum / first.sum - 1.0) < 0.1,
             QByteArray::number(found.sum / first.sum));
    const auto peak = std::ranges::max(between.values());  // two half storms would be weak
    QVERIFY2(peak > 165.0f, QByteArray::number(peak));
  }

  void whatOneFrameDoesNotKnowTheOtherTells() {
    RadarGrid before = stormAt(64, 64), after = stormAt(64, 64);
    for (int r = 0; r < kSize; ++r) {
      for (int c = 0; c < 40; ++c) before.set(r, c, NAN, CellState::Missing);
      for (int c = 0; c < 20; ++c) after.set(r, c, NAN, CellState::OutsideCoverage);
      for (int c = 0; c < 20; ++c) before.set(r, c, NAN, CellState::OutsideCoverage);
    }
    const RadarGrid between = frameAlongMotion(before, after, 0.5);
    QCOMPARE(between.state(10, 10), CellState::OutsideCoverage);
    QVERIFY(std::isnan(between.at(10, 10)));
    QVERIFY(between.hasValue(64, 30));
    QVERIFY(std::abs(between.at(64, 64) - 180.0f) < 6.0f);
  }

  void rainRatesAndReflectivitiesMoveLikeTheScale_data() {
    QTest::addColumn<int>("quantity");
    QTest::newRow("rain rate") << int(Quantity::RainRate);
    QTest::newRow("reflectivity") << int(Quantity::Reflectivity);
  }

  void rainRatesAndReflectivitiesMoveLikeTheScale() {
    QFETCH(int, quantity);
    const auto converted = [&](RadarGrid grid) {
      for (std::size_t i = 0; i < grid.size(); ++i) {
        const double rain = rainFromDigital(grid.values()[i]);
        grid.values()[i] = quantity == int(Quantity::RainRate)
                               ? float(rain)
                               : float(10.0 * std::log10(reflectivityFactorFromRain(rain)));
      }
      return grid;
    };
    const RadarGrid before = stormAt(50, 64), after = stormAt(62, 64);
    const RadarGrid between =
        framesBetweenOf(Quantity(quantity))(converted(before), converted(after), {0.5}).front();
    const auto peak = [](const RadarGrid& grid) {
      const auto at = std::ranges::max_element(grid.values()) - grid.values().begin();
      return std::pair(int(at % kSize), grid.values()[std::size_t(at)]);
    };
    QVERIFY2(std::abs(peak(between).first - 56) <= 1, QByteArray::number(peak(between).first));
    const float strongest = peak(converted(before)).second;
    QVERIFY2(std::abs(peak(between).second / strongest - 1.0f) < 0.15f,
             QByteArray::number(peak(between).second));
    QVERIFY(!framesBetweenOf(Quantity::PrecipitationType));
  }

  void severalAtOnceAreWhatEachIsAlone() {
    const RadarGrid before = stormAt(50, 64), after = stormAt(62, 64);
    const std::vector<double> shares = {0.25, 0.5, 0.75};
    const std::vector<RadarGrid> together =
        framesBetweenOf(Quantity::VilDigital)(before, after, shares);
    QCOMPARE(together.size(), shares.size());
    for (std::size_t k = 0; k < shares.size(); ++k) {
      const RadarGrid alone = frameAlongMotion(before, after, shares[k]);
      QVERIFY(std::ranges::equal(together[k].values(), alone.values()));
      QVERIFY(std::ranges::equal(together[k].states(), alone.states()));
    }
  }

  void noRainStaysNoRain() {
    const RadarGrid dry = stormAt(-500, -500);
    const RadarGrid between = frameAlongMotion(dry, dry, 0.3);
    for (const CellState state : between.states()) QCOMPARE(state, CellState::BelowDetection);
  }
};

QTEST_APPLESS_MAIN(TestFrameInterpolation)
#include "tst_frame_interpolation.moc"
