#include <QTemporaryDir>
#include <QtTest>

#ifdef STORMLOOM_HAVE_GDAL
#include <gdal_priv.h>
#include <ogr_spatialref.h>
#endif

#include <filesystem>

#include "core/errors.h"
#include "core/netcdf_file.h"
#include "core/scenario_file.h"

using namespace stormloom;

namespace {

constexpr int kSize = 16;

GeoReference boxSomewhereInTheUsa() {
  return GeoReference(kSevirProjection, 120000.0, -450000.0, 3000.0, 3000.0, kSize, kSize);
}

std::shared_ptr<const RadarGrid> gridOf(float value) {
  auto grid = std::make_shared<RadarGrid>(kSize, kSize);
  for (int row = 0; row < kSize; ++row) {
    for (int col = 0; col < kSize; ++col) {
      grid->set(row, col, value + float(row) + 0.01f * float(col), CellState::Measured);
    }
  }
  grid->set(0, 0, std::nanf(""), CellState::OutsideCoverage);
  grid->set(0, 1, std::nanf(""), CellState::Missing);
  grid->set(0, 2, 0.0f, CellState::BelowDetection);
  return grid;
}

FrameSequence framesFrom(ValidTime first, int count, float value) {
  FrameSequence sequence{.quantity = Quantity::VilDigital, .geo = boxSomewhereInTheUsa()};
  sequence.product = "test product";
  for (int k = 0; k < count; ++k) {
    sequence.frames.push_back(
        {.validTime = first + minutes(10 * k), .grid = gridOf(value + 10.0f * float(k))});
  }
  return sequence;
}

const ValidTime kRunTime = timeFromCalendar(2019, 6, 10, 1, 0, 0);

std::shared_ptr<const ModelContext> context() {
  return std::make_shared<ModelContext>(
      ModelContext{.grid = sevirLrGrid(),
                   .frames = framesFrom(kRunTime - minutes(20), 3, 20.0f),
                   .runTime = kRunTime,
                   .hash = "abc"});
}

ScenarioForecast twoScenariosOfTwoMembers() {
  ScenarioForecast forecast;
  forecast.request.context = context();
  forecast.request.seed = 7;
  forecast.anticipated = {{0.1, 0.11}, {0.01, 0.02}, 0.1};
  forecast.model = "test";
  for (const double n : {-2.0, 2.0}) {
    for (int member = 0; member < 2; ++member) {
      forecast.members.push_back(
          {.nSigma = n,
           .member = member,
           .frames = framesFrom(kRunTime + minutes(10), 2, 50.0f + float(n) + float(member)),
           .commanded = {0.1, 0.2},
           .achieved = {0.1 + 0.01 * member, 0.2}});
    }
  }
  return forecast;
}

}  // namespace

class TestScenarioFile : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::string path(const char* name) { return folder_.filePath(name).toStdString(); }

private Q_SLOTS:
  void aSequenceComesBackWithItsValuesStatesTimesAndPlace() {
    FrameSequence written = framesFrom(kRunTime, 3, 30.0f);
    written.synthetic = true;
    writeSequenceFile(path("sequence.nc"), written);
    QVERIFY(isResultFile(path("sequence.nc")));
    const ResultFile read = readResultFile(path("sequence.nc"));
    QCOMPARE(read.kind, std::string("sequence"));
    QVERIFY(read.context.synthetic);
    QCOMPARE(read.context.frames.size(), std::size_t(3));
    QCOMPARE(read.context.frames[2].validTime, kRunTime + minutes(20));
    const RadarGrid& grid = *read.context.frames[1].grid;
    QVERIFY(std::abs(grid.at(5, 7) - 45.07f) < 0.006f);
    QCOMPARE(grid.state(0, 0), CellState::OutsideCoverage);
    QCOMPARE(grid.state(0, 1), CellState::Missing);
    QCOMPARE(grid.state(0, 2), CellState::BelowDetection);
    QVERIFY(std::isnan(grid.at(0, 1)));
    QVERIFY(std::abs(read.context.geo.left() - 120000.0) < 1e-6);
    QVERIFY(std::abs(read.context.geo.top() + 450000.0) < 1e-6);
  }

  void scenariosKeepTheirNumbersInOrder() {
    writeScenarioFile(path("scenario.nc"), twoScenariosOfTwoMembers(), {.command = "test"});
    const ResultFile read = readResultFile(path("scenario.nc"));
    QCOMPARE(read.runTime, kRunTime);
    QCOMPARE(read.members.size(), std::size_t(4));
    QCOMPARE(read.members[3].nSigma, 2.0);
    QCOMPARE(read.members[3].member, 1);
    QVERIFY(std::abs(read.members[3].achieved[0] - 0.11) < 1e-12);
    QVERIFY(std::abs(read.members[2].frames.frames[1].grid->at(4, 0) - 66.0f) < 0.006f);
    QCOMPARE(read.members[0].frames.frames[0].validTime, kRunTime + minutes(10));
    QCOMPARE(read.context.frames.size(), std::size_t(3));
    QVERIFY(read.receipt.seed == 7u);
    QCOMPARE(read.receipt.command, std::string("test"));
    QCOMPARE(read.receipt.model, std::string("test"));
    QCOMPARE(read.anticipated.sigma.size(), std::size_t(2));
  }

  void whatMustBeKnownOfTheContextIsInTheFile() {
    ModelContext told = *context();
    told.note = "Frames 8 min apart are used instead.";
    told.frames.scaleNote = "8 min steps on 2.4 km cells";
    ScenarioForecast forecast = twoScenariosOfTwoMembers();
    forecast.request.context = std::make_shared<const ModelContext>(told);
    writeScenarioFile(path("short.nc"), forecast);
    QCOMPARE(NetCdfFile::open(path("short.nc")).text("", "comment"), told.note);
    QCOMPARE(readResultFile(path("short.nc")).context.scaleNote, told.frames.scaleNote);
  }

  void anotherProgramFindsPlaceAndTimes() {
#ifdef STORMLOOM_HAVE_GDAL
    GDALAllRegister();
    writeScenarioFile(path("gdal.nc"), twoScenariosOfTwoMembers());
    const std::string name = "NETCDF:\"" + path("gdal.nc") + "\":intensity";
    GDALDatasetUniquePtr dataset(GDALDataset::Open(name.c_str(), GDAL_OF_RASTER));
    QVERIFY(dataset);
    double transform[6] = {};
    QCOMPARE(dataset->GetGeoTransform(transform), CE_None);
    QVERIFY(std::abs(transform[0] - 120000.0) < 1e-6);
    QVERIFY(std::abs(transform[3] + 450000.0) < 1e-6);
    QVERIFY(std::abs(transform[5] + 3000.0) < 1e-6);
    const OGRSpatialReference* reference = dataset->GetSpatialRef();
    QVERIFY(reference != nullptr);
    QVERIFY(std::abs(reference->GetProjParm(SRS_PP_LATITUDE_OF_CENTER) - 38.0) < 1e-9);
    QVERIFY(std::abs(reference->GetSemiMajor() - 6370997.0) < 1e-6);
    QCOMPARE(dataset->GetRasterCount(), 8);
    float value = 0.0f;
    const CPLErr status =
        dataset->GetRasterBand(8)->RasterIO(GF_Read, 3, 4, 1, 1, &value, 1, 1, GDT_Float32, 0, 0);
    QCOMPARE(status, CE_None);
    const double scaled = value * dataset->GetRasterBand(8)->GetScale();
    QVERIFY(std::abs(scaled - 67.03) < 0.006);
    const char* time = dataset->GetRasterBand(8)->GetMetadataItem("NETCDF_DIM_time");
    QCOMPARE(QString(time).toDouble(), double((kRunTime + minutes(20)).time_since_epoch().count()));
#else
    QSKIP("this build has no GDAL");
#endif
  }

  void aFolderThatIsNotThereIsNamedAndLeavesNothingBehind() {
    const std::string lost = path("lost/folder/x.nc");
    try {
      writeSequenceFile(lost, framesFrom(kRunTime, 1, 1.0f));
      QFAIL("writing into a lost folder succeeded");
    } catch (const IoError& error) {
      QVERIFY(QString(error.what()).contains("lost/folder/x.nc"));
    }
    QVERIFY(!std::filesystem::exists(path("lost")));
  }

  void aReceiptOfAnyLengthComesBack() {
    Receipt long_;
    long_.commandLine = std::string(200'000, 'x');
    writeSequenceFile(path("long.nc"), framesFrom(kRunTime, 1, 1.0f), long_);
    QCOMPARE(readResultFile(path("long.nc")).receipt.commandLine, long_.commandLine);
  }

  void aFileThatIsNotOursIsToldApart() {
    const std::string other = path("other.nc");
    QFile file(QString::fromStdString(other));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("not NetCDF at all");
    file.close();
    QVERIFY(!isResultFile(other));
    QVERIFY_THROWS_EXCEPTION(IoError, readResultFile(other));
  }
};

QTEST_APPLESS_MAIN(TestScenarioFile)
#include "tst_scenario_file.moc"
