#include <QtTest>
#include <cmath>

#include "core/vil_scale.h"

using namespace stormloom;

/// Worked values of the scale's description (data/train/vil_scale.md).
class TestVilScale : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void rainGivesTheWorkedValues_data() {
    QTest::addColumn<double>("rain");
    QTest::addColumn<double>("digital");
    QTest::newRow("dry") << 0.0 << 0.0;
    QTest::newRow("below the scale") << 0.13 << 0.0;
    QTest::newRow("linear part") << 0.2 << 6.435182;
    QTest::newRow("just above the jump") << 1.0 << 23.758204;
    QTest::newRow("moderate") << 10.0 << 105.651287;
    QTest::newRow("heavy") << 100.0 << 187.544371;
    QTest::newRow("beyond") << 1e6 << 254.0;
  }
  void rainGivesTheWorkedValues() {
    QFETCH(double, rain);
    QFETCH(double, digital);
    QVERIFY(std::abs(digitalFromRain(rain) - digital) < 1e-4);
  }

  void reflectivityEntersBehindRain() {
    QVERIFY(std::abs(digitalFromDbz(10.0) - 5.487578) < 1e-4);
    QVERIFY(std::abs(digitalFromDbz(45.0) - 136.308475) < 1e-4);
    QCOMPARE(digitalFromDbz(-INFINITY), 0.0);
    QVERIFY(std::abs(rainFromReflectivityFactor(1000.0) - 2.73436353) < 1e-7);
  }

  void theWayBackGivesTheRainOfTheThresholds() {
    QVERIFY(std::abs(rainFromDigital(16.0) - 0.7032) < 1e-3);
    QVERIFY(std::abs(rainFromDigital(133.0) - 21.5753) < 1e-3);
    QCOMPARE(rainFromDigital(5.0), 0.0);
    for (double rain = 0.25; rain < 500.0; rain *= 1.7) {
      if (std::abs(digitalFromRain(rain) - 18.0) < 1e-9) continue;  // the decoding jumps there
      QVERIFY(std::abs(rainFromDigital(digitalFromRain(rain)) / rain - 1.0) < 1e-9);
    }
  }
};

QTEST_APPLESS_MAIN(TestVilScale)
#include "tst_vil_scale.moc"
