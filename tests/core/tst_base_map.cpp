// Coasts and borders on grids of degrees, whatever turn of the globe they are counted in.
#include <QtTest>

#include "core/base_map.h"

using namespace stormloom;

class TestBaseMap : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void linesLieOnGridsOfAnyTurn_data() {
    QTest::addColumn<double>("left");
    QTest::newRow("-180 to 180") << -5.0;
    QTest::newRow("0 to 360") << 355.0;
    QTest::newRow("across Greenwich, from 0 to 360") << 359.0;
    QTest::newRow("far beyond") << -365.0;
  }
  void linesLieOnGridsOfAnyTurn() {
    QFETCH(double, left);
    const GeoReference geo("+proj=longlat +datum=WGS84", left, 53.0, 0.01, 0.01, 300, 200);
    const double west = std::remainder(left, 360.0);
    const MapLine line{MapLine::Kind::Coast, {{west + 0.5, 52.0}, {west + 1.5, 52.5}, {west + 2.5, 52.0}}};
    const std::vector<MapPath> paths = mapPathsInGrid({line}, geo);
    QCOMPARE(paths.size(), std::size_t(1));
    QVERIFY(std::abs(paths[0].points.front().col - 50.0) < 0.01);
    QVERIFY(std::abs(paths[0].points.back().col - 250.0) < 0.01);
    QVERIFY(std::abs(paths[0].points.front().row - 100.0) < 0.01);
  }

  void linesAcrossTheDateLineGoOn() {
    const GeoReference geo("+proj=longlat +datum=WGS84", 178.0, 1.0, 0.1, 0.1, 40, 20);
    const MapLine east{MapLine::Kind::Coast, {{178.5, 0.0}, {179.9, 0.0}}};
    const MapLine west{MapLine::Kind::Coast, {{-179.9, 0.0}, {-178.5, 0.0}}};
    const std::vector<MapPath> paths = mapPathsInGrid({east, west}, geo);
    QCOMPARE(paths.size(), std::size_t(2));
    QVERIFY(std::abs(paths[1].points.back().col - 35.0) < 0.01);
  }
};

QTEST_APPLESS_MAIN(TestBaseMap)
#include "tst_base_map.moc"
