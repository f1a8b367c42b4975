// CF NetCDF as different programs write it: times, units, packing, axes and projections, each made here and read back.
#include <QTemporaryDir>
#include <QtTest>
#include <functional>

#include "core/cf_projection.h"
#include "core/export_files.h"
#include "tests/support/plain_netcdf.h"
#include "tests/support/proj_place.h"
#include "tests/support/read_sentence.h"

using namespace stormloom;

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
    {
      NetCdfWriter file(at("months.nc"));
      plainAxes(file);
      file.axis("time", "months since 2019-01-01", 1, 1, 3);
      rainRate(file, {"time", "lat", "lon"});
    }
    QVERIFY(sentenceFor(at("months.nc")).find("\"months since 2019-01-01\"") != std::string::npos);
  }

  void aTimeThatIsNoneCostsItsFrameAlone_data() {
    QTest::addColumn<double>("bad");
    QTest::addColumn<int>("type");
    QTest::newRow("not a number") << std::nan("") << NC_DOUBLE;
    QTest::newRow("a fill value") << 9.969209968386869e36 << NC_DOUBLE;
    QTest::newRow("a declared fill value") << -999.0 << NC_DOUBLE;
    QTest::newRow("an integer's fill value") << double(NC_FILL_INT) << NC_INT;
  }

  void aTimeThatIsNoneCostsItsFrameAlone() {
    QFETCH(double, bad);
    QFETCH(int, type);
    {
      NetCdfWriter file(at("badtime.nc"));
      plainAxes(file);
      file.dimension("time", 3);
      file.variable("time", type, {"time"});
      file.text("time", "units", "seconds since 2019-06-10 12:00");
      if (bad == -999.0) file.numbers("time", "_FillValue", type, {bad});
      file.put("time", {0.0, bad, 600.0});
      rainRate(file, {"time", "lat", "lon"});
      file.put("rain_rate", counted(18));
    }
    const RadarFiles read = readRadarFiles({at("badtime.nc")});
    QCOMPARE(read.sequences.size(), 1u);
    QCOMPARE(read.sequences[0].frames.size(), 2u);
    QCOMPARE(read.sequences[0].frames[1].grid->at(0, 0), 13.0f);
    QCOMPARE(QString::fromStdString(isoText(read.sequences[0].frames[1].validTime)), "2019-06-10T12:10:00Z");
    QCOMPARE(read.passedOver.size(), 1u);
    QVERIFY2(read.passedOver[0].find("1 of its 3 frames") != std::string::npos, read.passedOver[0].c_str());
  }

  void timesMayBeTexts() {
    {
      NetCdfWriter file(at("texts.nc"));
      plainAxes(file);
      file.dimension("Time", 2);
      file.dimension("DateStrLen", 19);
      file.variable("Times", NC_CHAR, {"Time", "DateStrLen"});
      file.characters("Times", "2019-06-10_12:00:002019-06-10_12:05:00");
      rainRate(file, {"Time", "lat", "lon"});
      file.put("rain_rate", counted(12));
    }
    const FrameSequence rain = onlySequence(at("texts.nc"));
    QCOMPARE(rain.frames.size(), 2u);
    QCOMPARE(QString::fromStdString(isoText(rain.frames[1].validTime)), "2019-06-10T12:05:00Z");
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
    row("rain", "mm/min", 60.0);
    row("rain", "mm min-1", 60.0);
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

  /// Britain's national grid: its datum lies some hundred metres off WGS 84.
  // The European models' pole at 39.25 N 162 W: the grid's origin lies at 50.75 N 18 E.
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

  void membersAreRefusedByCount() {
    {
      NetCdfWriter file(at("members_201906101200.nc"));
      plainAxes(file);
      file.dimension("member", 5);
      rainRate(file, {"member", "lat", "lon"});
    }
    QVERIFY(sentenceFor(at("members_201906101200.nc")).find("5 entries along member") != std::string::npos);
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
