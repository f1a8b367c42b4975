#include <sys/wait.h>
#include <unistd.h>

#include <QDir>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/errors.h"
#include "core/export_files.h"
#include "core/netcdf_file.h"
#include "core/receipt_in_file.h"
#include "core/regions.h"
#include "core/scratch_file.h"
#include "core/vil_scale.h"

using namespace stormloom;

namespace {

constexpr int kSize = 8;
const ValidTime kRunTime = timeFromCalendar(2019, 7, 1, 21, 0, 0);

GeoReference box() {
  return GeoReference(kSevirProjection, 0.0, 0.0, 3000.0, 3000.0, kSize, kSize);
}

std::shared_ptr<RadarGrid> flat(float value) {
  auto grid = std::make_shared<RadarGrid>(kSize, kSize);
  for (int row = 0; row < kSize; ++row)
    for (int col = 0; col < kSize; ++col) grid->set(row, col, value, CellState::Measured);
  return grid;
}

ScenarioMember memberOf(double n, int member, std::vector<float> values) {
  FrameSequence frames{.geo = box(), .frames = {}};
  for (std::size_t k = 0; k < values.size(); ++k)
    frames.frames.push_back(
        {.validTime = kRunTime + minutes(10 * (long(k) + 1)), .grid = flat(values[k])});
  return {.nSigma = n, .member = member, .frames = frames};
}

ResultFile fourMembersOfTwoScenarios() {
  ResultFile result{.kind = "scenario", .context = {.geo = box()}, .runTime = kRunTime};
  result.members = {memberOf(0, 0, {10, 20}), memberOf(0, 1, {30, 40}), memberOf(0, 2, {50, 90}),
                    memberOf(2, 0, {200, 210})};
  return result;
}

float firstCell(const Product& product, std::size_t map) {
  return product.maps.at(map).grid->at(0, 0);
}

/// Twice the signed area in degrees; positive counter-clockwise.
double area(const Ring& ring) {
  double sum = 0.0;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i)
    sum += ring[i].lon * ring[i + 1].lat - ring[i + 1].lon * ring[i].lat;
  return sum;
}

RadarGrid gridFrom(const std::vector<std::string>& picture) {
  RadarGrid grid(int(picture[0].size()), int(picture.size()));
  for (int row = 0; row < grid.height(); ++row)
    for (int col = 0; col < grid.width(); ++col)
      grid.set(row, col, picture[std::size_t(row)][std::size_t(col)] == '#' ? 100.0f : 0.0f,
               CellState::Measured);
  return grid;
}

}  // namespace

class TestProducts : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void observedFramesAddUpToMillimetres() {
    ResultFile result{.kind = "sequence", .context = {.quantity = Quantity::RainRate, .geo = box()}};
    for (int k = 0; k < 3; ++k)
      result.context.frames.push_back(
          {.validTime = kRunTime + minutes(5 * k), .grid = flat(12.0f * float(k + 1))});
    const Product rain = makeProduct(result, {.product = "accumulation"});
    QCOMPARE(rain.maps.size(), std::size_t(1));
    QCOMPARE(firstCell(rain, 0), 6.0f);  // 12, 24 and 36 mm/h for five minutes each
    QCOMPARE(rain.units, std::string("mm"));
    QVERIFY(rain.maps[0].from == kRunTime - minutes(5));
    const Product largest = makeProduct(result, {.product = "maximum"});
    QCOMPARE(firstCell(largest, 0), 36.0f);
    QCOMPARE(largest.units, std::string("mm/h"));
    QVERIFY_THROWS_EXCEPTION(UsageError, makeProduct(result, {.product = "mean"}));
  }

  void productsOverMembersAreWhatTheirNamesSay() {
    const ResultFile result = fourMembersOfTwoScenarios();
    QCOMPARE(firstCell(makeProduct(result, {.product = "mean"}), 0), 30.0f);
    QCOMPARE(firstCell(makeProduct(result, {.product = "spread"}), 0), float(std::sqrt(800.0 / 3.0)));
    QCOMPARE(firstCell(makeProduct(result, {.product = "percentile", .percentile = 75.0}), 0),
             40.0f);
    const Product exceedance = makeProduct(result, {.product = "exceedance", .threshold = 40.0});
    QVERIFY(std::abs(firstCell(exceedance, 0) - 100.0f / 3.0f) < 1e-4f);
    QVERIFY(std::abs(firstCell(exceedance, 1) - 200.0f / 3.0f) < 1e-4f);
    QCOMPARE(exceedance.maps[1].until, kRunTime + minutes(20));
    QCOMPARE(firstCell(makeProduct(result, {.product = "mean", .nSigma = 2.0}), 1), 210.0f);
  }

  void productsOverTimeAreForEachMember() {
    const ResultFile result = fourMembersOfTwoScenarios();
    const Product rain = makeProduct(result, {.product = "accumulation", .nSigma = 2.0});
    QCOMPARE(rain.maps.size(), std::size_t(1));
    const double expected = (rainFromDigital(200) + rainFromDigital(210)) / 6.0;
    QVERIFY(std::abs(double(firstCell(rain, 0)) - expected) < 1e-3);
    QCOMPARE(rain.maps[0].from, kRunTime);
    QCOMPARE(firstCell(makeProduct(result, {.product = "maximum", .member = 2}), 0), 90.0f);
  }

  void aCellCountsTheMembersThatKnowItAndASumNeedsEveryFrame() {
    ResultFile result = fourMembersOfTwoScenarios();
    auto holed = flat(30.0f);
    holed->set(0, 0, std::nanf(""), CellState::Missing);
    result.members[1].frames.frames[0].grid = holed;
    QCOMPARE(firstCell(makeProduct(result, {.product = "mean"}), 0), 30.0f);  // of 10 and 50
    const Product rain = makeProduct(result, {.product = "accumulation", .member = 1});
    QCOMPARE(rain.maps[0].grid->state(0, 0), CellState::Missing);
    QVERIFY(rain.maps[0].grid->hasValue(0, 1));
  }

  void whatTheFileDoesNotHoldIsRefused() {
    const ResultFile result = fourMembersOfTwoScenarios();
    QVERIFY_THROWS_EXCEPTION(UsageError, makeProduct(result, {.product = "mean", .nSigma = 1.0}));
    QVERIFY_THROWS_EXCEPTION(UsageError, makeProduct(result, {.product = "spread", .member = 9}));
    QVERIFY_THROWS_EXCEPTION(UsageError, makeProduct(result, {.product = "miracle"}));
  }

  void regionsHaveHolesAndRunTheRightWayRound_data() {
    QTest::addColumn<QStringList>("picture");
    QTest::addColumn<int>("regions");
    QTest::addColumn<int>("rings");
    QTest::newRow("nothing") << QStringList{"...", "...", "..."} << 0 << 0;
    QTest::newRow("one cell") << QStringList{"...", ".#.", "..."} << 1 << 1;
    QTest::newRow("a ring") << QStringList{"###", "#.#", "###"} << 1 << 2;
    QTest::newRow("corners only") << QStringList{"#..", ".#.", "..#"} << 3 << 3;
    QTest::newRow("all") << QStringList{"###", "###", "###"} << 1 << 1;
    QTest::newRow("an island in a lake")
        << QStringList{"#####", "#...#", "#.#.#", "#...#", "#####"} << 2 << 3;
    QTest::newRow("a hole that touches the edge at a corner")
        << QStringList{"####", "#.##", "##.#", "###."} << 1 << 3;
  }
  void regionsHaveHolesAndRunTheRightWayRound() {
    QFETCH(QStringList, picture);
    QFETCH(int, regions);
    QFETCH(int, rings);
    std::vector<std::string> rows;
    for (const QString& row : picture) rows.push_back(row.toStdString());
    const RadarGrid grid = gridFrom(rows);
    const GeoReference geo(kSevirProjection, 0, 0, 3000, 3000, grid.width(), grid.height());
    const auto found = regionsAbove(grid, geo, 50.0);
    QCOMPARE(int(found.size()), regions);
    int counted = 0;
    double squareKm = 0.0;
    for (const Region& region : found) {
      squareKm += region.areaKm2;
      for (const auto& polygon : region.polygons)
        for (std::size_t k = 0; k < polygon.size(); ++k, ++counted) {
          QVERIFY((area(polygon[k]) > 0.0) == (k == 0));
          QCOMPARE(polygon[k].front().lon, polygon[k].back().lon);
        }
    }
    QCOMPARE(counted, rings);
    QCOMPARE(squareKm, 9.0 * picture.join("").count('#'));
  }

  void everyFileCarriesOrHasBesideItItsReceipt_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"p.nc", "p.tif", "p.csv", "p.geojson", "p.kml", "p.npy"})
      QTest::newRow(name) << name;
  }
  void everyFileCarriesOrHasBesideItItsReceipt() {
    QFETCH(QString, name);
    QTemporaryDir folder;
    const std::string path = folder.filePath(name).toStdString();
    const Product product = makeProduct(fourMembersOfTwoScenarios(), {.product = "mean"});
    Receipt receipt;
    receipt.command = "export";
    receipt.commandLine = "a \"quoted\" & <marked> 'line' (é)";
    receipt.inputs = {{"/tmp/ä.nc", "00", Json()}};
    const std::vector<double> thresholds = {20.0};
    try {
      if (name == "p.nc") writeProductNetCdf(path, product, receipt);
      if (name == "p.tif") writeGeoTiff(path, product, receipt);
      if (name == "p.csv") writeSeriesCsv(path, product, thresholds, receipt);
      if (name == "p.geojson") writeGeoJson(path, product, thresholds, receipt);
      if (name == "p.kml") writeKml(path, product, thresholds, receipt);
      if (name == "p.npy") writeNpy(path, product, receipt);
    } catch (const StormloomError& error) {
      QVERIFY2(QString(error.what()).contains("this build has no"), error.what());
      QSKIP(error.what());
    }
    const auto found = receiptOf(path);
    QVERIFY(found);
    QVERIFY(found->toJson() == receipt.toJson());
  }

  void aProductHasTheAxesOfTheResultItIsMadeOf() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("p.nc").toStdString();
    const auto written = [&](const ProductRequest& request) {
      writeProductNetCdf(path, makeProduct(fourMembersOfTwoScenarios(), request), Receipt());
      return NetCdfFile::open(path);
    };
    try {
      const NetCdfFile chance = written({.product = "exceedance", .threshold = 40.0, .nSigma = 2.0});
      QCOMPARE(chance.shape("exceedance_probability").size(), std::size_t(4));  // scenario time y x
      QCOMPARE(chance.doubles("forecast_period").size(), chance.doubles("time").size());
      QVERIFY(!chance.hasVariable("realization"));
      QCOMPARE(chance.doubles("n_sigma"), std::vector<double>{2.0});
    } catch (const StormloomError& error) {
      QVERIFY2(QString(error.what()).contains("this build has no"), error.what());
      QSKIP(error.what());
    }
    const NetCdfFile rain = written({.product = "accumulation", .nSigma = 0.0});
    const auto shape = rain.shape("rain_accumulation");
    QCOMPARE(rain.text("rain_accumulation", "standard_name"),
             std::string("lwe_thickness_of_precipitation_amount"));
    QCOMPARE(shape[1], std::size_t(3));
    QCOMPARE(shape[2], std::size_t(1));
    const std::vector<double> bounds = rain.doubles("time_bnds");
    QCOMPARE(bounds[0], rain.doubles("forecast_reference_time")[0]);
    QCOMPARE(bounds[1], rain.doubles("time")[0]);
    QCOMPARE(rain.doubles("realization"), (std::vector<double>{0, 1, 2}));
    QVERIFY(rain.text("rain_accumulation", "coordinates").find("forecast_period") !=
            std::string::npos);
  }

  void anArrayHasItsAxesBesideIt() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("a.npy").toStdString();
    const Product product = makeProduct(fourMembersOfTwoScenarios(), {.nSigma = 0.0});
    writeNpy(path, product, Receipt());
    const Json words = Json::parse(readWholeFile(sidecarPath(path))).at("array");
    QCOMPARE(words.at("units").asString(), product.units);
    QCOMPARE(words.at("map").size(), product.maps.size());
    QCOMPARE(words.at("map").at(1).at("until").asString(), isoText(product.maps[1].until));
    QCOMPARE(words.at("map").at(1).at("realization").asInt(), std::int64_t(product.maps[1].member));
    const GeoReference& geo = product.geo;
    QCOMPARE(words.at("y").at("first").asDouble(), geo.top() - 0.5 * geo.cellHeight());
    QCOMPARE(words.at("y").at("last").asDouble(), geo.bottom() + 0.5 * geo.cellHeight());
    QCOMPARE(words.at("x").at("last").asDouble(), geo.right() - 0.5 * geo.cellWidth());
    QCOMPARE(words.at("x").at("cells").asInt(), std::int64_t(geo.width()));
  }

  void everyProjectionOfCfHasItsName_data() {
    QTest::addColumn<QString>("projection");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("attribute");
    QTest::addColumn<double>("value");
    QTest::newRow("Switzerland")
        << "+proj=somerc +lat_0=46.9524055555556 +lon_0=7.43958333333333 +k_0=1 +x_0=600000 "
           "+y_0=200000 +ellps=bessel +units=m"
        << "oblique_mercator" << "azimuth_of_central_line" << 90.0;
    QTest::newRow("oblique") << "+proj=omerc +lat_0=4 +lonc=102.25 +alpha=323.0257905 +k=0.99984 "
                                "+x_0=804670.24 +y_0=0 +gamma=323.1301023611111 +ellps=GRS80 +units=m"
                             << "oblique_mercator" << "longitude_of_projection_origin" << 102.25;
    QTest::newRow("sinusoidal") << "+proj=sinu +lon_0=10 +R=6371007.181 +units=m" << "sinusoidal"
                                << "longitude_of_projection_origin" << 10.0;
    QTest::newRow("cylinder") << "+proj=cea +lon_0=0 +lat_ts=30 +ellps=WGS84 +units=m"
                              << "lambert_cylindrical_equal_area" << "standard_parallel" << 30.0;
  }
  void everyProjectionOfCfHasItsName() {
    QFETCH(QString, projection);
    QFETCH(QString, name);
    QFETCH(QString, attribute);
    QFETCH(double, value);
    QTemporaryDir folder;
    const std::string path = folder.filePath("p.nc").toStdString();
    Product product = makeProduct(fourMembersOfTwoScenarios(), {.product = "mean"});
    const GeoReference& geo = product.geo;
    product.geo = GeoReference(projection.toStdString(), 6e5, 2e5, 1000, 1000, geo.width(), geo.height());
    try {
      writeProductNetCdf(path, product, Receipt());
    } catch (const StormloomError& error) {
      QVERIFY2(QString(error.what()).contains("this build has no"), error.what());
      QSKIP(error.what());
    }
    const NetCdfFile file = NetCdfFile::open(path);
    QCOMPARE(QString::fromStdString(file.text("crs", "grid_mapping_name")), name);
    const auto variables = file.variables();
    const auto crs = std::ranges::find(variables, "crs", &StoredVariable::name);
    const std::string key = "\n" + attribute.toStdString() + "=";
    const std::size_t at = crs->description.find(key);
    QVERIFY(at != std::string::npos);
    double written = 0.0;
    std::memcpy(&written, crs->description.data() + at + key.size(), sizeof written);
    QCOMPARE(written, value);
  }

  void aPdfKeepsItsBytesAndGetsANewDictionary() {
    const std::string pdf =
        "%PDF-1.4\n1 0 obj\n<< >>\nendobj\nxref\n0 2\ntrailer\n<< /Size 2 /Root 1 0 R >>\n"
        "startxref\n30\n%%EOF\n";
    Receipt receipt;
    receipt.command = "figure";
    receipt.commandLine = "a (b) \\ \"c\"";
    const std::string with = withPdfInformation(pdf, "Gewitter ä", receiptText(receipt));
    QVERIFY(with.starts_with(pdf));
    QTemporaryDir folder;
    const std::string path = folder.filePath("a.pdf").toStdString();
    writeWholeFile(path, with);
    QVERIFY(receiptOf(path)->toJson() == receipt.toJson());
  }

  void filesWithoutReceiptHaveNone_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("text") << QByteArray("a shopping list");
    QTest::newRow("no end") << QByteArray("{\"stormloom_receipt\":1,\"command\":\"demo");
    QTest::newRow("half a GIF") << QByteArray("GIF89a\x01\x00\x01\x00\x21\xfe\xff{", 14);
  }
  void filesWithoutReceiptHaveNone() {
    QFETCH(QByteArray, bytes);
    QTemporaryDir folder;
    const std::string path = folder.filePath("x").toStdString();
    writeWholeFile(path, bytes.toStdString());
    QVERIFY(!receiptOf(path));
  }

  void aFileThatAnotherWroteMeanwhileIsNotReplaced() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("one name.txt").toStdString();
    ScratchFile first = scratchWith(path, "first");
    ScratchFile second = scratchWith(path, "second");
    first.commit();
    QVERIFY_THROWS_EXCEPTION(IoError, second.commit());
    QCOMPARE(readWholeFile(path), std::string("first"));
    ScratchFile third = scratchWith(path, "third");  // who began when it was there may replace it
    third.commit();
    QCOMPARE(readWholeFile(path), std::string("third"));
    ScratchFile slow = scratchWith(path, "slow");
    QTest::qWait(20);
    writeWholeFile(path, "quick");
    QVERIFY_THROWS_EXCEPTION(IoError, slow.commit());
    QCOMPARE(readWholeFile(path), std::string("quick"));
  }

  void aFileThatCameBeforeItsWriterBeganIsNotReplacedEither() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("later.txt").toStdString();
    TargetGuard::expect(path);  // a long computation begins
    QFile other(QString::fromStdString(path));
    QVERIFY(other.open(QIODevice::WriteOnly) && other.write("precious") == 8);
    other.close();
    ScratchFile late = scratchWith(path, "computed");
    QVERIFY_THROWS_EXCEPTION(IoError, late.commit());
    QCOMPARE(readWholeFile(path), std::string("precious"));
    ScratchFile next = scratchWith(path, "asked again");  // it was there when this one was asked for
    next.commit();
    QCOMPARE(readWholeFile(path), std::string("asked again"));
  }

  void whatAKilledWriterLeftIsGoneAtTheNextRun() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("a.txt").toStdString();
    const pid_t child = fork();
    if (child == 0) {
      ScratchFile* left = new ScratchFile(scratchWith(path, "half"));
      _exit(left->path().empty());
    }
    int status = 0;
    waitpid(child, &status, 0);
    const auto hidden = [&] {
      return QDir(folder.path()).entryList(QDir::Files | QDir::Hidden).filter(".part-");
    };
    QCOMPARE(hidden().size(), 1);
    const ScratchFile alive = scratchWith(folder.filePath("c.txt").toStdString(), "half");
    writeWholeFile(folder.filePath("b.txt").toStdString(), "whole");
    QCOMPARE(hidden().size(), 1);  // of the living writer
    QVERIFY(QFile::exists(QString::fromStdString(alive.path())));
  }

  void noFinishedTableLacksItsReceipt() {
    QTemporaryDir folder;
    const std::string path = folder.filePath(QString(245, 'x') + ".csv").toStdString();
    QVERIFY_THROWS_EXCEPTION(IoError, writeWithSidecar(path, "a,b", "{}"));
    QVERIFY(!QFile::exists(QString::fromStdString(path)));  // its receipt's name is too long
  }

  void aWriterThatFailsLeavesTheOldFile() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("old.csv").toStdString();
    writeWholeFile(path, "old");
    {
      ScratchFile scratch(path);  // never committed
    }
    QCOMPARE(readWholeFile(path), std::string("old"));
    QVERIFY_THROWS_EXCEPTION(IoError, writeWholeFile(path + "/below", "x"));
    QVERIFY_THROWS_EXCEPTION(IoError, writeWholeFile(folder.filePath(QString(300, 'n')).toStdString(), "x"));
    QCOMPARE(QDir(folder.path())
                 .entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot)
                 .size(),
             1);
  }
};

QTEST_APPLESS_MAIN(TestProducts)
#include "tst_products.moc"
