#include <QtTest>

#include "core/color_table.h"
#include "core/errors.h"
#include "core/scenario.h"

using namespace stormloom;

class TestScenario : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void commandedIntensityIsMuPlusNSigmaAndStaysBetweenZeroAndOne() {
    const AnticipatedIntensity anticipated{{0.10, 0.12}, {0.02, 0.03}, 0.1};
    QCOMPARE(anticipated.commanded(0, 0.0), 0.10);
    QCOMPARE(anticipated.commanded(1, 2.0), 0.18);
    QCOMPARE(anticipated.commanded(1, -4.0), 0.0);
    QVERIFY_THROWS_EXCEPTION(std::out_of_range, anticipated.commanded(2, 0.0));
  }

  void rarityIsThatOfTheNormalDistributionOnBothSides_data() {
    QTest::addColumn<double>("n");
    QTest::addColumn<double>("probability");
    QTest::newRow("the middle") << 0.0 << 0.5;
    QTest::newRow("one sigma") << 1.0 << 0.158655;
    QTest::newRow("weak side") << -2.0 << 0.0227501;
    QTest::newRow("the end of the slider") << 4.0 << 3.16712e-5;
  }
  void rarityIsThatOfTheNormalDistributionOnBothSides() {
    QFETCH(double, n);
    QFETCH(double, probability);
    QVERIFY(std::abs(exceedanceProbability(n) - probability) < 1e-5 * probability + 1e-9);
  }

  void wordsSayDirectionAndRarity() {
    QCOMPARE(intensityWords(0.0), std::string("as expected"));
    QCOMPARE(intensityWords(2.4),
             std::string("much stronger than expected, about 1 in 120 forecasts"));
    QVERIFY(intensityWords(-4.0).starts_with("far weaker than expected, about 1 in "));
    QCOMPARE(intensityWords(-1.5), std::string("weaker than expected, about 1 in 15 forecasts"));
  }

  void aValueTakesTheColourOfTheLastLevelNotAboveIt_data() {
    QTest::addColumn<double>("value");
    QTest::addColumn<int>("red");
    QTest::newRow("just below a level") << 30.99 << 65;
    QTest::newRow("on a level") << 31.0 << 48;
    QTest::newRow("beyond the last") << 254.0 << 229;
  }
  void aValueTakesTheColourOfTheLastLevelNotAboveIt() {
    QFETCH(double, value);
    QFETCH(int, red);
    QCOMPARE(int(colorTableFor(Quantity::VilDigital).color(value).red), red);
  }

  void belowTheFirstLevelNothingIsDrawn() {
    const ColorTable& table = colorTableFor(Quantity::VilDigital);
    QVERIFY(!table.isDrawn(15.9));
    QVERIFY(table.isDrawn(16.0));
    QVERIFY(!table.isDrawn(std::numeric_limits<double>::quiet_NaN()));
  }

  void levelsThatDoNotRiseAreRefused() {
    QVERIFY_THROWS_EXCEPTION(UsageError, ColorTable("t", "u", {{2, {}}, {2, {}}}));
    QVERIFY_THROWS_EXCEPTION(UsageError, ColorTable("t", "u", {}));
  }
};

QTEST_APPLESS_MAIN(TestScenario)
#include "tst_scenario.moc"
