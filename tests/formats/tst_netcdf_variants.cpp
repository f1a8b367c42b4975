// CF NetCDF as different programs write it: times, units, packing, axes and projections, each made here and read back.
#include <QTemporaryDir>
#include <QtTest>
#include <functional>

#include "core/cf_projection.h"
#include "core/export_files.h"
#include "tests/support/netcdf_writer.h"
#include "tests/support/proj_place.h"
#include "tests/support/read_sentence.h"

using namespace stormloom;

namespace {

std::vector<double> counted(std::size_t count, double first = 1.0) {
  std::vector<double> values;
  for (std::size_t k = 0; k < count; ++k) values.push_back(first + double(k));
  return values;
}

/// 2 rows from the north, 3 columns, 0.5 degree: cell (0, 0) holds 1, (1, 2) holds 6.
void plainAxes(NetCdfWriter& file) {
  file.text("", "Conventions", "CF-1.7");
  file.axis("lat", "degrees_north", 51.0, -0.5, 2);
  file.axis("lon", "degrees_east", 5.0, 0.5, 3);
}

void rainRate(NetCdfWriter& file, const std::vector<std::string>& dimensions, const std::string& units = "mm h-1") {
  file.variable("rain_rate", NC_FLOAT, dimensions);
  file.text("rain_rate", "units", units);
}

}  // namespace

class TestNetCdfVariants : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::string at(const std::string& name) const { return folder_.filePath(QString::fromStdString(name)).toStdString(); }

private Q_SLOTS:
  void timesAreCountedInManyWays_data() {
    QTest::addColumn<QString>("units");
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("time");
    const auto row = [](const char* units, double value, const char* time) {
      QTest::newRow(units) << units << value << time;
    };
    row("seconds since 1970-01-01", 1560168060, "2019-06-10T12:01:00Z");
    row("seconds since 1970-01-01T00:00:00Z", 1560168060, "2019-06-10T12:01:00Z");
    row("seconds since 1970-01-01 00:00:00.000", 1560168060, "2019-06-10T12:01:00Z");
    row("minutes since 2019-06-10 00:00", 721, "2019-06-10T12:01:00Z");
    row("Minutes since 2019-06-10 00:00:00 UTC", 721, "2019-06-10T12:01:00Z");
    row("hours since 2019-06-10 00:00:0.0", 12.5, "2019-06-10T12:30:00Z");
    row("h since 2019-6-1 6:0:0", 222.5, "2019-06-10T12:30:00Z");
    row("hours since 2019-06-10 02:00:00 +02:00", 12.5, "2019-06-10T12:30:00Z");
    row("hours since 2019-06-10 05:30:00 +0530", 12.5, "2019-06-10T12:30:00Z");
    row("hours since 2019-06-09 18:30:00.0 -5:30", 12.5, "2019-06-10T12:30:00Z");
    row("hours since 2019-6-10 0:0:0 0:00", 12.5, "2019-06-10T12:30:00Z");
    row("days since 1900-01-01 00:00:00", 43624.5, "2019-06-10T12:00:00Z");
    row("milliseconds since 1970-01-01", 1560168060000.0, "2019-06-10T12:01:00Z");
    row("day as %Y%m%d.%f", 20190610.5, "2019-06-10T12:00:00Z");
  }

  void timesAreCountedInManyWays() {
    QFETCH(QString, units);
    QFETCH(double, value);
    QFETCH(QString, time);
    {
      NetCdfWriter file(at("time.nc"));
      plainAxes(file);
      file.axis("time", units.toStdString(), value, 0.0, 1);
      rainRate(file, {"time", "lat", "lon"});
      file.put("rain_rate", counted(6));
    }
    const FrameSequence rain = onlySequence(at("time.nc"));
    QCOMPARE(QString::fromStdString(isoText(rain.frames.at(0).validTime)), time);
    QCOMPARE(rain.frames[0].grid->at(1, 2), 6.0f);
    QVERIFY(cellsOff(rain.geo, 0.5, 0.5, {5.0, 51.0}) < 1e-6);
  }

  void calendarsOfClimateModelsAreRefused() {
    {
      NetCdfWriter file(at("calendar.nc"));
      plainAxes(file);
      file.axis("time", "days since 2000-01-01", 10, 1, 1);
      file.text("time", "calendar", "360_day");
      rainRate(file, {"time", "lat", "lon"});
    }
    QVERIFY(sentenceFor(at("calendar.nc")).find("360_day") != std::string::npos);
  }

  void unitsAreSpelledInManyWays_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("units");
    QTest::addColumn<double>("factor");  // 0: refused
    const auto row = [](const char* name, const char* units, double factor) {
      QTest::addRow("%s in %s", name, units) << name << units << factor;
    };
    for (const char* same : {"mm h-1", "mm/h", "mm/hr", "mm hr-1", "mm hour-1", "mm.h-1", "mm h**-1", "mm/hour",
                             "millimeter/hour", "mm per hour", "kg m-2 h-1", "[mm/h]", "MM/HR"})
      row("rainfall_rate", same, 1.0);
    for (const char* second : {"kg m-2 s-1", "kg/m2/s", "kg/(m^2 s)", "mm s-1", "kg m**-2 s**-1"})
      row("precipitation_flux", second, 3600.0);
    row("rainfall_rate", "m s-1", 3.6e6);
    row("rain", "mm/5min", 12.0);
    row("rain", "mm (10min)-1", 6.0);
    row("rain", "0.1 mm/h", 0.1);
    row("rain", "mm/day", 1.0 / 24.0);
    row("rain", "mm d-1", 1.0 / 24.0);
    row("rain", "in/h", 25.4);
    row("rain", "cm h-1", 10.0);
    row("seville_rain", "kg m-2 h-1", 1.0);
    row("wind_speed", "m s-1", 0.0);
    row("rain_quality", "mm h-1", 0.0);
  }

  void unitsAreSpelledInManyWays() {
    QFETCH(QString, name);
    QFETCH(QString, units);
    QFETCH(double, factor);
    const std::string variable = name.toStdString();
    {
      NetCdfWriter file(at("unit_201906101200.nc"));
      plainAxes(file);
      file.variable(variable, NC_DOUBLE, {"lat", "lon"});
      file.text(variable, "units", units.toStdString());
      file.put(variable, counted(6));
    }
    if (factor == 0.0) {
      QVERIFY(!sentenceFor(at("unit_201906101200.nc")).empty());
      return;
    }
    const FrameSequence rain = onlySequence(at("unit_201906101200.nc"));
    QVERIFY(rain.quantity == Quantity::RainRate);
    QVERIFY(std::abs(rain.frames[0].grid->at(0, 1) - 2.0 * factor) < 1e-6 * factor);
  }

  void reflectivityAndVilAreKnownByTheirUnits() {
    {
      NetCdfWriter file(at("two_201906101200.nc"));
      plainAxes(file);
      file.text("", "title", "Composite");
      file.variable("DBZH", NC_FLOAT, {"lat", "lon"});
      file.text("DBZH", "units", "dBZ");
      file.put("DBZH", {-12.5, 0, 30, 55, -9999, 500});
      file.variable("vil", NC_FLOAT, {"lat", "lon"});
      file.text("vil", "units", "kg m-2");
      file.put("vil", counted(6));
    }
    const RadarFiles files = readRadarFiles({at("two_201906101200.nc")});
    QCOMPARE(files.sequences.size(), 2u);
    const RadarGrid& dbz = *files.sequences[0].frames[0].grid;
    QVERIFY(files.sequences[0].quantity == Quantity::Reflectivity);
    QCOMPARE(dbz.at(0, 0), -12.5f);
    QCOMPARE(dbz.at(1, 0), 55.0f);
    QVERIFY(dbz.state(1, 1) == CellState::Missing && dbz.state(1, 2) == CellState::Missing);
    QVERIFY(files.sequences[1].quantity == Quantity::VilMass);
    QVERIFY(files.sequences[0].product != files.sequences[1].product);
  }

  void rowsAndColumnsMayRunEitherWay_data() {
    QTest::addColumn<bool>("northFirst");
    QTest::addColumn<bool>("eastFirst");
    QTest::addColumn<bool>("columnsFirst");
    for (int k = 0; k < 8; ++k)
      QTest::newRow(std::to_string(k).c_str()) << bool(k & 1) << bool(k & 2) << bool(k & 4);
  }

  void rowsAndColumnsMayRunEitherWay() {
    QFETCH(bool, northFirst);
    QFETCH(bool, eastFirst);
    QFETCH(bool, columnsFirst);
    {
      NetCdfWriter file(at("order_201906101200.nc"));
      file.axis("latitude", "degrees_north", northFirst ? 51.0 : 50.5, northFirst ? -0.5 : 0.5, 2);
      file.axis("longitude", "degrees_east", eastFirst ? 6.0 : 5.0, eastFirst ? -0.5 : 0.5, 3);
      rainRate(file, columnsFirst ? std::vector<std::string>{"longitude", "latitude"}
                                  : std::vector<std::string>{"latitude", "longitude"});
      std::vector<double> values(6);
      for (int j = 0; j < 2; ++j) {
        for (int i = 0; i < 3; ++i) {
          const double lat = northFirst ? 51.0 - 0.5 * j : 50.5 + 0.5 * j;
          const double lon = eastFirst ? 6.0 - 0.5 * i : 5.0 + 0.5 * i;
          values[std::size_t(columnsFirst ? i * 2 + j : j * 3 + i)] = 100.0 * lat + lon;
        }
      }
      file.put("rain_rate", values);
    }
    const FrameSequence rain = onlySequence(at("order_201906101200.nc"));
    for (int row = 0; row < 2; ++row) {
      for (int col = 0; col < 3; ++col) {
        const double lat = 51.0 - 0.5 * row, lon = 5.0 + 0.5 * col;
        QVERIFY(cellsOff(rain.geo, col + 0.5, row + 0.5, {lon, lat}) < 1e-6);
        QCOMPARE(rain.frames[0].grid->at(row, col), float(100.0 * lat + lon));
      }
    }
  }

  void dimensionsMayComeInAnyOrder_data() {
    QTest::addColumn<QStringList>("order");
    for (const char* order : {"time,lat,lon", "lat,lon,time", "lat,time,lon", "lon,time,lat",
                              "lon,lat,time", "level,lat,lon,time"})
      QTest::newRow(order) << QString(order).split(',');
  }
  void dimensionsMayComeInAnyOrder() {
    QFETCH(QStringList, order);
    const std::map<QString, std::size_t> length = {
        {"time", 4}, {"lat", 2}, {"lon", 3}, {"level", 1}};
    {
      NetCdfWriter file(at("order.nc"));
      plainAxes(file);
      file.axis("time", "minutes since 2019-06-10 12:00", 0, 5, 4);
      file.dimension("level", 1);
      std::vector<std::string> dimensions;
      for (const QString& name : order) dimensions.push_back(name.toStdString());
      rainRate(file, dimensions);
      std::vector<double> values;
      for (std::size_t k = 0; k < 24; ++k) {  // each cell tells its place
        std::map<QString, std::size_t> index;
        std::size_t rest = k;
        for (auto name = order.rbegin(); name != order.rend(); ++name) {
          index[*name] = rest % length.at(*name);
          rest /= length.at(*name);
        }
        values.push_back(double(100 * index["time"] + 10 * index["lat"] + index["lon"]));
      }
      file.put("rain_rate", values);
    }
    const FrameSequence rain = onlySequence(at("order.nc"));
    QCOMPARE(rain.frames.size(), 4u);
    for (int time = 0; time < 4; ++time)
      for (int row = 0; row < 2; ++row)
        for (int col = 0; col < 3; ++col)
          QCOMPARE(rain.frames[std::size_t(time)].grid->at(row, col),
                   float(100 * time + 10 * row + col));
  }

  void longitudesMayGoOnBeyondTheTurn() {
    {
      NetCdfWriter file(at("turn_201906101200.nc"));
      file.axis("lat", "degrees_north", 40, -1, 2);
      file.axis("lon", "degrees_east", 359, 1, 3);
      file.put("lon", {359, 0, 1});
      rainRate(file, {"lat", "lon"});
      file.put("rain_rate", counted(6));
    }
    const FrameSequence rain = onlySequence(at("turn_201906101200.nc"));
    QVERIFY(cellsOff(rain.geo, 0.5, 0.5, {-1.0, 40.0}) < 1e-6);
    QVERIFY(cellsOff(rain.geo, 2.5, 1.5, {1.0, 39.0}) < 1e-6);
  }

  void filesWhoseTitlesNameTheirTimeAreOneSequence() {
    std::vector<std::string> files;
    for (int k = 0; k < 3; ++k) {
      files.push_back(at("title" + std::to_string(k) + ".nc"));
      NetCdfWriter file(files.back());
      plainAxes(file);
      file.text("", "title",
                "Rain rate of 2019-06-1" + std::to_string(k) + (k == 2 ? "" : " 00:00 UTC"));
      file.axis("time", "days since 2019-06-10", k, 1, 1);
      rainRate(file, {"time", "lat", "lon"});
      file.put("rain_rate", counted(6));
    }
    const RadarFiles read = readRadarFiles(files);
    QCOMPARE(read.sequences.size(), 1u);
    QCOMPARE(read.sequences[0].frames.size(), 3u);
  }

  void aClockInTheTitleMakesNoProductOfEachFile() {
    std::vector<std::string> files;
    for (int k = 0; k < 3; ++k) {
      files.push_back(at("clock" + std::to_string(k) + ".nc"));
      NetCdfWriter file(files.back());
      plainAxes(file);
      file.text("", "title", "Composite valid 12:0" + std::to_string(5 * k % 10) + (k == 2 ? "Z" : " UTC"));
      file.axis("time", "minutes since 2019-06-10 12:00", 5 * k, 1, 1);
      file.put("lon", {5.0 + 1e-9 * k, 5.5 + 1e-9 * k, 6.0 + 1e-9 * k});  // rounded otherwise each time
      rainRate(file, {"time", "lat", "lon"});
      file.put("rain_rate", counted(6));
    }
    const RadarFiles read = readRadarFiles(files);
    QCOMPARE(read.sequences.size(), 1u);
    QCOMPARE(read.sequences[0].frames.size(), 3u);
  }

  void sumsWithoutAnIntervalAreTakenOverTheStepAndSaySo() {
    {
      NetCdfWriter file(at("step.nc"));
      plainAxes(file);
      file.axis("time", "minutes since 2019-06-10 12:00", 0, 5, 5);
      file.put("time", {0, 30, 35, 40, 45});  // a gap first
      rainRate(file, {"time", "lat", "lon"}, "mm");
      file.put("rain_rate", counted(30));
    }
    const FrameSequence rain = onlySequence(at("step.nc"));
    QCOMPARE(rain.frames[0].grid->at(0, 0), 12.0f);
    QVERIFY2(rain.product.ends_with("taken as sums over its step"), rain.product.c_str());
  }

  void eachSumIsTakenOverItsOwnInterval() {
    {
      NetCdfWriter file(at("uneven.nc"));
      plainAxes(file);
      file.axis("time", "minutes since 2019-06-10 12:00", 0, 5, 3);
      file.put("time", {5, 15, 20});
      file.text("time", "bounds", "time_bnds");
      file.dimension("nv", 2);
      file.variable("time_bnds", NC_DOUBLE, {"time", "nv"});
      file.put("time_bnds", {0, 5, 5, 15, 15, 20});
      rainRate(file, {"time", "lat", "lon"}, "mm");
      file.put("rain_rate", std::vector<double>(18, 1.0));
    }
    const FrameSequence rain = onlySequence(at("uneven.nc"));
    QCOMPARE(rain.frames[0].grid->at(0, 0), 12.0f);
    QCOMPARE(rain.frames[1].grid->at(0, 0), 6.0f);
    QCOMPARE(rain.frames[2].grid->at(0, 0), 12.0f);
  }

  void sumsThatNobodyCanDivideAreRefused_data() {
    QTest::addColumn<QList<double>>("times");
    QTest::addColumn<QList<double>>("bounds");
    QTest::addColumn<QString>("word");
    QTest::newRow("running sums") << QList<double>{10, 20, 30} << QList<double>{0, 10, 0, 20, 0, 30} << "running sums";
    QTest::newRow("steps that differ") << QList<double>{0, 5, 65} << QList<double>{} << "unevenly";
  }

  void sumsThatNobodyCanDivideAreRefused() {
    QFETCH(QList<double>, times);
    QFETCH(QList<double>, bounds);
    QFETCH(QString, word);
    {
      NetCdfWriter file(at("sums.nc"));
      plainAxes(file);
      file.axis("time", "minutes since 2019-06-10 12:00", 0, 5, 3);
      file.put("time", {times.begin(), times.end()});
      if (!bounds.isEmpty()) {
        file.text("time", "bounds", "time_bnds");
        file.dimension("nv", 2);
        file.variable("time_bnds", NC_DOUBLE, {"time", "nv"});
        file.put("time_bnds", {bounds.begin(), bounds.end()});
      }
      rainRate(file, {"time", "lat", "lon"}, "mm");
      file.put("rain_rate", counted(18));
    }
    const std::string sentence = sentenceFor(at("sums.nc"));
    QVERIFY2(sentence.find(word.toStdString()) != std::string::npos, sentence.c_str());
  }

  void aRatesTimeIsItsCoordinateWhateverItsBounds() {
    {
      NetCdfWriter file(at("mean.nc"));
      plainAxes(file);
      file.axis("time", "minutes since 2019-06-10 12:00", 0, 30, 2);
      file.text("time", "bounds", "time_bnds");
      file.dimension("nv", 2);
      file.variable("time_bnds", NC_DOUBLE, {"time", "nv"});
      file.put("time_bnds", {0, 30, 30, 60});
      rainRate(file, {"time", "lat", "lon"});
      file.put("rain_rate", counted(12));
    }
    QCOMPARE(isoText(onlySequence(at("mean.nc")).frames[0].validTime), std::string("2019-06-10T12:00:00Z"));
  }

  void ownExportsAreReadBackAsTheyWere_data() {
    QTest::addColumn<int>("quantity");
    QTest::newRow("reflectivity") << int(Quantity::Reflectivity);
    QTest::newRow("rain") << int(Quantity::RainRate);
  }

  void ownExportsAreReadBackAsTheyWere() {
    QFETCH(int, quantity);
    FrameSequence observed{.quantity = Quantity(quantity),
                           .geo = GeoReference("EPSG:3067", 300000, 7000000, 1000, 1000, 4, 2)};
    observed.product = "FMI Corrected Radar Composite";
    observed.attribution = "Finnish Meteorological Institute, CC BY 4.0";
    auto grid = std::make_shared<RadarGrid>(4, 2);
    grid->set(0, 0, 12.5f, CellState::Measured);
    grid->set(0, 1, belowDetectionValue(observed.quantity), CellState::BelowDetection);
    grid->set(0, 2, std::nanf(""), CellState::Missing);
    grid->set(0, 3, std::nanf(""), CellState::OutsideCoverage);
    const float same = belowDetectionValue(observed.quantity);
    if (std::isfinite(same)) grid->set(1, 0, same, CellState::Measured);
    const ValidTime noon = timeFromCalendar(2019, 6, 10, 12, 0, 0);
    observed.frames = {{.validTime = noon, .grid = grid}, {.validTime = noon + minutes(5), .grid = grid}};
    writeProductNetCdf(at("own.nc"), productOfSequence(observed), {});
    const FrameSequence read = onlySequence(at("own.nc"));
    QCOMPARE(read.product, observed.product);
    QCOMPARE(read.attribution, observed.attribution);
    QCOMPARE(read.frames.size(), 2u);
    const RadarGrid& again = *read.frames[1].grid;
    QCOMPARE(again.at(0, 0), 12.5f);
    for (int col = 0; col < 4; ++col) QVERIFY2(again.state(0, col) == grid->state(0, col), std::to_string(col).c_str());
    QCOMPARE(again.at(0, 1), belowDetectionValue(observed.quantity));
    writeGeoTiff(at("own.tif"), productOfSequence(observed), {});
    const FrameSequence picture = onlySequence(at("own.tif"));
    QCOMPARE(picture.product, observed.product);
    QCOMPARE(picture.attribution, observed.attribution);
    QCOMPARE(picture.frames.size(), 2u);
    QCOMPARE(picture.frames[0].grid->at(0, 0), 12.5f);
    QVERIFY(picture.frames[0].grid->state(0, 1) == CellState::BelowDetection);
    if (std::isfinite(same)) {
      QVERIFY(picture.frames[0].grid->state(1, 0) == CellState::Measured);
      QCOMPARE(picture.frames[0].grid->at(1, 0), same);
    }
    QVERIFY(picture.frames[0].grid->state(0, 2) > CellState::BelowDetection);
    QVERIFY(picture.frames[0].grid->state(0, 3) == CellState::OutsideCoverage);
  }

  void aMissingCellAloneStaysMissingInOwnExports() {
    FrameSequence observed{.quantity = Quantity::RainRate, .geo = GeoReference("EPSG:3067", 300000, 7000000, 1000, 1000, 2, 2)};
    observed.product = "rain";
    auto grid = std::make_shared<RadarGrid>(2, 2);
    grid->set(0, 0, 1.0f, CellState::Measured);
    observed.frames = {{.validTime = timeFromCalendar(2019, 6, 10, 12, 0, 0), .grid = grid}};
    writeProductNetCdf(at("missing.nc"), productOfSequence(observed), {});
    QVERIFY(onlySequence(at("missing.nc")).frames[0].grid->state(0, 1) == CellState::Missing);
  }

  void fillValuesThatNobodyDeclaredAreNoRain() {
    {
      NetCdfWriter file(at("fill_201906101200.nc"));
      plainAxes(file);
      rainRate(file, {"lat", "lon"});
      file.numbers("rain_rate", "_FillValue", NC_FLOAT, {-1});
      file.put("rain_rate", {1e20, 9.96921e36, 3, 4, 5, 6});
    }
    const RadarGrid grid = *onlySequence(at("fill_201906101200.nc")).frames[0].grid;
    QVERIFY(grid.state(0, 0) == CellState::Missing && grid.state(0, 1) == CellState::Missing);
    QCOMPARE(grid.at(0, 2), 3.0f);
  }

  /// IMERG writes "julian" and counts seconds as everybody does.
  void imergsCalendarIsEverybodysOwn() {
    {
      NetCdfWriter file(at("imerg.nc"));
      plainAxes(file);
      file.axis("time", "seconds since 1970-01-01 00:00:00 UTC", 1560168000, 1, 1);
      file.text("time", "calendar", "julian");
      rainRate(file, {"time", "lat", "lon"});
      file.put("rain_rate", counted(6));
    }
    QCOMPARE(isoText(onlySequence(at("imerg.nc")).frames[0].validTime), std::string("2019-06-10T12:00:00Z"));
  }

  void aFilesOwnTimeMayHaveAZone() {
    {
      NetCdfWriter file(at("coverage.nc"));
      plainAxes(file);
      file.text("", "time_coverage_end", "2019-06-10T14:30:00.000+02:00");
      rainRate(file, {"lat", "lon"});
      file.put("rain_rate", counted(6));
    }
    QCOMPARE(isoText(onlySequence(at("coverage.nc")).frames[0].validTime),
             std::string("2019-06-10T12:30:00Z"));
  }

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

  void packedValuesAreUnpackedAndCodesKept() {
    {
      NetCdfWriter file(at("packed_201906101200.nc"), NC_64BIT_OFFSET);
      plainAxes(file);
      file.variable("rain_rate", NC_BYTE, {"lat", "lon"});
      file.text("rain_rate", "units", "mm/h");
      file.text("rain_rate", "_Unsigned", "true");
      file.number("rain_rate", "scale_factor", 0.5);
      file.number("rain_rate", "add_offset", 0.0);
      file.numbers("rain_rate", "_FillValue", NC_BYTE, {-1});
      file.numbers("rain_rate", "missing_value", NC_BYTE, {-2});
      file.numbers("rain_rate", "valid_range", NC_SHORT, {0, 240});
      file.put("rain_rate", {0, 2, -56, -1, -2, -10});  // 0, 1, 100 mm/h, outside, missing, 246: invalid
    }
    const FrameSequence rain = onlySequence(at("packed_201906101200.nc"));
    const RadarGrid& grid = *rain.frames[0].grid;
    QCOMPARE(grid.at(0, 0), 0.0f);
    QCOMPARE(grid.at(0, 1), 1.0f);
    QCOMPARE(grid.at(0, 2), 100.0f);
    QVERIFY(grid.state(1, 0) == CellState::OutsideCoverage);
    QVERIFY(grid.state(1, 1) == CellState::Missing);
    QVERIFY(grid.state(1, 2) == CellState::Missing);
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

  /// Britain's national grid: its datum lies some hundred metres off WGS 84.
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
      file.axis("y", "m", 899500, -1000, 2);
      file.axis("x", "m", 100500, 1000, 3);
      rainRate(file, {"y", "x"});
      file.text("rain_rate", "grid_mapping", "crs");
      file.put("rain_rate", counted(6));
      file.variable("crs", NC_INT, {});
      file.text("crs", "grid_mapping_name", "transverse_mercator");
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

  void aTextThatContradictsTheNumbersIsNotUsed() {
    {
      NetCdfWriter file(at("odd_201906101200.nc"));
      file.axis("y", "m", 899500, -1000, 2);
      file.axis("x", "m", 100500, 1000, 3);
      rainRate(file, {"y", "x"});
      file.text("rain_rate", "grid_mapping", "crs");
      file.put("rain_rate", counted(6));
      file.variable("crs", NC_INT, {});
      file.text("crs", "grid_mapping_name", "transverse_mercator");
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

  // The European models' pole at 39.25 N 162 W: the grid's origin lies at 50.75 N 18 E.
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

  void variablesInGroupsAreFoundWithTheirAxes_data() {
    QTest::addColumn<bool>("axesInGroup");
    QTest::newRow("axes beside them") << true;
    QTest::newRow("axes above them") << false;
  }

  void variablesInGroupsAreFoundWithTheirAxes() {
    QFETCH(bool, axesInGroup);
    {
      NetCdfWriter file(at("grouped.nc"));
      if (axesInGroup) file.enterGroup("radar");
      file.axis("time", "seconds since 2019-06-10 12:00:00", 0.0, 300.0, 2);
      plainAxes(file);
      if (!axesInGroup) file.enterGroup("radar");
      file.enterGroup("composite");
      rainRate(file, {"time", "lat", "lon"});
      file.put("rain_rate", counted(12));
    }
    const FrameSequence rain = onlySequence(at("grouped.nc"));
    QCOMPARE(rain.frames.size(), std::size_t(2));
    QCOMPARE(isoText(rain.frames[1].validTime), std::string("2019-06-10T12:05:00Z"));
    QCOMPARE(rain.frames[1].grid->at(1, 2), 12.0f);
    QVERIFY(cellsOff(rain.geo, 0.5, 0.5, {5.0, 51.0}) < 1e-6);
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

  void membersAreRefusedByCount() {
    {
      NetCdfWriter file(at("members_201906101200.nc"));
      plainAxes(file);
      file.dimension("member", 5);
      rainRate(file, {"member", "lat", "lon"});
    }
    QVERIFY(sentenceFor(at("members_201906101200.nc")).find("5 entries along member") != std::string::npos);
  }

  void aDaysSumBesideARateCostsNothing() {
    {
      NetCdfWriter file(at("sums_201906101200.nc"));
      plainAxes(file);
      file.variable("daily_precipitation", NC_FLOAT, {"lat", "lon"});
      file.text("daily_precipitation", "units", "mm");
      rainRate(file, {"lat", "lon"});
      file.put("rain_rate", counted(6));
    }
    QCOMPARE(onlySequence(at("sums_201906101200.nc")).frames[0].grid->at(0, 0), 1.0f);
  }

  void leadsBehindOneRunAreValidTimes() {
    {
      NetCdfWriter file(at("leads.nc"));
      plainAxes(file);
      file.variable("forecast_reference_time", NC_DOUBLE, {});
      file.text("forecast_reference_time", "standard_name", "forecast_reference_time");
      file.text("forecast_reference_time", "units", "seconds since 1970-01-01");
      file.put("forecast_reference_time", {1560168000});
      file.axis("lead_time", "minutes", 5, 5, 3);
      rainRate(file, {"lead_time", "lat", "lon"});
      file.put("rain_rate", counted(18));
    }
    const FrameSequence rain = onlySequence(at("leads.nc"));
    QCOMPARE(rain.frames.size(), 3u);
    QCOMPARE(isoText(rain.frames[0].validTime), std::string("2019-06-10T12:05:00Z"));
    QCOMPARE(rain.frames[2].grid->at(1, 2), 18.0f);
    QVERIFY(rain.provenance == Provenance::Forecast);
    QVERIFY2(rain.product.ends_with("run of 2019-06-10T12:00:00Z"), rain.product.c_str());
  }

  void timesOfAnotherNameThanTheirDimensionAreFound() {
    {
      NetCdfWriter file(at("record.nc"));
      plainAxes(file);
      file.dimension("record", NC_UNLIMITED);
      file.variable("valid_time", NC_INT, {"record"});
      file.text("valid_time", "units", "seconds since 1970-01-01");
      rainRate(file, {"record", "lat", "lon"});
      file.records("valid_time", {2}, {1560168000, 1560168300});
      file.records("rain_rate", {2, 2, 3}, counted(12));
    }
    const FrameSequence rain = onlySequence(at("record.nc"));
    QCOMPARE(rain.frames.size(), 2u);
    QCOMPARE(isoText(rain.frames[1].validTime), std::string("2019-06-10T12:05:00Z"));
    QCOMPARE(rain.frames[1].grid->at(0, 0), 7.0f);
  }

  void radialSetsOfSingleRadarsAreRefused() {
    {
      NetCdfWriter file(at("radial.nc"), NC_CLASSIC_MODEL | NC_NETCDF4);
      file.text("", "DataType", "RadialSet");
      file.dimension("Azimuth", 4);
    }
    QVERIFY(sentenceFor(at("radial.nc")).find("single radar") != std::string::npos);
  }
};

QTEST_APPLESS_MAIN(TestNetCdfVariants)
#include "tst_netcdf_variants.moc"
