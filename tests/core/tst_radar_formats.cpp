// What each service's files are, read from the files beside the project (positions and values from
// their READMEs, computed independently) and from files made here by the formats' descriptions.
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>

#include "core/errors.h"
#include "core/formats/time_in_name.h"
#include "core/radar_files.h"
#include "tests/support/pgm_sample.h"
#include "tests/support/hdf5_writer.h"
#include "tests/support/radolan_sample.h"

using namespace stormloom;

namespace {

const std::string kRadar = STORMLOOM_SHARED_DIR "/data/radar/";

double cellsOff(const GeoReference& geo, int row, int col, LonLat expected) {
  const CellPoint found = geo.cellFromLonLat(expected);
  return std::hypot(found.col - (col + 0.5), found.row - (row + 0.5));
}

bool isNear(double value, double expected, double tolerance) {
  return std::abs(value - expected) <= tolerance;
}

/// A corner of the grid, in metres off a published place.
double cornerDegreesOff(const GeoReference& geo, double col, double row, LonLat expected) {
  const LonLat found = geo.lonLatFromCell({col, row});
  return std::max(std::abs(found.lon - expected.lon), std::abs(found.lat - expected.lat));
}

struct Check {
  const char* name;
  const char* pattern;
  const char* product;
  Quantity quantity;
  int width, height, frames;
  double step;
  const char* firstTime;
  LonLatBox bounds;
  double max, mean, wet;
  std::int64_t outside;
  struct Cell {
    int row, col;
    LonLat centre;
    double value;  ///< NaN: none is given
  } cells[4];
};

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

const Check kChecks[] = {{"FMI PGM",
                          "fmi_pgm/*.gz",
                          "FMI LOWEST",
                          Quantity::Reflectivity,
                          760,
                          1226,
                          40,
                          5.0,
                          "2016-09-28T14:45:00Z",
                          {15.045245, 57.93, 34.903, 69.311016},
                          49.0,
                          kNone,
                          0.414634,
                          226844,
                          {{817, 268, {22.84382, 61.77154}, 49.0},
                           {0, 0, {15.060292, 68.997971}, kNone},
                           {613, 380, {24.989495, 63.646879}, 29.0},
                           {1225, 759, {31.358930, 57.936915}, kNone}}},
                         {"FMI GeoTIFF",
                          "fmi_geotiff/*.tif",
                          "GeoTIFF Corrected reflectivity",
                          Quantity::Reflectivity,
                          4963,
                          7316,
                          2,
                          5.0,
                          "2016-09-28T14:45:00Z",
                          {6.682740, 55.934170, 43.120292, 72.856141},
                          53.0,
                          kNone,
                          0.415266,
                          24670929,
                          {{4910, 1942, {22.99864, 61.78513}, 53.0},
                           {0, 0, {6.687284, 71.790339}, kNone},
                           {3658, 2481, {25.404994, 64.644154}, 18.0},
                           {7315, 4962, {35.766223, 56.132142}, kNone}}},
                         {"BOM",
                          "bom/*.nc",
                          "Bias Corrected Radar Accumulation (10 min)",
                          Quantity::RainRate,
                          512,
                          512,
                          25,
                          10.0,
                          "2020-10-31T04:00:00Z",
                          {151.927784, -28.872431, 154.552216, -26.556932},
                          91.8,
                          6 * 0.4264149,
                          0.2458077,
                          0,
                          {{270, 201, {152.96341, -27.78292}, 91.8},
                           {0, 0, {151.957658, -26.559211}, kNone},
                           {256, 256, {153.242536, -27.720055}, 6 * 3.05},
                           {511, 511, {154.549626, -28.864046}, kNone}}},
                         {"MeteoSwiss",
                          "mch/*.gif",
                          "MeteoSwiss AQC",
                          Quantity::RainRate,
                          710,
                          640,
                          25,
                          5.0,
                          "2016-07-11T20:45:00Z",
                          {2.689419, 43.619022, 12.462328, 49.468369},
                          12 * 7.647895,
                          0.396573,
                          0.148994,
                          134628,
                          {{477, 356, {7.58489, 45.17445}, 12 * 7.647895},
                           {0, 0, {2.696701, 49.370163}, kNone},
                           {320, 355, {7.575638, 46.586688}, 12 * 0.446898},
                           {639, 709, {11.949793, 43.623766}, kNone}}}};

}  // namespace

class TestRadarFormats : public QObject {
  Q_OBJECT

private:
  QTemporaryDir folder_;
  std::string at(const std::string& name) const {
    return folder_.filePath(QString::fromStdString(name)).toStdString();
  }
  std::string written(const std::string& name, const std::string& bytes) const {
    std::ofstream(at(name), std::ios::binary) << bytes;
    return at(name);
  }
  std::string sentenceFor(const std::string& path) {
    try {
      readRadarFiles({path});
      return {};
    } catch (const IoError& error) {
      return error.what();
    }
  }
  FrameSequence readOne(const std::string& path) {
    const RadarFiles files = readRadarFiles({path});
    if (files.sequences.size() != 1) throw IoError(path + ": not one sequence");
    return files.sequences.front();
  }

  /// An ODIM composite of 4 x 3 cells of 2 km, whose corners were computed by gdaltransform.
  void writeOdim(const std::string& path, const std::string& object, double scale,
                 const std::function<void(Hdf5Writer&)>& more) {
    Hdf5Writer file(path);
    for (const char* group : {"what", "where", "dataset1/what", "dataset1/data1/what"})
      file.group(group);
    file.text("what", "object", object);
    file.text("what", "date", "20240131");
    file.text("what", "time", "235500");
    file.text("what", "source", "ORG:82");
    file.text("where", "projdef",
              "+proj=laea +lat_0=55 +lon_0=10 +x_0=1950000 +y_0=-2100000 +units=m +ellps=WGS84");
    file.number("where", "xsize", 4);
    file.number("where", "ysize", 3);
    file.number("where", "xscale", scale);
    file.number("where", "yscale", scale);
    const std::pair<const char*, LonLat> corners[] = {{"UL", {10, 55}},
                                                      {"UR", {10.1250113427569, 54.9999359209389}},
                                                      {"LL", {10, 54.946102820948}},
                                                      {"LR", {10.1248441601163, 54.9460388397557}}};
    for (const auto& [name, place] : corners) {
      file.number("where", std::string(name) + "_lon", place.lon);
      file.number("where", std::string(name) + "_lat", place.lat);
    }
    more(file);
  }

private Q_SLOTS:
  void filesAreReadAsTheirReadmeSays_data() {
    QTest::addColumn<int>("number");
    for (int k = 0; k < int(std::size(kChecks)); ++k) QTest::newRow(kChecks[k].name) << k;
  }

  void filesAreReadAsTheirReadmeSays() {
    QFETCH(int, number);
    const Check& check = kChecks[number];
    const std::string folder =
        kRadar + std::string(check.pattern).substr(0, std::string(check.pattern).find('/'));
    if (!std::filesystem::exists(folder)) QSKIP("The radar data beside the project are missing.");
    const FrameSequence sequence = readOne(kRadar + check.pattern);
    QCOMPARE(sequence.product, std::string(check.product));
    QVERIFY(sequence.quantity == check.quantity);
    QCOMPARE(sequence.width(), check.width);
    QCOMPARE(sequence.height(), check.height);
    QCOMPARE(int(sequence.frames.size()), check.frames);
    QCOMPARE(stepMinutes(sequence), check.step);
    QCOMPARE(isoText(sequence.frames.front().validTime), std::string(check.firstTime));
    const LonLatBox box = sequence.geo.bounds();
    QVERIFY(isNear(box.west, check.bounds.west, 2e-6) &&
            isNear(box.south, check.bounds.south, 2e-6));
    QVERIFY(isNear(box.east, check.bounds.east, 2e-6) &&
            isNear(box.north, check.bounds.north, 2e-6));
    const RadarGrid& first = *sequence.frames.front().grid;
    const GridSummary summary = summarize(first, check.quantity);
    QVERIFY(isNear(summary.max, check.max, 1e-4 * check.max));
    if (!std::isnan(check.mean)) QVERIFY(isNear(summary.mean, check.mean, 1e-5 * check.mean));
    QCOMPARE(std::llround(summary.outsideFraction * double(first.size())), check.outside);
    QVERIFY(isNear(summary.wetFraction, check.wet, 1e-6));
    for (const Check::Cell& cell : check.cells) {
      QVERIFY(cellsOff(sequence.geo, cell.row, cell.col, cell.centre) < 0.02);
      if (!std::isnan(cell.value))
        QVERIFY(isNear(first.at(cell.row, cell.col), cell.value, 2e-6 * cell.value));
    }
  }

  void radolanRxIsPlacedByDwdsCorners() {
    std::vector<unsigned> values(900 * 900, 250);
    values[0] = 100;         // south-western cell
    values[1] = 0;           // no echo
    values[2] = 249;         // clutter
    values[899 * 900] = 65;  // north-western cell
    const FrameSequence rx =
        readOne(written("rx.bin", radolanSample("RX", "E+00", 5, 900, 900, 3, values, 1)));
    QVERIFY(rx.quantity == Quantity::Reflectivity);
    QCOMPARE(isoText(rx.frames[0].validTime), std::string("2014-08-02T14:50:00Z"));
    const RadarGrid& grid = *rx.frames[0].grid;
    QCOMPARE(grid.at(899, 0), 17.5f);
    QCOMPARE(grid.at(0, 0), 0.0f);
    QVERIFY(grid.state(899, 1) == CellState::BelowDetection);
    QVERIFY(grid.state(899, 2) == CellState::Missing);
    QVERIFY(grid.state(899, 3) == CellState::OutsideCoverage);
    // DWD, "RADOLAN/RADVOR, description of the composite format": corners to four digits.
    QVERIFY(cornerDegreesOff(rx.geo, 0, 900, {3.5889, 46.9526}) < 1e-4);
    QVERIFY(cornerDegreesOff(rx.geo, 900, 900, {14.6209, 47.0705}) < 1e-4);
    QVERIFY(cornerDegreesOff(rx.geo, 900, 0, {15.7208, 54.7405}) < 1e-4);
    QVERIFY(cornerDegreesOff(rx.geo, 0, 0, {2.0715, 54.5877}) < 1e-4);
  }

  void radolanRainKeepsItsFlags() {
    std::vector<unsigned> values(900 * 1100, 0x29c4);
    values[0] = 123;
    values[1] = 0;
    values[2] = 0x8000 | 55;  // clutter
    values[3] = 0x1000 | 30;  // interpolated: a value as well
    values[4] = 0x4000 | 5;   // negative
    const FrameSequence ry =
        readOne(written("ry.bin", radolanSample("RY", "E-02", 5, 1100, 900, 3, values, 2)));
    QVERIFY(ry.quantity == Quantity::RainRate);
    const RadarGrid& grid = *ry.frames[0].grid;
    QCOMPARE(grid.at(1099, 0), 12 * 1.23f);
    QCOMPARE(grid.at(1099, 1), 0.0f);
    QVERIFY(grid.state(1099, 2) == CellState::Missing);
    QCOMPARE(grid.at(1099, 3), 12 * 0.3f);
    QVERIFY(grid.state(1099, 4) == CellState::Missing);
    QVERIFY(grid.state(1099, 5) == CellState::OutsideCoverage);
    QVERIFY(cornerDegreesOff(ry.geo, 0, 1100, {4.6759, 46.1929}) < 1e-4);
    QVERIFY(cornerDegreesOff(ry.geo, 900, 0, {17.1128, 55.5342}) < 1e-4);
    const FrameSequence rw =
        readOne(written("rw.bin", radolanSample("RW", "E-01", 60, 1100, 900, 3, values, 2)));
    QCOMPARE(rw.frames[0].grid->at(1099, 0), 12.3f);
  }

  void newRadolanCompositesLieOnTheEllipsoid() {
    const std::vector<unsigned> values(1200 * 1100, 850);  // 10 * (2 dBZ + 65) = 850: 10 dBZ
    const FrameSequence wn =
        readOne(written("wn.bin", radolanSample("WN", "E-01", 5, 1200, 1100, 5, values, 2)));
    QCOMPARE(wn.frames[0].grid->at(0, 0), 10.0f);
    // DWD's corners of the grid DE1200.
    QVERIFY(cornerDegreesOff(wn.geo, 0, 0, {1.463301510, 55.86208711}) < 1e-7);
    QVERIFY(cornerDegreesOff(wn.geo, 1100, 0, {18.73161645, 55.84543856}) < 1e-7);
    QVERIFY(cornerDegreesOff(wn.geo, 1100, 1200, {16.58086935, 45.68460578}) < 1e-7);
    QVERIFY(cornerDegreesOff(wn.geo, 0, 1200, {3.566994635, 45.69642538}) < 1e-7);
  }

  void radolanSumsOfADayAreRefused() {
    const std::vector<unsigned> values(900 * 900, 1);
    const std::string sentence =
        sentenceFor(written("sf.bin", radolanSample("RW", "E-01", 1440, 900, 900, 3, values, 2)));
    QVERIFY2(sentence.find("1440 minutes") != std::string::npos, sentence.c_str());
    QVERIFY(sentenceFor(written("pg.bin", radolanSample("PG", "E-01", 5, 900, 900, 3, values, 2)))
                .find("product PG") != std::string::npos);
  }

  void dwdAsciiGridsAreReadByTheirName() {
    std::string text =
        "ncols 900\nnrows 900\nxllcorner -523462\nyllcorner -4658645\ncellsize 1000\nnodata_value "
        "-1\n";
    for (int row = 0; row < 900; ++row) {
      for (int col = 0; col < 900; ++col)
        text += row == 0 && col == 0 ? "57 " : col == 1 ? "-1 " : "0 ";
      text += "\n";
    }
    const FrameSequence rw = readOne(written("RW_20170711-1950.asc", text));
    QCOMPARE(isoText(rw.frames[0].validTime), std::string("2017-07-11T19:50:00Z"));
    QCOMPARE(rw.frames[0].grid->at(0, 0), 5.7f);
    QVERIFY(rw.frames[0].grid->state(0, 1) == CellState::OutsideCoverage);
    QVERIFY(cornerDegreesOff(rw.geo, 0, 0, {2.0715, 54.5877}) < 1e-4);
    QVERIFY(sentenceFor(written("rain_20170711-1950.asc", text)).find("name") != std::string::npos);
    QVERIFY(sentenceFor(written("RW_nowhen.asc", text)).find("time") != std::string::npos);
    QVERIFY(sentenceFor(written("RW_20170711-1955.asc", text.substr(0, 5000))).find("number") !=
            std::string::npos);
  }

  void odimReflectivityIsScaledAndCoded() {
    writeOdim(at("dbz.h5"), "COMP", 2000.0, [](Hdf5Writer& file) {
      // As ODIM has it: what lies lower in the tree wins.
      file.text("dataset1/what", "quantity", "DBZH");
      file.number("dataset1/what", "gain", 99.0);
      file.number("dataset1/data1/what", "gain", 0.5);
      file.number("dataset1/data1/what", "offset", -32.0);
      file.number("dataset1/data1/what", "nodata", 255.0);
      file.number("dataset1/data1/what", "undetect", 0.0);
      file.plane<unsigned char>("dataset1/data1/data", H5T_NATIVE_UCHAR, 3, 4,
                                {0, 255, 100, 64, 1, 2, 3, 4, 5, 6, 7, 200});
    });
    const FrameSequence dbz = readOne(at("dbz.h5"));
    const RadarGrid& grid = *dbz.frames[0].grid;
    QVERIFY(dbz.quantity == Quantity::Reflectivity);
    QCOMPARE(isoText(dbz.frames[0].validTime), std::string("2024-01-31T23:55:00Z"));
    QVERIFY(grid.state(0, 0) == CellState::BelowDetection);
    QVERIFY(grid.state(0, 1) == CellState::OutsideCoverage);
    QCOMPARE(grid.at(0, 2), 18.0f);
    QCOMPARE(grid.at(2, 3), 68.0f);
    QVERIFY(cellsOff(dbz.geo, 0, 0, {10.0156229455733, 54.9910161641258}) < 1e-4);
  }

  void nationalOdimFilesMayGiveKilometresAndNaN() {
    constexpr double inf = std::numeric_limits<double>::infinity();
    writeOdim(at("rate.h5"), "COMP", 2.0, [](Hdf5Writer& file) {
      file.text("dataset1/data1/what", "quantity", "RATE");
      file.number("dataset1/data1/what", "nodata", kNone);
      file.number("dataset1/data1/what", "undetect", -inf);
      file.plane<double>("dataset1/data1/data", H5T_NATIVE_DOUBLE, 3, 4,
                         {kNone, -inf, 0.0, 4321.5, -7.0, inf, 1, 1, 1, 1, 1, 1});
    });
    const FrameSequence rate = readOne(at("rate.h5"));
    const RadarGrid& grid = *rate.frames[0].grid;
    QCOMPARE(rate.geo.cellWidth(), 2000.0);
    QVERIFY(grid.state(0, 0) == CellState::OutsideCoverage);
    QVERIFY(grid.state(0, 1) == CellState::BelowDetection);
    QCOMPARE(grid.at(0, 2), 0.0f);
    QCOMPARE(grid.at(0, 3), 4321.5f);
    QVERIFY(grid.state(1, 0) == CellState::Missing);
    QVERIFY(grid.state(1, 1) == CellState::Missing);
  }

  void odimAccumulationsBecomeRates() {
    writeOdim(at("acrr.h5"), "COMP", 2000.0, [](Hdf5Writer& file) {
      file.text("dataset1/what", "quantity", "ACRR");
      file.text("dataset1/what", "startdate", "20240131");
      file.text("dataset1/what", "starttime", "234500");
      file.text("dataset1/what", "enddate", "20240131");
      file.text("dataset1/what", "endtime", "240000");
      file.plane<double>("dataset1/data1/data", H5T_NATIVE_DOUBLE, 3, 4,
                         std::vector<double>(12, 2.5));
    });
    QCOMPARE(readOne(at("acrr.h5")).frames[0].grid->at(1, 1), 10.0f);
  }

  void dataInOtherFilesAreNotFollowed() {
    writeOdim(at("other.h5"), "COMP", 2000.0, [](Hdf5Writer& file) {
      file.text("dataset1/what", "quantity", "RATE");
      H5Lcreate_external("/etc/passwd", "/data", file.id(), "dataset1/data1/data", H5P_DEFAULT,
                         H5P_DEFAULT);
    });
    QVERIFY(sentenceFor(at("other.h5")).find("other files") != std::string::npos);
  }

  void knmiFilesOfManyImagesAreTakenByNumber() {
    {
      Hdf5Writer file(at("many.h5"));
      file.group("overview");
      file.text("overview", "product_group_name", "RAD_NL25_PCP_NA");
      file.text("overview", "product_datetime_start", "31-DEC-2023;23:00:00.000");
      file.text("overview", "product_datetime_end", "31-DEC-2023;23:55:00.000");
      file.group("geographic/map_projection");
      file.text(
          "geographic/map_projection", "projection_proj4_params",
          "+proj=stere +lat_0=90 +lon_0=0.0 +lat_ts=60.0 +a=6378.137 +b=6356.752 x_0=0 y_0=0");
      file.text("geographic", "geo_dim_pixel", "KM,KM");
      file.number("geographic", "geo_number_columns", 3);
      file.number("geographic", "geo_number_rows", 2);
      file.number("geographic", "geo_pixel_size_x", 1.0000035);
      file.number("geographic", "geo_pixel_size_y", -1.0000048);
      file.number("geographic", "geo_column_offset", 0.0);
      file.number("geographic", "geo_row_offset", 3649.982);
      for (const int image : {1, 2, 10}) {
        const std::string name = "image" + std::to_string(image);
        file.group(name + "/calibration");
        file.text(name, "image_geo_parameter", "REFLECTIVITY_[DBZ]");
        file.text(name, "image_datetime_valid",
                  image == 10 ? "31-DEC-2023;24:00:00.000"
                              : "31-DEC-2023;23:5" + std::to_string(image) + ":00.000");
        file.text(name + "/calibration", "calibration_formulas",
                  "GEO = 0.500000 * PV + -32.000000");
        file.number(name + "/calibration", "calibration_missing_data", 254);
        file.number(name + "/calibration", "calibration_out_of_image", 255);
        file.plane<unsigned char>(
            name + "/image_data", H5T_NATIVE_UCHAR, 2, 3,
            {0, 254, 255, 64, static_cast<unsigned char>(64 + 2 * image), 100});
      }
    }
    const FrameSequence knmi = readOne(at("many.h5"));
    QCOMPARE(knmi.frames.size(), 3u);
    QCOMPARE(isoText(knmi.frames[2].validTime), std::string("2024-01-01T00:00:00Z"));
    QCOMPARE(knmi.frames[1].grid->at(1, 1), 2.0f);
    QCOMPARE(knmi.frames[2].grid->at(1, 1), 10.0f);
    QVERIFY(knmi.frames[0].grid->state(0, 0) == CellState::BelowDetection);
    QVERIFY(knmi.frames[0].grid->state(0, 1) == CellState::Missing);
    QVERIFY(knmi.frames[0].grid->state(0, 2) == CellState::OutsideCoverage);
    QVERIFY(cornerDegreesOff(knmi.geo, 0, 0, {0.0, 55.973562}) < 2e-5);
  }

  void polarVolumesAreRefusedByName() {
    writeOdim(at("volume.h5"), "PVOL", 2000.0, [](Hdf5Writer&) {});
    const std::string sentence = sentenceFor(at("volume.h5"));
    QVERIFY2(sentence.find("PVOL") != std::string::npos &&
                 sentence.find("composite") != std::string::npos,
             sentence.c_str());
    QVERIFY(sentenceFor(written("KTLX20190610_000000_V06", "AR2V0006.001aaaaaaaaaa"))
                .find("level II") != std::string::npos);
    QVERIFY(sentenceFor(written("sample.bufr", "BUFR\1\2\3\4aaaaaaaaaaaa")).find("BUFR") !=
            std::string::npos);
    QVERIFY(sentenceFor(written("map.png", "\x89PNG\r\n\x1a\naaaaaaaaaaaa")).find("picture") !=
            std::string::npos);
    QVERIFY(sentenceFor(written("rain.bz2", "BZh91AY&SYaaaaaaaaaa")).find("unpacked") !=
            std::string::npos);
  }

  void fmisTimeMayStandInTheNameAlone() {
    std::string bytes = pgmSample();
    const std::size_t line = bytes.find("# obstime");
    QVERIFY(line != std::string::npos);
    bytes.erase(line, bytes.find('\n', line) + 1 - line);
    QCOMPARE(isoText(readOne(written("201609281450_fmi.pgm", bytes)).frames[0].validTime),
             std::string("2016-09-28T14:50:00Z"));
    QVERIFY(sentenceFor(written("fmi.pgm", bytes)).find("valid time") != std::string::npos);
  }

  void timesInNamesAreFound_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("time");
    QTest::newRow("together") << "201609281445_FINUTM.tif"
                              << "2016-09-28T14:45:00Z";
    QTest::newRow("seconds") << "MRMS_PrecipRate_00.00_20190610-000036.grib2.gz"
                             << "2019-06-10T00:00:36Z";
    QTest::newRow("underscore") << "/data/2001/66_20201031_040000.prcp-c10.nc"
                                << "2020-10-31T04:00:00Z";
    QTest::newRow("day of the year") << "AQC161932045V_00005.801.gif"
                                     << "2016-07-11T20:45:00Z";
    QTest::newRow("last day of a leap year") << "AQC163662355F_00005.801.gif"
                                             << "2016-12-31T23:55:00Z";
    QTest::newRow("DWD") << "raa01-rx_10000-1408102050-dwd---bin"
                         << "2014-08-10T20:50:00Z";
    QTest::newRow("ISO") << "rain_2019-06-10T12-30-15Z.tif"
                         << "2019-06-10T12:30:15Z";
    QTest::newRow("ISO with colons") << "rain_2019-06-10T12:30:15Z.nc"
                                     << "2019-06-10T12:30:15Z";
    QTest::newRow("ISO without seconds") << "rain 2019-06-10 1230_00.tif"
                                         << "2019-06-10T12:30:00Z";
    QTest::newRow("hour 24 is the next day") << "rain_201906302400.tif"
                                             << "2019-07-01T00:00:00Z";
    QTest::newRow("a zone") << "rain_20190610T1205+0200.tif"
                            << "2019-06-10T10:05:00Z";
    QTest::newRow("how far a nowcast looks") << "nowcast_202405011205+0030.tif"
                                             << "2024-05-01T12:05:00Z";
    QTest::newRow("no zone") << "rain_20190610T1205+forecast.tif"
                             << "2019-06-10T12:05:00Z";
    QTest::newRow("day first") << "rr_10.06.2019_12-15.tif"
                               << "2019-06-10T12:15:00Z";
    QTest::newRow("day first, clock together") << "rr 10.06.2019 121530.tif"
                                               << "2019-06-10T12:15:30Z";
    QTest::newRow("a full year and its day") << "2019161_1240_rain.tif"
                                             << "2019-06-10T12:40:00Z";
    QTest::newRow("a full year and its day together") << "GOES_s20191611240123_e1.nc"
                                                      << "2019-06-10T12:40:12Z";
    QTest::newRow("no such day") << "32.06.2019_12-15.tif"
                                 << "";
    QTest::newRow("no such month") << "rain_201913101230.tif"
                                   << "";
    QTest::newRow("a number") << "radar_12345.h5"
                              << "";
    QTest::newRow("only a date") << "rain_20190610.tif"
                                 << "";
  }

  void timesInNamesAreFound() {
    QFETCH(QString, name);
    QFETCH(QString, time);
    const auto found = timeInName(name.toStdString());
    QCOMPARE(QString::fromStdString(found ? isoText(*found) : ""), time);
  }
};

QTEST_APPLESS_MAIN(TestRadarFormats)
#include "tst_radar_formats.moc"
