// Sums of rain in CF NetCDF: over how long each adds up, and which are no rates.
#include <QTemporaryDir>
#include <QtTest>

#include "core/errors.h"
#include "core/radar_files.h"
#include "tests/support/plain_netcdf.h"
#include "tests/support/read_sentence.h"

using namespace stormloom;

class TestNetCdfSums : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::string at(const std::string& name) const { return folder_.filePath(QString::fromStdString(name)).toStdString(); }

  /// A file of one frame whose sum runs from `from` to `until`, in minutes after noon.
  std::string sumFile(const std::string& name, double from, double until) const {
    NetCdfWriter file(at(name));
    plainAxes(file);
    file.axis("time", "minutes since 2019-06-10 12:00", until, 5, 1);
    file.text("time", "bounds", "time_bnds");
    file.dimension("nv", 2);
    file.variable("time_bnds", NC_DOUBLE, {"time", "nv"});
    file.put("time_bnds", {from, until});
    rainRate(file, {"time", "lat", "lon"}, "mm");
    file.put("rain_rate", counted(6));
    return at(name);
  }

private Q_SLOTS:
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
    QTest::newRow("that begin anew") << QList<double>{10, 20, 30} << QList<double>{0, 10, 10, 20, 10, 30} << "running sums";
    QTest::newRow("that begin with nothing") << QList<double>{0, 10, 20} << QList<double>{0, 0, 0, 10, 0, 20} << "running sums";
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

  void sumsThatTheirNameOrTheirValuesShowToRunAreRefused_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("running");
    QTest::addColumn<bool>("refused");
    QTest::newRow("ACCUMULATED TOTAL GRID SCALE PRECIPITATION") << "ACCUMULATED TOTAL GRID SCALE PRECIPITATION" << false << true;
    QTest::newRow("rain since 00 UTC") << "rain since 00 UTC" << false << true;
    QTest::newRow("rain since the last scan") << "rain since the last scan" << false << false;
    QTest::newRow("cumulative rain") << "Cumulative rain" << false << true;
    QTest::newRow("cumulative rain over 10 min") << "cumulative rain over 10 min" << false << false;
    QTest::newRow("values that only grow") << "rain" << true << true;
    QTest::newRow("values that come and go") << "rain" << false << false;
  }

  void sumsThatTheirNameOrTheirValuesShowToRunAreRefused() {
    QFETCH(QString, name);
    QFETCH(bool, running);
    QFETCH(bool, refused);
    {
      NetCdfWriter file(at("names.nc"));
      file.axis("lat", "degrees_north", 51.0, -0.5, 8);
      file.axis("lon", "degrees_east", 5.0, 0.5, 8);
      file.axis("time", "minutes since 2019-06-10 12:00", 0, 10, 4);
      rainRate(file, {"time", "lat", "lon"}, "mm");
      file.text("rain_rate", "long_name", name.toStdString());
      std::vector<double> values;
      for (int k = 0; k < 4 * 64; ++k) values.push_back((k * 37 % 11 + 1) + (running && k >= 64 ? values[std::size_t(k) - 64] : 0.0));
      file.put("rain_rate", values);
    }
    const std::string sentence = sentenceFor(at("names.nc"));
    QVERIFY2((sentence.find("running sums") != std::string::npos) == refused, sentence.c_str());
    QVERIFY2(sentence.empty() == !refused, sentence.c_str());
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

  void sumsOfOtherLengthsAreOtherProducts() {
    std::vector<std::string> files;
    for (int k = 1; k <= 3; ++k) {
      files.push_back(sumFile("five" + std::to_string(k) + ".nc", 5.0 * k - 5.0, 5.0 * k));
      files.push_back(sumFile("hour" + std::to_string(k) + ".nc", 5.0 * k - 60.0, 5.0 * k));
    }
    const RadarFiles read = readRadarFiles(files);
    QCOMPARE(read.sequences.size(), 2u);
    for (const FrameSequence& sums : read.sequences) {
      QCOMPARE(sums.frames.size(), 3u);
      const bool hours = sums.sumMinutes == 60.0;
      QVERIFY2(sums.product.ends_with(hours ? "sums of 60 min" : "sums of 5 min"), sums.product.c_str());
      QCOMPARE(sums.frames[0].grid->at(0, 0), hours ? 1.0f : 12.0f);
    }
  }

  void twoRunningSumsAloneAreRefused() {
    const std::vector<std::string> files = {sumFile("half.nc", 0.0, 30.0), sumFile("whole.nc", 0.0, 60.0)};
    QVERIFY_THROWS_EXCEPTION(IoError, readRadarFiles(files));
    QCOMPARE(onlySequence(files[1]).frames[0].grid->at(0, 0), 1.0f);
  }

  void runningSumsInFilesOfTheirOwnAreRefused() {
    std::vector<std::string> files;
    for (int k = 1; k <= 4; ++k) files.push_back(sumFile("run" + std::to_string(k) + ".nc", 0.0, 10.0 * k));
    try {
      readRadarFiles(files);
      QFAIL("read");
    } catch (const IoError& error) {
      QVERIFY2(QString(error.what()).contains("all begin at 2019-06-10T12:00:00Z"), error.what());
    }
    for (int k = 1; k <= 4; ++k)  // they begin anew each hour
      files.push_back(sumFile("again" + std::to_string(k) + ".nc", 60.0, 60.0 + 10.0 * k));
    QVERIFY_THROWS_EXCEPTION(IoError, readRadarFiles(files));
    files.push_back(sumFile("step1.nc", 0.0, 5.0));
    files.push_back(sumFile("step2.nc", 5.0, 10.0));
    const RadarFiles read = readRadarFiles(files);
    QCOMPARE(read.sequences.size(), 1u);
    QCOMPARE(read.sequences[0].frames.size(), 2u);
    QCOMPARE(read.passedOver.size(), 1u);
  }
};

QTEST_APPLESS_MAIN(TestNetCdfSums)
#include "tst_netcdf_sums.moc"
