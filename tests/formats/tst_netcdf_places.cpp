// Where CF NetCDF of different programs lies: projections, datums and turned poles against PROJ.
#include <QTemporaryDir>
#include <QtTest>
#include <functional>
#include <tuple>

#include "core/cf_projection.h"
#include "tests/support/plain_netcdf.h"
#include "tests/support/proj_place.h"
#include "tests/support/read_sentence.h"

using namespace stormloom;

class TestNetCdfPlaces : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::string at(const std::string& name) const { return folder_.filePath(QString::fromStdString(name)).toStdString(); }

  /// 2 rows and 3 columns of 1 km whose corner is (100 km, 900 km); what the mapping is, is still to be said.
  static void rainOnTransverseMercator(NetCdfWriter& file) {
    file.axis("y", "m", 899500, -1000, 2);
    file.axis("x", "m", 100500, 1000, 3);
    rainRate(file, {"y", "x"});
    file.text("rain_rate", "grid_mapping", "crs");
    file.put("rain_rate", counted(6));
    file.variable("crs", NC_INT, {});
    file.text("crs", "grid_mapping_name", "transverse_mercator");
  }

private Q_SLOTS:
  void longitudesMayCountTo360() {
    {
      NetCdfWriter file(at("usa_201906101200.nc"));
      file.axis("lat", "degrees_north", 40, -1, 2);
      file.axis("lon", "degrees_east", 260, 1, 3);
      rainRate(file, {"lat", "lon"});
      file.put("rain_rate", counted(6));
    }
    const FrameSequence rain = onlySequence(at("usa_201906101200.nc"));
    QVERIFY(cellsOff(rain.geo, 0.5, 0.5, {-100.0, 40.0}) < 1e-6);
    const LonLatBox box = rain.geo.bounds();
    QVERIFY(std::abs(std::remainder(box.west + 100.5, 360.0)) < 1e-6);
  }

  void projectionsArePlacedAsProjSays_data() {
    QTest::addColumn<QString>("proj");
    QTest::addColumn<double>("left");
    QTest::addColumn<double>("top");
    QTest::newRow("lambert_conformal_conic") << "+proj=lcc +lat_1=25 +lat_2=30 +lat_0=25 +lon_0=265 +R=6371200 +units=m"
                                             << -400000.0 << 900000.0;
    QTest::newRow("polar_stereographic") << "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +R=6370040 +units=m"
                                         << -523462.0 << -3758645.0;
    QTest::newRow("geostationary") << "+proj=geos +h=35785831 +lon_0=0 +a=6378137 +b=6356752.314 +sweep=y +units=m"
                                   << 300000.0 << 4400000.0;
    QTest::newRow("transverse_mercator")
        << "+proj=tmerc +lat_0=49 +lon_0=-2 +k_0=0.9996012717 +x_0=400000 +y_0=-100000 +a=6377563.396 +b=6356256.909 "
           "+units=m"
        << -404500.0 << 1549500.0;
  }

  void projectionsArePlacedAsProjSays() {
    QFETCH(QString, proj);
    QFETCH(double, left);
    QFETCH(double, top);
    const std::string method = QTest::currentDataTag();
    const bool angles = method == "geostationary";
    constexpr double kHeight = 35785831.0;
    {
      NetCdfWriter file(at("map_201906101200.nc"));
      const double unit = angles ? kHeight : 1000.0;  // radians, or kilometres
      file.axis("y", angles ? "rad" : "km", (top - 500.0) / unit, -1000.0 / unit, 2);
      file.axis("x", angles ? "radian" : "km", (left + 500.0) / unit, 1000.0 / unit, 3);
      rainRate(file, {"y", "x"});
      file.text("rain_rate", "grid_mapping", "crs");
      file.put("rain_rate", counted(6));
      file.variable("crs", NC_INT, {});
      file.text("crs", "grid_mapping_name", method);
      const auto put = [&](const char* name, double value) { file.number("crs", name, value); };
      if (method == "lambert_conformal_conic") {
        file.numbers("crs", "standard_parallel", NC_DOUBLE, {25, 30});
        put("longitude_of_central_meridian", 265);
        put("latitude_of_projection_origin", 25);
        put("earth_radius", 6371200);
      } else if (method == "polar_stereographic") {
        put("straight_vertical_longitude_from_pole", 10);
        put("latitude_of_projection_origin", 90);
        put("standard_parallel", 60);
        put("semi_major_axis", 6370040);
        put("semi_minor_axis", 6370040);
      } else if (angles) {
        put("perspective_point_height", kHeight);
        put("longitude_of_projection_origin", 0);
        put("semi_major_axis", 6378137);
        put("semi_minor_axis", 6356752.314);
        file.text("crs", "sweep_angle_axis", "y");
      } else {
        put("longitude_of_central_meridian", -2);
        put("latitude_of_projection_origin", 49);
        put("scale_factor_at_central_meridian", 0.9996012717);
        put("false_easting", 400.0);  // in the axes' unit
        put("false_northing", -100.0);
        put("semi_major_axis", 6377563.396);
        put("semi_minor_axis", 6356256.909);
      }
    }
    const FrameSequence rain = onlySequence(at("map_201906101200.nc"));
    const ProjPlace map(proj.toStdString());
    for (const auto& [col, row] : {std::pair{0, 0}, {3, 0}, {0, 2}, {3, 2}})
      QVERIFY(cellsOff(rain.geo, col, row, map.of(left + 1000.0 * col, top - 1000.0 * row)) < 0.1);
  }

  void theDatumOfAMappingIsUsedAsItSays_data() {
    QTest::addColumn<QString>("said");
    QTest::newRow("as text") << "crs_wkt";
    QTest::newRow("as numbers") << "towgs84";
    QTest::newRow("counted from Paris") << "paris";
  }

  void theDatumOfAMappingIsUsedAsItSays() {
    QFETCH(QString, said);
    const bool paris = said == "paris";
    const std::string map = paris ? "+proj=tmerc +lat_0=49 +lon_0=-2 +k_0=0.9996012717 +x_0=400000 +y_0=-100000 "
                                    "+a=6377563.396 +rf=299.3249646 +pm=2.337229166 +units=m"
                            : said == "towgs84" ? "+proj=tmerc +lat_0=49 +lon_0=-2 +k_0=0.9996012717 +x_0=400000 +y_0=-100000 "
                                                  "+ellps=airy +towgs84=446.448,-125.157,542.06,0.15,0.247,0.842,-20.489"
                                                : "EPSG:27700";
    {
      NetCdfWriter file(at("datum_201906101200.nc"));
      rainOnTransverseMercator(file);
      for (const auto& [name, value] : {std::pair{"longitude_of_central_meridian", -2.0},
                                        {"latitude_of_projection_origin", 49.0},
                                        {"scale_factor_at_central_meridian", 0.9996012717},
                                        {"false_easting", 400000.0}, {"false_northing", -100000.0},
                                        {"semi_major_axis", 6377563.396}, {"inverse_flattening", 299.3249646}})
        file.number("crs", name, value);
      if (paris) file.number("crs", "longitude_of_prime_meridian", 2.337229166);
      if (said == "crs_wkt") file.text("crs", "crs_wkt", wktFromProjection("EPSG:27700"));
      if (said == "towgs84")
        file.numbers("crs", "towgs84", NC_DOUBLE, {446.448, -125.157, 542.06, 0.15, 0.247, 0.842, -20.489});
    }
    const FrameSequence rain = onlySequence(at("datum_201906101200.nc"));
    const ProjPlace proj(map);
    for (const auto& [col, row] : {std::pair{0, 0}, {3, 2}})
      QVERIFY(cellsOff(rain.geo, col, row, proj.of(100000.0 + 1000.0 * col, 900000.0 - 1000.0 * row)) < 0.01);
  }

  void anEarthMayBeGivenByItsName_data() {
    QTest::addColumn<QString>("attribute");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("known");
    const char* const map = "+proj=tmerc +lat_0=0 +lon_0=9 +x_0=3500000 +k_0=1 ";
    const auto row = [&](const char* attribute, const char* name, const QString& known) {
      QTest::addRow("%s: %s", attribute, name) << attribute << name << known;
    };
    row("reference_ellipsoid_name", "Bessel 1841", QString(map) + "+ellps=bessel");
    row("reference_ellipsoid_name", "WGS 84", QString(map) + "+datum=WGS84");
    row("reference_ellipsoid_name", "Krassowsky 1940", QString(map) + "+ellps=krass");
    row("geographic_crs_name", "DHDN", "EPSG:31467");
    row("horizontal_datum_name", "Deutsches_Hauptdreiecksnetz", "EPSG:31467");
    row("horizontal_datum_name", "Deutsches Hauptdreiecksnetz", "EPSG:31467");
  }

  void anEarthMayBeGivenByItsName() {
    QFETCH(QString, attribute);
    QFETCH(QString, name);
    QFETCH(QString, known);
    const bool datum = attribute != "reference_ellipsoid_name";
    constexpr double kLeft = 3400000.0, kTop = 5600000.0;
    {
      NetCdfWriter file(at("named_201906101200.nc"));
      file.axis("y", "m", kTop - 500, -1000, 2);
      file.axis("x", "m", kLeft + 500, 1000, 3);
      rainRate(file, {"y", "x"});
      file.text("rain_rate", "grid_mapping", "crs");
      file.put("rain_rate", counted(6));
      file.variable("crs", NC_INT, {});
      file.text("crs", "grid_mapping_name", "transverse_mercator");
      for (const auto& [key, value] : {std::pair{"longitude_of_central_meridian", 9.0}, {"latitude_of_projection_origin", 0.0},
                                       {"scale_factor_at_central_meridian", 1.0}, {"false_easting", 3500000.0}})
        file.number("crs", key, value);
      if (datum) file.number("crs", "semi_major_axis", 6377397.155), file.number("crs", "inverse_flattening", 299.1528128);
      file.text("crs", attribute.toStdString(), name.toStdString());
    }
    const GeoReference geo = onlySequence(at("named_201906101200.nc")).geo;
    const ProjPlace proj(known.toStdString());
    for (const auto& [col, row] : {std::pair{0, 0}, {3, 2}}) {
      const double x = kLeft + 1000.0 * col, y = kTop - 1000.0 * row;
      const LonLat place = datum ? proj.of(y, x) : proj.of(x, y);  // EPSG:31467 counts northings first
      const LonLat usual = datum ? proj.of(x, y) : place;
      QVERIFY(std::min(cellsOff(geo, col, row, place), cellsOff(geo, col, row, usual)) < 0.1);
    }
  }

  void degreesMayBeOfAnotherDatum() {
    {
      NetCdfWriter file(at("degrees_201906101200.nc"));
      file.axis("lat", "degrees_north", 51.0, -0.01, 2);
      file.axis("lon", "degrees_east", 9.0, 0.01, 3);
      rainRate(file, {"lat", "lon"});
      file.text("rain_rate", "grid_mapping", "crs");
      file.put("rain_rate", counted(6));
      file.variable("crs", NC_INT, {});
      file.text("crs", "grid_mapping_name", "latitude_longitude");
      file.text("crs", "horizontal_datum_name", "Deutsches Hauptdreiecksnetz");
    }
    const GeoReference geo = onlySequence(at("degrees_201906101200.nc")).geo;
    const ProjPlace proj("EPSG:4314");
    QVERIFY(geo.isGeographic());
    QVERIFY(cellsOff(geo, 0.5, 0.5, proj.of(9.0, 51.0)) < 0.05);
    QVERIFY(cellsOff(geo, 0.5, 0.5, {9.0, 51.0}) > 0.05);
  }

  void aTextThatContradictsTheNumbersIsNotUsed() {
    {
      NetCdfWriter file(at("odd_201906101200.nc"));
      rainOnTransverseMercator(file);
      file.number("crs", "longitude_of_central_meridian", 9.0);
      file.number("crs", "latitude_of_projection_origin", 0.0);
      file.number("crs", "earth_radius", 6371000.0);
      file.text("crs", "crs_wkt", wktFromProjection("EPSG:27700"));
    }
    const FrameSequence rain = onlySequence(at("odd_201906101200.nc"));
    const ProjPlace proj("+proj=tmerc +lat_0=0 +lon_0=9 +R=6371000");
    QVERIFY(cellsOff(rain.geo, 0, 0, proj.of(100000.0, 900000.0)) < 0.01);
  }

  void gridsAboutATurnedPoleArePlacedAsProjSays_data() {
    QTest::addColumn<double>("firstLongitude");
    QTest::newRow("about zero") << -10.0;
    QTest::newRow("up to 360") << 350.0;
  }

  void gridsAboutATurnedPoleArePlacedAsProjSays() {
    QFETCH(double, firstLongitude);
    {
      NetCdfWriter file(at("turned_201906101200.nc"));
      file.axis("rlat", "degrees", -5.0, 5.0, 3);
      file.axis("rlon", "degrees", firstLongitude, 5.0, firstLongitude > 0.0 ? 2 : 4);
      file.text("rlat", "standard_name", "grid_latitude");
      file.text("rlon", "standard_name", "grid_longitude");
      rainRate(file, {"rlat", "rlon"});
      file.text("rain_rate", "grid_mapping", "rotated_pole");
      file.put("rain_rate", counted(firstLongitude > 0.0 ? 6 : 12));
      file.variable("rotated_pole", NC_CHAR, {});
      file.text("rotated_pole", "grid_mapping_name", "rotated_latitude_longitude");
      file.number("rotated_pole", "grid_north_pole_latitude", 39.25);
      file.number("rotated_pole", "grid_north_pole_longitude", -162.0);
    }
    const FrameSequence rain = onlySequence(at("turned_201906101200.nc"));
    const ProjPlace map("+proj=ob_tran +o_proj=longlat +o_lat_p=39.25 +o_lon_p=0 +lon_0=18 +R=6371229");
    for (const auto& [col, row] : {std::pair{0, 0}, {2, 0}, {0, 3}, {2, 3}})
      QVERIFY(cellsOff(rain.geo, col, row, map.of(-12.5 + 5.0 * col, 7.5 - 5.0 * row)) < 1e-3);
    if (firstLongitude < 0.0) QVERIFY(cellsOff(rain.geo, 2.5, 1.5, {18.0, 50.75}) < 1e-6);
    QCOMPARE(rain.frames[0].grid->at(2, 0), 1.0f);  // rows came from the south
  }

  void aBentGridIsRefusedWithAdvice() {
    {
      NetCdfWriter file(at("bent_201906101200.nc"));
      file.dimension("nj", 2);
      file.dimension("ni", 3);
      for (const char* name : {"lat", "lon"}) file.variable(name, NC_DOUBLE, {"nj", "ni"});
      file.text("lat", "units", "degrees_north");
      file.text("lon", "units", "degrees_east");
      rainRate(file, {"nj", "ni"});
      file.text("rain_rate", "coordinates", "lat lon");
      file.put("rain_rate", counted(6));
    }
    const std::string sentence = sentenceFor(at("bent_201906101200.nc"));
    QVERIFY2(sentence.find("bent grid") != std::string::npos && sentence.find("remapbil") != std::string::npos,
             sentence.c_str());
  }

  void placesOfEachCellThatTwoAxesWouldSayAreOpened_data() {
    QTest::addColumn<bool>("onMap");
    QTest::addColumn<bool>("columnsFirst");
    QTest::addColumn<bool>("fromSouth");
    for (const bool onMap : {false, true})
      for (const bool columnsFirst : {false, true})
        for (const bool fromSouth : {false, true})
          QTest::addRow("%d%d%d", onMap, columnsFirst, fromSouth) << onMap << columnsFirst << fromSouth;
  }

  void placesOfEachCellThatTwoAxesWouldSayAreOpened() {
    QFETCH(bool, onMap);
    QFETCH(bool, columnsFirst);
    QFETCH(bool, fromSouth);
    constexpr int kRows = 4, kColumns = 6;
    const ProjPlace map("+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +ellps=GRS80 +units=m");
    const auto centre = [&](double row, double column) {
      return onMap ? map.of(4000500.0 + 1000.0 * column, 2999500.0 - 1000.0 * row)
                   : LonLat{-0.2 + 0.1 * column, 51.0 - 0.1 * row};
    };
    std::vector<double> lons, lats, values;
    for (int outer = 0; outer < (columnsFirst ? kColumns : kRows); ++outer)
      for (int inner = 0; inner < (columnsFirst ? kRows : kColumns); ++inner) {
        const int line = columnsFirst ? inner : outer, column = columnsFirst ? outer : inner;
        const int row = fromSouth ? kRows - 1 - line : line;
        const LonLat place = centre(row, column);
        lons.push_back(place.lon < 0.0 ? place.lon + 360.0 : place.lon);
        lats.push_back(place.lat);
        values.push_back(1 + row * kColumns + column);
      }
    {
      NetCdfWriter file(at("cells_201906101200.nc"));
      file.dimension("nj", columnsFirst ? kColumns : kRows);
      file.dimension("ni", columnsFirst ? kRows : kColumns);
      for (const auto& [name, units, places] : {std::tuple{"lat", "degrees_north", &lats}, {"lon", "degrees_east", &lons}}) {
        file.variable(name, NC_FLOAT, {"nj", "ni"});
        file.text(name, "units", units);
        file.put(name, *places);
      }
      rainRate(file, {"nj", "ni"});
      file.text("rain_rate", "coordinates", "lon lat");
      file.put("rain_rate", values);
      if (onMap) {
        file.text("rain_rate", "grid_mapping", "crs");
        file.variable("crs", NC_INT, {});
        file.text("crs", "grid_mapping_name", "lambert_azimuthal_equal_area");
        for (const auto& [key, value] : {std::pair{"longitude_of_projection_origin", 10.0}, {"latitude_of_projection_origin", 52.0},
                                         {"false_easting", 4321000.0}, {"false_northing", 3210000.0},
                                         {"semi_major_axis", 6378137.0}, {"inverse_flattening", 298.257222101}})
          file.number("crs", key, value);
      }
    }
    const FrameSequence rain = onlySequence(at("cells_201906101200.nc"));
    const RadarGrid& grid = *rain.frames[0].grid;
    QCOMPARE(rain.width(), kColumns);
    for (const auto& [row, column] : {std::pair{0, 0}, {3, 0}, {0, 5}, {2, 4}}) {
      QCOMPARE(grid.at(row, column), float(1 + row * kColumns + column));
      QVERIFY(cellsOff(rain.geo, column + 0.5, row + 0.5, centre(row, column)) < 0.1);
    }
  }
};

QTEST_APPLESS_MAIN(TestNetCdfPlaces)
#include "tst_netcdf_places.moc"
