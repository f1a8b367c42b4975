// Other producers', other years' HDF5: KNMI's corrected rain, nowcasts and old reflectivity, national ODIM composites,
// SEVIR-LR as it is published. Made here by what is known of each.
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>

#include "tests/support/hdf5_writer.h"
#include "tests/support/proj_place.h"
#include "tests/support/read_sentence.h"

using namespace stormloom;
namespace fs = std::filesystem;

namespace {

constexpr const char* kMonths[] = {"JAN", "FEB", "MAR"};

std::string knmiTime(int month, int day, int hour, int minute) {
  char text[64];
  std::snprintf(text, sizeof text, "%02d-%s-2024;%02d:%02d:00.000", day, kMonths[month - 1], hour, minute);
  return text;
}

/// What all of KNMI's composites have; `projection` and the row offset as each generation writes them.
void knmiHead(Hdf5Writer& file, const std::string& product, const std::string& projection, double pixel, double row,
              int columns, int rows) {
  file.group("overview");
  file.text("overview", "product_group_name", product);
  file.group("geographic/map_projection");
  file.text("geographic/map_projection", "projection_proj4_params", projection);
  file.text("geographic", "geo_dim_pixel", "KM,KM");
  file.text("geographic", "geo_pixel_def", "LU");
  file.number("geographic", "geo_number_columns", columns);
  file.number("geographic", "geo_number_rows", rows);
  file.number("geographic", "geo_pixel_size_x", pixel);
  file.number("geographic", "geo_pixel_size_y", -pixel);
  file.number("geographic", "geo_column_offset", 0.0);
  file.number("geographic", "geo_row_offset", row);
}

void knmiImage(Hdf5Writer& file, const std::string& image, const std::string& parameter, const std::string& formula,
               double missing, double outside, const std::vector<unsigned short>& values, int columns) {
  file.group(image + "/calibration");
  file.text(image, "image_geo_parameter", parameter);
  file.text(image + "/calibration", "calibration_formulas", formula);
  file.number(image + "/calibration", "calibration_missing_data", missing);
  file.number(image + "/calibration", "calibration_out_of_image", outside);
  file.plane<unsigned short>(image + "/image_data", H5T_NATIVE_USHORT, values.size() / std::size_t(columns),
                             hsize_t(columns), values);
}

constexpr const char* kMetres =
    "+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +a=6378137 +b=6356752 +x_0=0 +y_0=0 +units=km";
constexpr const char* kKilometres =
    "+proj=stere +lat_0=90 +lon_0=0.0 +lat_ts=60.0 +a=6378.137 +b=6356.752 +x_0=0 +y_0=0";

struct OdimPlace {
  std::string projdef = "+proj=stere +lat_0=56 +lon_0=10.5666 +lat_ts=56 +ellps=WGS84 +units=m";
  double left = -400000.0, top = 300000.0, cell = 500.0;  ///< by the map that `inMetres` names
  std::string inMetres;                                   ///< the same projection for PROJ; "": projdef
  double xscale = 500.0;
  bool withUpperLeft = true, withLowerLeft = true;
  int columns = 4, rows = 3;
};

void odim(Hdf5Writer& file, const OdimPlace& place) {
  for (const char* group : {"what", "where"}) file.group(group);
  file.text("what", "object", "COMP");
  file.text("what", "version", "H5rad 2.3");
  file.text("what", "date", "20240131");
  file.text("what", "time", "235500");
  file.text("what", "source", "ORG:94,CTY:611");
  file.text("where", "projdef", place.projdef);
  file.number("where", "xsize", place.columns);
  file.number("where", "ysize", place.rows);
  file.number("where", "xscale", place.xscale);
  file.number("where", "yscale", place.xscale);
  const ProjPlace map(place.inMetres.empty() ? place.projdef : place.inMetres);
  const double right = place.left + place.columns * place.cell, bottom = place.top - place.rows * place.cell;
  const auto corner = [&](const std::string& name, double x, double y) {
    file.number("where", name + "_lon", map.of(x, y).lon);
    file.number("where", name + "_lat", map.of(x, y).lat);
  };
  if (place.withUpperLeft) {
    corner("UL", place.left, place.top);
    corner("LR", right, bottom);
  }
  if (place.withLowerLeft) {
    corner("LL", place.left, bottom);
    corner("UR", right, place.top);
  }
}

void odimData(Hdf5Writer& file, const std::string& dataset, const std::string& quantity, bool atData, double gain,
              double offset, const std::vector<unsigned char>& values) {
  file.group(dataset + "/what");
  file.group(dataset + "/data1/what");
  const std::string what = atData ? dataset + "/data1/what" : dataset + "/what";
  file.text(what, "quantity", quantity);
  file.number(what, "gain", gain);
  file.number(what, "offset", offset);
  file.number(what, "nodata", 255.0);
  file.number(what, "undetect", 0.0);
  file.plane<unsigned char>(dataset + "/data1/data", H5T_NATIVE_UCHAR, values.size() / 4, 4, values);
}

const std::vector<unsigned char> kCodes = {0, 255, 100, 64, 1, 2, 3, 4, 5, 6, 7, 200};

}  // namespace

class TestHdf5Variants : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::string at(const std::string& name) const { return folder_.filePath(QString::fromStdString(name)).toStdString(); }

private Q_SLOTS:
  void knmisCorrectedRainComesWithImagesThatAreNone() {
    {
      Hdf5Writer file(at("rtcor.h5"));
      knmiHead(file, "RAD_NL25_RAC_RT_5min", kMetres, 1.0, 3650.0, 3, 2);
      file.text("overview", "product_datetime_start", knmiTime(1, 31, 23, 55));
      file.text("overview", "product_datetime_end", knmiTime(2, 1, 0, 0));
      knmiImage(file, "image1", "PRECIP_[MM]", "GEO=0.010000*PV+0.000000", 65534, 65535,
                {0, 100, 65534, 65535, 7, 250}, 3);
      knmiImage(file, "image2", "QUALITY_[-]", "GEO=0.01*PV+0.0", 254, 255, {1, 1, 1, 1, 1, 1}, 3);
      knmiImage(file, "image3", "ADJUSTMENT_FACTOR_[DB]", "GEO=0.1*PV+-10", 254, 255, {1, 1, 1, 1, 1, 1}, 3);
    }
    const FrameSequence rain = onlySequence(at("rtcor.h5"));
    QVERIFY(rain.quantity == Quantity::RainRate && rain.provenance == Provenance::Observed);
    QCOMPARE(rain.frames.size(), 1u);
    QCOMPARE(isoText(rain.frames[0].validTime), std::string("2024-02-01T00:00:00Z"));
    QCOMPARE(rain.frames[0].grid->at(0, 1), 12.0f);
    QVERIFY(rain.frames[0].grid->state(0, 2) == CellState::Missing);
    QVERIFY(rain.frames[0].grid->state(1, 0) == CellState::OutsideCoverage);
    QCOMPARE(rain.frames[0].grid->at(1, 2), 30.0f);
    QCOMPARE(rain.geo.cellWidth(), 1000.0);
    const ProjPlace map("+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +a=6378137 +b=6356752 +units=m");
    QVERIFY(cellsOff(rain.geo, 3, 2, map.of(3000.0, -3652000.0)) < 0.01);
  }

  void knmisCellsMayBeInMetres_data() {
    QTest::addColumn<QString>("unit");
    QTest::addColumn<double>("pixel");
    QTest::addColumn<QString>("projection");
    QString metres = kMetres;
    metres.replace("units=km", "units=m");
    for (const char* unit : {"KM,KM", "M,M", ""})
      for (const double pixel : {1.0, 1000.0})
        for (const QString& projection : {QString(kMetres), metres, QString(kKilometres)})
          QTest::addRow("%s %g %s", unit, pixel, qPrintable(projection.right(9))) << unit << pixel << projection;
  }

  void knmisCellsMayBeInMetres() {
    QFETCH(QString, unit);
    QFETCH(double, pixel);
    QFETCH(QString, projection);
    {
      Hdf5Writer file(at("metres.h5"));
      knmiHead(file, "RAD_NL25_RAC_RT_5min", projection.toStdString(), pixel, 3650.0, 3, 2);
      H5Adelete_by_name(file.id(), "geographic", "geo_dim_pixel", H5P_DEFAULT);
      if (!unit.isEmpty()) file.text("geographic", "geo_dim_pixel", unit.toStdString());
      file.text("overview", "product_datetime_start", knmiTime(1, 31, 23, 55));
      file.text("overview", "product_datetime_end", knmiTime(2, 1, 0, 0));
      knmiImage(file, "image1", "PRECIP_[MM]", "GEO=0.010000*PV+0.000000", 65534, 65535, {0, 100, 65534, 65535, 7, 250}, 3);
    }
    const GeoReference geo = onlySequence(at("metres.h5")).geo;
    const ProjPlace map("+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +a=6378137 +b=6356752 +units=m");
    for (const auto& [col, row] : {std::pair{0, 0}, {3, 2}})
      QVERIFY(cellsOff(geo, col, row, map.of(1000.0 * col, -3650000.0 - 1000.0 * row)) < 0.1);
  }

  void anEarthMayBeGivenByItsName_data() {
    QTest::addColumn<QString>("earth");
    QTest::addColumn<QString>("known");
    for (const auto& [earth, known] : {std::pair{"+datum=WGS 84", "+datum=WGS84"}, {"+ellps=GRS 1980", "+ellps=GRS80"},
                                       {"+ellps=Bessel 1841", "+ellps=bessel"}, {"+ellps=Krassowsky", "+ellps=krass"},
                                       {"+datum=GRS80", "+ellps=GRS80"},
                                       {"+ellps=Bessel_1841 +towgs84=598.1,73.7,418.2,0.202,0.045,-2.455,6.7",
                                        "+ellps=bessel +towgs84=598.1,73.7,418.2,0.202,0.045,-2.455,6.7"},
                                       {"+ellps=krass +towgs84=25,-141,-78.5,0,0.35,0.736,0", "+ellps=krass +towgs84=25,-141,-78.5,0,0.35,0.736,0"}})
      QTest::newRow(earth) << earth << known;
  }

  void anEarthMayBeGivenByItsName() {
    QFETCH(QString, earth);
    QFETCH(QString, known);
    const std::string before = "+proj=stere +lat_0=90 +lon_0=10 +lat_ts=60 ", after = " +units=m";
    OdimPlace place;
    place.projdef = before + earth.toStdString() + after;
    place.inMetres = before + known.toStdString() + after;
    place.left = 300000.0, place.top = -4000000.0;
    {
      Hdf5Writer file(at("named.h5"));
      odim(file, place);
      odimData(file, "dataset1", "DBZH", true, 0.5, -32.0, kCodes);
    }
    const ProjPlace map(place.inMetres);
    const GeoReference dbz = onlySequence(at("named.h5")).geo;
    for (const auto& [col, row] : {std::pair{0, 0}, {4, 3}})
      QVERIFY(cellsOff(dbz, col, row, map.of(place.left + col * place.cell, place.top - row * place.cell)) < 0.1);
    {
      Hdf5Writer file(at("knmi.h5"));
      knmiHead(file, "RAD_NL25_PCP_CM", place.projdef, 1.0, 3650.0, 3, 2);
      file.text("overview", "product_datetime_end", knmiTime(2, 1, 0, 0));
      knmiImage(file, "image1", "REFLECTIVITY_[DBZ]", "GEO=0.5*PV+-32", 255, 255, {0, 100, 255, 255, 7, 250}, 3);
    }
    const GeoReference knmi = onlySequence(at("knmi.h5")).geo;
    for (const auto& [col, row] : {std::pair{0, 0}, {3, 2}})
      QVERIFY(cellsOff(knmi, col, row, map.of(1000.0 * col, -3650000.0 - 1000.0 * row)) < 0.1);
  }

  void aPartIsChosenByItsNameAndMissedBySayingWhatThereIs() {
    {
      Hdf5Writer file(at("two.h5"));
      odim(file, {});
      odimData(file, "dataset1", "DBZH", true, 0.5, -32.0, kCodes);
      odimData(file, "dataset3", "RATE", true, 0.5, 0.0, kCodes);  // one is left out
      Hdf5Writer knmi(at("fm.h5"));
      knmiHead(knmi, "RAD_NL25_RAC_FM", kMetres, 1.0, 3650.0, 3, 2);
      knmi.text("overview", "product_datetime_start", knmiTime(1, 31, 23, 0));
      knmi.text("overview", "product_datetime_end", knmiTime(2, 1, 1, 0));
      for (int k = 1; k <= 2; ++k) {
        const std::string image = "image" + std::to_string(k);
        knmiImage(knmi, image, "PRECIP_[MM]", "GEO=0.01*PV+0.0", 65534, 65535, {0, 1, 2, 3, 4, 5}, 3);
        knmi.text(image, "image_datetime_valid", knmiTime(1, 31, 23, 5 * k));
      }
    }
    for (const char* part : {"#RATE", "#dataset3", "#/dataset3/data1"})
      QVERIFY(onlySequence(at("two.h5") + part).quantity == Quantity::RainRate);
    QCOMPARE(onlySequence(at("fm.h5#image2")).frames.size(), 1u);
    const std::string odimSays = sentenceFor(at("two.h5#NOPE")), knmiSays = sentenceFor(at("fm.h5#NOPE"));
    for (const char* there : {"\"NOPE\"", "dataset3/data1", "RATE"})
      QVERIFY2(odimSays.find(there) != std::string::npos, odimSays.c_str());
    QVERIFY2(knmiSays.find("It holds image1, image2.") != std::string::npos, knmiSays.c_str());
    QCOMPARE(readRadarFiles({at("two.h5#RATE"), at("fm.h5")}).sequences.size(), 2u);  // of that file alone
  }

  void knmisNowcastHoldsAFrameForEachLead() {
    {
      Hdf5Writer file(at("fm.h5"));
      knmiHead(file, "RAD_NL25_RAC_FM", kMetres, 1.0, 3650.0, 3, 2);
      file.text("overview", "product_datetime_start", knmiTime(1, 31, 23, 0));
      file.text("overview", "product_datetime_end", knmiTime(2, 1, 1, 0));
      for (int k = 0; k < 25; ++k) {
        const std::string image = "image" + std::to_string(k + 1);
        knmiImage(file, image, "PRECIP_[MM]", "GEO=0.010000*PV+0.000000", 65534, 65535,
                  std::vector<unsigned short>(6, static_cast<unsigned short>(k)), 3);
        const int minute = 5 * k % 60, hour = 23 + 5 * k / 60;
        file.text(image, "image_datetime_valid",
                  hour < 24 ? knmiTime(1, 31, hour, minute) : knmiTime(2, 1, hour - 24, minute));
      }
    }
    const FrameSequence nowcast = onlySequence(at("fm.h5"));
    QVERIFY(nowcast.provenance == Provenance::Forecast);
    QCOMPARE(nowcast.frames.size(), 25u);
    QCOMPARE(isoText(nowcast.frames.front().validTime), std::string("2024-01-31T23:00:00Z"));
    QCOMPARE(isoText(nowcast.frames.back().validTime), std::string("2024-02-01T01:00:00Z"));
    QCOMPARE(nowcast.frames[9].grid->at(0, 0), float(12 * 0.09));
    QCOMPARE(nowcast.frames[10].grid->at(0, 0), 1.2f);
  }

  void knmisOldReflectivityCallsZeroMissing() {
    {
      Hdf5Writer file(at("nl21.h5"));
      knmiHead(file, "RAD_NL21_PCP_NA", kKilometres, 2.5, 1490.9, 3, 2);
      file.text("overview", "product_datetime_start", knmiTime(1, 31, 12, 0));
      file.text("overview", "product_datetime_end", knmiTime(1, 31, 12, 0));
      knmiImage(file, "image1", "REFLECTIVITY_[DBZ]", "GEO = 0.500000 * PV + -32.000000", 0, 255,
                {0, 255, 64, 100, 1, 254}, 3);
    }
    const FrameSequence dbz = onlySequence(at("nl21.h5"));
    QVERIFY(dbz.quantity == Quantity::Reflectivity);
    QVERIFY(dbz.frames[0].grid->state(0, 0) == CellState::BelowDetection);
    QVERIFY(dbz.frames[0].grid->state(0, 1) == CellState::OutsideCoverage);
    QCOMPARE(dbz.frames[0].grid->at(0, 2), 0.0f);
    QCOMPARE(dbz.frames[0].grid->at(1, 0), 18.0f);
    const ProjPlace map("+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +a=6378137 +b=6356752 +units=m");
    QVERIFY(cellsOff(dbz.geo, 0, 0, map.of(0.0, -2500.0 * 1490.9)) < 0.01);
  }

  void volumesOfSingleRadarsAreRefusedByName() {
    {
      Hdf5Writer file(at("vol.h5"));
      for (const char* group : {"overview", "radar1", "scan1"}) file.group(group);
    }
    QVERIFY(sentenceFor(at("vol.h5")).find("KNMI's polar volume") != std::string::npos);
    {
      Hdf5Writer file(at("gamic.h5"));
      for (const char* group : {"how", "where", "scan0", "scan1"}) file.group(group);
    }
    QVERIFY(sentenceFor(at("gamic.h5")).find("GAMIC") != std::string::npos);
    for (const std::string object : {"PVOL", "SCAN", "CVOL", "XSEC", "VP"}) {
      {
        Hdf5Writer file(at("o.h5"));
        file.group("what");
        file.text("what", "object", object);
      }
      QVERIFY2(sentenceFor(at("o.h5")).find(object) != std::string::npos, object.c_str());
    }
  }

  void odimGridsAreFoundByWhateverCornersAndUnitsTheyHave_data() {
    QTest::addColumn<int>("number");
    for (int k = 0; k < 6; ++k) QTest::newRow(("grid " + std::to_string(k)).c_str()) << k;
  }

  void odimGridsAreFoundByWhateverCornersAndUnitsTheyHave() {
    QFETCH(int, number);
    OdimPlace places[6];
    places[1].withUpperLeft = false;
    places[2].withLowerLeft = false;
    places[3].projdef = "+init=epsg:3067";
    places[3].inMetres = "EPSG:3067";
    places[3].left = 300000.0, places[3].top = 7000000.0;
    places[4].projdef = "+proj=longlat +ellps=WGS84";
    places[4].left = 5.0, places[4].top = 55.0, places[4].cell = 0.01, places[4].xscale = 1000.0;
    places[5].projdef = "+proj=stere +lat_0=90 +lon_0=10 +lat_ts=60 +a=6370040 +b=6370040 +units=km";
    places[5].inMetres = "+proj=stere +lat_0=90 +lon_0=10 +lat_ts=60 +a=6370040 +b=6370040 +units=m";
    places[5].left = 300000.0, places[5].top = -4000000.0;
    const OdimPlace& place = places[number];
    {
      Hdf5Writer file(at("place.h5"));
      odim(file, place);
      odimData(file, "dataset1", "DBZH", true, 0.5, -32.0, kCodes);
    }
    const FrameSequence dbz = onlySequence(at("place.h5"));
    const std::string text = place.inMetres.empty() ? place.projdef : place.inMetres;
    if (text.starts_with("EPSG")) {
      const LonLat corner = dbz.geo.lonLatFromCell({0, 0});
      const ProjPlace utm("+proj=utm +zone=35 +ellps=GRS80 +units=m");
      QVERIFY(std::abs(corner.lat - utm.of(place.left, place.top).lat) < 1e-6);
      return;
    }
    const ProjPlace map(text);
    for (const auto& [col, row] : {std::pair{0, 0}, {4, 0}, {0, 3}, {4, 3}})
      QVERIFY(cellsOff(dbz.geo, col, row, map.of(place.left + col * place.cell, place.top - row * place.cell)) < 0.01);
    QVERIFY(dbz.frames[0].grid->state(0, 0) == CellState::BelowDetection);
    QVERIFY(dbz.frames[0].grid->state(0, 1) == CellState::OutsideCoverage);
    QCOMPARE(dbz.frames[0].grid->at(0, 2), 18.0f);
  }

  // Corners by swisstopo's transformation, as the README of MeteoSwiss's GIFs has them.
  void meteoSwissCompositesWithoutCornersLieOnItsPublishedGrid() {
    constexpr int kColumns = 710, kRows = 640;
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    {
      Hdf5Writer file(at("RZC240312355VL.801.h5"));
      for (const char* group : {"what", "where", "dataset1/data1/what"}) file.group(group);
      file.text("what", "object", "COMP");
      file.text("what", "date", "20240131");
      file.text("what", "time", "235500");
      file.text("what", "source", "ORG:215, CTY:644, CMT:MeteoSwiss (Switzerland)");
      for (const auto& [name, value] : {std::pair{"xsize", double(kColumns)}, {"ysize", double(kRows)},
                                        {"xscale", 1.0}, {"yscale", 1.0}})
        file.number("where", name, value);
      file.text("dataset1/data1/what", "quantity", "RATE");
      file.number("dataset1/data1/what", "nodata", kNone);
      file.number("dataset1/data1/what", "undetect", 0.0);
      std::vector<double> rain(std::size_t(kColumns * kRows), 0.0);
      rain[0] = kNone;
      rain[5] = 2.5;
      file.plane<double>("dataset1/data1/data", H5T_NATIVE_DOUBLE, kRows, kColumns, rain);
    }
    const FrameSequence rain = onlySequence(at("RZC240312355VL.801.h5"));
    QVERIFY(cellsOff(rain.geo, 0, 0, {2.689419, 49.374374}) < 0.1);
    QVERIFY(cellsOff(rain.geo, kColumns, kRows, {11.955611, 43.619022}) < 0.1);
    QVERIFY(rain.frames[0].grid->state(0, 0) == CellState::OutsideCoverage);
    QVERIFY(rain.frames[0].grid->state(0, 1) == CellState::BelowDetection);
    QCOMPARE(rain.frames[0].grid->at(0, 5), 2.5f);
  }

  void everyQuantityOfACompositeIsASequenceOfItsOwn() {
    {
      Hdf5Writer file(at("many.h5"));
      odim(file, {});
      odimData(file, "dataset1", "RATE", false, 0.1, 0.0, kCodes);
      odimData(file, "dataset2", "DBZH", true, 0.5, -32.0, kCodes);
      odimData(file, "dataset3", "QIND", true, 0.01, 0.0, kCodes);
      odimData(file, "dataset4", "ACRR", false, 0.1, 0.0, kCodes);
      for (const auto& [name, value] : {std::pair{"startdate", "20240131"}, {"starttime", "225500"},
                                        {"enddate", "20240131"}, {"endtime", "235500"}})
        file.text("dataset4/what", name, value);
    }
    const RadarFiles files = readRadarFiles({at("many.h5")});
    QCOMPARE(files.sequences.size(), 3u);
    QVERIFY(files.sequences[0].quantity == Quantity::RainRate);
    QVERIFY(files.sequences[1].quantity == Quantity::Reflectivity);
    QCOMPARE(files.sequences[0].frames[0].grid->at(0, 2), 10.0f);
    QCOMPARE(files.sequences[2].frames[0].grid->at(0, 2), 10.0f);  // an hour's sum
  }

  void odimNowcastsAreValidAtTheEndOfTheirInterval() {
    std::vector<std::string> paths;
    for (int lead = 0; lead <= 10; lead += 5) {  // one file a lead, as DWD writes them
      paths.push_back(at("composite_rv_" + std::to_string(lead) + ".h5"));
      Hdf5Writer file(paths.back());
      odim(file, {});
      odimData(file, "dataset1", "ACRR", true, 0.1, 0.0, kCodes);
      const char* edges[] = {"235000", "235500", "000000", "000500"};
      const char* days[] = {"20240131", "20240131", "20240201", "20240201"};
      file.text("dataset1/what", "startdate", days[lead / 5]);
      file.text("dataset1/what", "starttime", edges[lead / 5]);
      file.text("dataset1/what", "enddate", days[lead / 5 + 1]);
      file.text("dataset1/what", "endtime", edges[lead / 5 + 1]);
    }
    const RadarFiles files = readRadarFiles(paths);
    QVERIFY2(files.passedOver.empty(), files.passedOver.empty() ? "" : files.passedOver[0].c_str());
    QCOMPARE(files.sequences.size(), 2u);
    QVERIFY(files.sequences[0].provenance == Provenance::Observed);
    QCOMPARE(isoText(files.sequences[0].frames.at(0).validTime),
             std::string("2024-01-31T23:55:00Z"));
    QVERIFY(files.sequences[1].provenance == Provenance::Forecast);
    QCOMPARE(isoText(files.sequences[1].frames.at(1).validTime),
             std::string("2024-02-01T00:05:00Z"));
    QCOMPARE(files.sequences[1].frames[0].grid->at(0, 2), 120.0f);
  }

  void layersOfOneQuantityAreKeptApart() {
    {
      Hdf5Writer file(at("cappi.h5"));
      odim(file, {});
      for (int k = 1; k <= 3; ++k) {
        const std::string dataset = "dataset" + std::to_string(k);
        odimData(file, dataset, "DBZH", true, 0.5, -32.0, kCodes);
        file.text(dataset + "/what", "product", "CAPPI");
        file.number(dataset + "/what", "prodpar", 1000.0 * k);
      }
    }
    const RadarFiles files = readRadarFiles({at("cappi.h5")});
    QCOMPARE(files.sequences.size(), 3u);
    QVERIFY(files.sequences[1].product.find("CAPPI 2000") != std::string::npos);
    QVERIFY(files.passedOver.empty());
  }

  void cornersSayTheCellsWhereScalesAreMissing() {
    {
      Hdf5Writer file(at("noscale.h5"));
      odim(file, {});
      H5Adelete_by_name(file.id(), "where", "xscale", H5P_DEFAULT);
      H5Adelete_by_name(file.id(), "where", "yscale", H5P_DEFAULT);
      odimData(file, "dataset1", "DBZH", true, 0.5, -32.0, kCodes);
    }
    QVERIFY(std::abs(onlySequence(at("noscale.h5")).geo.cellWidth() - 500.0) < 0.1);
  }

  void sumsWithoutTheirTimesAreRefusedAsThat() {
    {
      Hdf5Writer file(at("notimes.h5"));
      odim(file, {});
      odimData(file, "dataset1", "ACRR", true, 0.1, 0.0, kCodes);
    }
    const std::string sentence = sentenceFor(at("notimes.h5"));
    QVERIFY2(sentence.find("over how long") != std::string::npos, sentence.c_str());
  }

  void productsOfOneServiceInTwoFilesAreKeptApart_data() {
    QTest::addColumn<bool>("sums");
    QTest::newRow("a maximum and a height") << false;
    QTest::newRow("sums of 5 minutes and of an hour") << true;
  }

  void productsOfOneServiceInTwoFilesAreKeptApart() {
    QFETCH(bool, sums);
    for (const bool second : {false, true}) {
      Hdf5Writer file(at(second ? "b.h5" : "a.h5"));
      odim(file, {});
      odimData(file, "dataset1", sums ? "ACRR" : "DBZH", false, 0.5, sums ? 0.0 : -32.0, kCodes);
      file.text("dataset1/what", "product", sums ? "RR" : second ? "PCAPPI" : "MAX");
      if (!sums && second) file.number("dataset1/what", "prodpar", 2000.0);
      file.text("dataset1/what", "startdate", "20240131");
      file.text("dataset1/what", "starttime", sums && second ? "225500" : "235000");
      file.text("dataset1/what", "enddate", "20240131");
      file.text("dataset1/what", "endtime", "235500");
    }
    const RadarFiles files = readRadarFiles({at("a.h5"), at("b.h5")});
    QVERIFY2(files.passedOver.empty(), files.passedOver.empty() ? "" : files.passedOver[0].c_str());
    QCOMPARE(files.sequences.size(), 2u);
    const std::string& product = files.sequences[1].product;
    QVERIFY2(product.find(sums ? "sums of 60 min" : "PCAPPI 2000") != std::string::npos, product.c_str());
  }

  void anIntervalMayEndWithItsLastSecond() {
    {
      Hdf5Writer file(at("second.h5"));
      odim(file, {});
      odimData(file, "dataset1", "ACRR", false, 0.5, 0.0, kCodes);
      for (const auto& [name, text] : {std::pair{"startdate", "20240131"}, std::pair{"starttime", "235000"},
                                       std::pair{"enddate", "20240131"}, std::pair{"endtime", "235459"}})
        file.text("dataset1/what", name, text);
    }
    const FrameSequence rain = onlySequence(at("second.h5"));
    QCOMPARE(rain.sumMinutes, 5.0);
    QVERIFY2(rain.product.ends_with("sums of 5 min"), rain.product.c_str());
  }

  void sevirLrIsReadWithTheCatalogueOfAllItsTimes() {
    fs::create_directories(at("lr/data/vil/2019"));
    {
      Hdf5Writer file(at("lr/data/vil/2019/SEVIR_VIL_STORMEVENTS_2019_0101_0630.h5"));
      const hsize_t lengths[4] = {1, 4, 4, 25};
      const hid_t space = H5Screate_simple(4, lengths, nullptr);
      const hid_t vil =
          H5Dcreate2(file.id(), "vil", H5T_NATIVE_UCHAR, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
      std::vector<unsigned char> values(4 * 4 * 25);
      for (std::size_t k = 0; k < values.size(); ++k) values[k] = static_cast<unsigned char>(k % 25);
      H5Dwrite(vil, H5T_NATIVE_UCHAR, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
      H5Dclose(vil);
      H5Sclose(space);
    }
    std::string offsets = "-120.0";
    for (int k = 1; k < 49; ++k) offsets += ":" + std::to_string(5 * k - 120) + ".0";
    std::ofstream(at("lr/CATALOG.csv"))
        << "id,file_name,file_index,img_type,time_utc,minute_offsets,episode_id,event_id,event_type,llcrnrlat,llcrnrlon,"
           "urcrnrlat,urcrnrlon,proj,size_x,size_y,height_m,width_m,data_min,data_max,pct_missing\n"
           "S1,vil/2019/SEVIR_VIL_STORMEVENTS_2019_0101_0630.h5,0.0,vil,2019-01-05 12:00:00,"
        << offsets
        << ",1,1,Hail,34.208995,-99.739122,37.648751,-95.455292,"
           "+proj=laea +lat_0=38 +lon_0=-98 +units=m +a=6370997.0 +ellps=sphere ,384,384,384000,384000,0,254,0\n";
    const FrameSequence lr = onlySequence(at("lr"));
    QCOMPARE(lr.event, std::string("S1 Hail"));
    QCOMPARE(lr.frames.size(), 25u);
    QCOMPARE(stepMinutes(lr), 10.0);
    QCOMPARE(isoText(lr.frames.front().validTime), std::string("2019-01-05T10:00:00Z"));
    QCOMPARE(isoText(lr.frames.back().validTime), std::string("2019-01-05T14:00:00Z"));
    QCOMPARE(lr.geo.cellWidth(), 96000.0);
    for (int t = 0; t < 25; ++t) QCOMPARE(lr.frames[std::size_t(t)].grid->at(3, 0), float(t));
    std::ifstream catalogue(at("lr/CATALOG.csv"), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(catalogue), {}};
    std::ofstream(at("lr/CATALOG.csv"), std::ios::binary) << "\xef\xbb\xbf" + text;  // as spreadsheets save it
    QCOMPARE(onlySequence(at("lr/CATALOG.csv")).event, std::string("S1 Hail"));
    std::string apart = text;  // as spreadsheets of other countries save it
    std::ranges::replace(apart, ',', ';');
    for (const char* point : {"34.208995", "-99.739122", "37.648751"})
      apart.replace(apart.find(point), std::strlen(point), QString(point).replace('.', ',').toStdString());
    const QString wide = QString::fromStdString(apart).replace("Hail", "Hagel\u00fc\U0001F327");
    QByteArray little("\xff\xfe"), big("\xfe\xff"), latin = QByteArray::fromStdString(apart).replace("Hail", "H\xe4il");
    for (const QChar c : wide) {
      little += char(c.unicode() & 0xff), little += char(c.unicode() >> 8);
      big += char(c.unicode() >> 8), big += char(c.unicode() & 0xff);
    }
    for (const auto& [bytes, event] : {std::pair{QByteArray::fromStdString(apart), "S1 Hail"},
                                       {little, "S1 Hagel\u00fc\U0001F327"}, {big, "S1 Hagel\u00fc\U0001F327"},
                                       {latin, "S1 H\u00e4il"}}) {
      std::ofstream(at("lr/CATALOG.csv"), std::ios::binary) << bytes.toStdString();
      QCOMPARE(onlySequence(at("lr/CATALOG.csv")).event, std::string(event));
      QCOMPARE(onlySequence(at("lr")).frames.size(), 25u);
    }
    std::ofstream(at("lr/CATALOG.csv"), std::ios::binary) << text;
    const std::string missed = sentenceFor(at("lr/data/vil/2019/SEVIR_VIL_STORMEVENTS_2019_0101_0630.h5#NOPE"));
    QVERIFY2(missed.find("It holds S1.") != std::string::npos, missed.c_str());
    QCOMPARE(onlySequence(at("lr/data/vil/2019/SEVIR_VIL_STORMEVENTS_2019_0101_0630.h5")).frames.size(), 25u);
    const std::string none = sentenceFor(at("lr#NOPE"));
    QVERIFY2(none.find("no event NOPE") != std::string::npos, none.c_str());
  }

  void sevirsOtherSensorsAreNamed() {
    {
      Hdf5Writer file(at("SEVIR_IR107.h5"));
      file.plane<short>("ir107", H5T_NATIVE_SHORT, 2, 2, {1, 2, 3, 4});
      file.plane<short>("id", H5T_NATIVE_SHORT, 1, 1, {1});
    }
    QVERIFY(sentenceFor(at("SEVIR_IR107.h5")).find("ir107") != std::string::npos);
  }
};

QTEST_APPLESS_MAIN(TestHdf5Variants)
#include "tst_hdf5_variants.moc"
