#include <QtTest>
#include <cmath>

#include "core/errors.h"
#include "core/geo_reference.h"

using namespace stormloom;

class TestGeoReference : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void theMiddleOfSevirsProjectionIsWhereItSays() {
    const GeoReference geo(kSevirProjection, -192000.0, 192000.0, 3000.0, 3000.0, 128, 128);
    const LonLat middle = geo.lonLatFromCell({64.0, 64.0});
    QVERIFY(std::abs(middle.lon + 98.0) < 1e-9);
    QVERIFY(std::abs(middle.lat - 38.0) < 1e-9);
  }

  // Independent: Snyder 1987, equations 24-2 to 24-4 for the sphere, worked out for 90 W 30 N.
  void aPointOfTheSphereIsPlacedByTheTextbooksEquations() {
    const double radius = 6370997.0, degree = M_PI / 180.0;
    const double lat0 = 38.0 * degree, lat = 30.0 * degree, dlon = 8.0 * degree;
    const double k = std::sqrt(2.0 / (1.0 + std::sin(lat0) * std::sin(lat) +
                                      std::cos(lat0) * std::cos(lat) * std::cos(dlon)));
    const double x = radius * k * std::cos(lat) * std::sin(dlon);
    const double y =
        radius * k *
        (std::cos(lat0) * std::sin(lat) - std::sin(lat0) * std::cos(lat) * std::cos(dlon));
    const ProjectedPoint point = MapProjection(kSevirProjection).forward({-90.0, 30.0});
    QVERIFY(std::abs(point.x - x) < 0.01);
    QVERIFY(std::abs(point.y - y) < 0.01);
  }

  void cellsAndPlacesUndoEachOther() {
    const GeoReference geo(kSevirProjection, 300000.0, -500000.0, 3000.0, 3000.0, 128, 128);
    const CellPoint cell = geo.cellFromLonLat(geo.lonLatFromCell({17.25, 90.5}));
    QVERIFY(std::abs(cell.col - 17.25) < 1e-6);
    QVERIFY(std::abs(cell.row - 90.5) < 1e-6);
  }

  void boundsAreThoseOfPixelEdges() {
    const GeoReference geo("+proj=longlat +datum=WGS84", -130.0, 55.0, 0.01, 0.01, 7000, 3500);
    const LonLatBox bounds = geo.bounds();
    QVERIFY(std::abs(bounds.west + 130.0) < 1e-9);
    QVERIFY(std::abs(bounds.north - 55.0) < 1e-9);
    QVERIFY(std::abs(bounds.east + 60.0) < 1e-9);
    QVERIFY(std::abs(bounds.south - 20.0) < 1e-9);
  }

  void theNorthernEdgeBulgesBeyondItsCorners() {
    const GeoReference geo(kSevirProjection, -192000.0, 192000.0, 3000.0, 3000.0, 128, 128);
    QVERIFY(geo.bounds().north > geo.lonLatFromCell({0.0, 0.0}).lat);
  }

  // OPERA's composite: its northernmost point lies where its middle meridian meets the upper edge.
  void theBulgeIsFoundExactly() {
    const GeoReference opera(
        "+proj=laea +lat_0=55 +lon_0=10 +x_0=1950000 +y_0=-2100000 +ellps=WGS84", 0.0, 0.0, 2000.0,
        2000.0, 1900, 2200);
    QVERIFY(std::abs(opera.bounds().north - opera.lonLatFromCell({975.0, 0.0}).lat) < 1e-9);
  }

  void longitudesFrom0To360FindTheirCell() {
    const GeoReference geo("+proj=longlat +datum=WGS84", 230.0, 55.0, 0.01, 0.01, 7000, 3500);
    const CellPoint cell = geo.cellFromLonLat({-129.995, 54.995});
    QVERIFY(std::abs(cell.col - 0.5) < 1e-6);
    QVERIFY(std::abs(cell.row - 0.5) < 1e-6);
  }

  void aBoxAroundThePoleReachesIt() {
    const GeoReference geo("+proj=stere +lat_0=90 +lat_ts=60 +R=6371000", -1e6, 1e6, 1e4, 1e4, 200,
                           200);
    QCOMPARE(geo.bounds().north, 90.0);
    QCOMPARE(geo.bounds().west, -180.0);
  }

  /// PROJ's own text of Web Mercator: "@null" opens no file.
  void aProjectionMayNameNoFileOnly() {
    const MapProjection web("+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +units=m +nadgrids=@null +wktext +no_defs");
    QVERIFY(std::abs(web.forward({10.0, 50.0}).y - 6446275.84) < 0.01);
    QVERIFY_THROWS_EXCEPTION(IoError, MapProjection("+proj=merc +nadgrids=@null,conus +a=6378137"));
    QVERIFY_THROWS_EXCEPTION(IoError, MapProjection("+proj=merc +nadgrids=@nullify +a=6378137"));
    QVERIFY_THROWS_EXCEPTION(IoError, MapProjection("+proj=merc +nadgrids=@null +geoidgrids=a.gtx +a=6378137"));
  }

  void nonsenseIsRefused() {
    QVERIFY_THROWS_EXCEPTION(IoError, MapProjection("+proj=nonsense"));
    QVERIFY_THROWS_EXCEPTION(IoError, GeoReference(kSevirProjection, NAN, 0, 1, 1, 1, 1));
    QVERIFY_THROWS_EXCEPTION(IoError, GeoReference(kSevirProjection, 0, 0, 0, 1, 1, 1));
  }
};

QTEST_APPLESS_MAIN(TestGeoReference)
#include "tst_geo_reference.moc"
