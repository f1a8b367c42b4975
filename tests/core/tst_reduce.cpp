#include <QtTest>
#include <cmath>

#include "core/box_mean.h"
#include "core/reduce.h"
#include "core/standing_still.h"
#include "core/vil_scale.h"

using namespace stormloom;

class TestReduce : public QObject {
  Q_OBJECT

private:
  static RadarGrid twoByTwo(std::initializer_list<float> values) {
    RadarGrid grid(2, 2);
    int k = 0;
    for (const float value : values) {
      grid.set(k / 2, k % 2, value, CellState::Measured);
      ++k;
    }
    return grid;
  }

private Q_SLOTS:
  void reflectivityIsAveragedAsFactorNotAsDbz() {
    RadarGrid grid = twoByTwo({40, 40, 20, 20});
    // (10000 + 10000 + 100 + 100) / 4 = 5050
    QVERIFY(std::abs(reduced(grid, Quantity::Reflectivity, 2).at(0, 0) - 37.032914f) < 1e-5);
    grid.set(1, 1, -HUGE_VALF, CellState::BelowDetection);
    QVERIFY(std::abs(reduced(grid, Quantity::Reflectivity, 2).at(0, 0) -
                     10 * std::log10(20100.0 / 4)) < 1e-5);
  }

  void vilIsAveragedAsMassNotAsCounts() {
    const RadarGrid grid = twoByTwo({200, 200, 0, 0});
    const double expected = digitalFromVilMass(vilMassFromDigital(200) / 2);
    QVERIFY(std::abs(reduced(grid, Quantity::VilDigital, 2).at(0, 0) - expected) < 1e-4);
  }

  void rainIsAveragedOverTheMeasuredCells() {
    RadarGrid grid = twoByTwo({8, 4, 0, 99});
    grid.set(1, 1, std::nanf(""), CellState::Missing);
    QCOMPARE(reduced(grid, Quantity::RainRate, 2).at(0, 0), 4.0f);
  }

  void theMeanOfABoxCountsCellsWithoutValueAsNoRain() {
    RadarGrid grid = twoByTwo({40, 20, 99, 99});
    grid.set(1, 0, std::nanf(""), CellState::Missing);
    grid.set(1, 1, std::nanf(""), CellState::OutsideCoverage);
    QCOMPARE(meanOfBox(grid), 15.0);
    QCOMPARE(summarize(grid).mean, 30.0);
  }

  void theThreeKindsOfNoValueStayApart_data() {
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("others");
    QTest::addColumn<int>("expected");
    const auto row = [](const char* name, CellState first, CellState others, CellState expected) {
      QTest::newRow(name) << int(first) << int(others) << int(expected);
    };
    using enum CellState;
    row("most are outside", Measured, OutsideCoverage, OutsideCoverage);
    row("most are missing", Measured, Missing, Missing);
    row("all are below detection", BelowDetection, BelowDetection, BelowDetection);
    row("one is measured", Measured, BelowDetection, Measured);
  }

  void theThreeKindsOfNoValueStayApart() {
    QFETCH(int, first);
    QFETCH(int, others);
    QFETCH(int, expected);
    RadarGrid grid(2, 2);
    for (int k = 0; k < 4; ++k) grid.set(k / 2, k % 2, 1.0f, CellState(k == 0 ? first : others));
    QCOMPARE(int(reduced(grid, Quantity::RainRate, 2).state(0, 0)), expected);
  }

  void classesAreNotAveraged() {
    const RadarGrid grid = twoByTwo({1, 96, 1, 7});
    QCOMPARE(reduced(grid, Quantity::PrecipitationType, 2).at(0, 0), 7.0f);
  }

  void theAreaStaysWhereItIs() {
    const GeoReference geo("+proj=laea +lat_0=50", -5000, 7000, 1000, 500, 10, 13);
    const GeoReference coarse = reducedGeo(geo, 4);
    QCOMPARE(coarse.left(), geo.left());
    QCOMPARE(coarse.top(), geo.top());
    QCOMPARE(coarse.width(), 3);
    QCOMPARE(coarse.height(), 4);
    QCOMPARE(coarse.cellHeight(), 2000.0);
  }

  void patchesThatStandStillAreFound() {
    RadarGrid before(96, 96), now(96, 96);
    for (int row = 0; row < 96; ++row) {
      for (int col = 0; col < 96; ++col) {
        before.set(row, col, float(row * col % 7), CellState::Measured);
        now.set(row, col, col < 24 ? before.at(row, col) : float((row + 1) * col % 7),
                CellState::Measured);
      }
    }
    QCOMPARE(stillFraction(printOf(before), printOf(before)), 1.0);
    const double share = stillFraction(printOf(before), printOf(now));
    QVERIFY2(share > 0.2 && share < 0.3, QByteArray::number(share));
    QCOMPARE(stillFraction(printOf(RadarGrid(96, 96)), printOf(RadarGrid(96, 96))), 0.0);
    QVERIFY2(stillWords(share).ends_with(" % stands still"), stillWords(share).c_str());
    QCOMPARE(stillWords(0.38), std::string("38 % stands still"));
    QCOMPARE(stillWords(0.95), std::string("stands still"));
    QCOMPARE(stillWords(0.1), std::string());
  }
};

QTEST_APPLESS_MAIN(TestReduce)
#include "tst_reduce.moc"
