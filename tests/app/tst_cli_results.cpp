#include <QImage>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include "core/animation_file.h"
#include "core/model_grid.h"
#include "core/scenario_file.h"
#include "core/synthetic_event.h"
#include "tests/app/cli_runner.h"

using namespace stormloom;

class TestCliResults : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  QString path(const QString& name) const { return folder_.filePath(name); }

  /// Five scenarios whose frames are the truth: enough to look at the pictures.
  void writeScenarios(const QString& file) const {
    const FrameSequence event = syntheticEvent();
    ScenarioForecast forecast;
    auto context = std::make_shared<ModelContext>(
        cutContext(event, {sevirLrGrid(), {}, event.frames[6].validTime, {}}));
    forecast.request.context = context;
    forecast.request.nSigma = {-4, -2, 0, 2, 4};
    FrameSequence truth = cutTruth(event, *context);
    truth.provenance = Provenance::Forecast;
    const std::vector<double> means(truth.frames.size(), 0.1);
    forecast.anticipated = {means, means, 0.1};
    for (const double n : forecast.request.nSigma)
      forecast.members.push_back({n, 0, truth, means, means});
    writeScenarioFile(file.toStdString(), forecast);
  }

private Q_SLOTS:
  void everyCommandHasHelpWithExamples_data() {
    QTest::addColumn<QString>("command");
    for (const char* command : {"info", "forecast", "scenario", "render", "export", "figure",
                                "report", "verify", "rerun", "parity", "train", "models", "demo"})
      QTest::newRow(command) << command;
  }
  void everyCommandHasHelpWithExamples() {
    QFETCH(QString, command);
    const CliRun run = runCli({command, "--help"});
    QCOMPARE(run.code, 0);
    QVERIFY(run.out.contains("Examples") && run.out.contains("--json"));
    QVERIFY(runCli({"--help"}).out.contains(command.toUtf8()));
  }

  void demoInfoAndRenderFitTogether() {
    CliRun run = runCli({"demo", "--out", folder_.path(), "--json"});
    QVERIFY2(run.code == 0, run.err);
    QCOMPARE(run.json()["frames"].toInt(), 13);
    run = runCli({"info", path("demo.nc"), "--json"});
    QVERIFY2(run.code == 0, run.err);
    const QJsonObject sequence = run.json()["sequences"].toArray()[0].toObject();
    QCOMPARE(sequence["frames"].toInt(), 13);
    QCOMPARE(sequence["times"].toArray()[0].toString(), QString("2019-07-01T21:00:00Z"));
    QCOMPARE(sequence["step_minutes"].toDouble(), 10.0);
    QCOMPARE(sequence["bounds"].toArray().size(), 4);
    QVERIFY(sequence["gaps"].toArray().isEmpty());
    for (const char* name : {"demo.mp4", "demo.gif", "frames"}) {
      run = runCli({"render", path("demo.nc"), "--out", path(name), "--size", "640x480", "-q"});
      QVERIFY2(run.code == 0, run.err);
      QVERIFY2(run.err.isEmpty(), run.err);
      QCOMPARE(countAnimationFrames(path(name).toStdString()), 13);
    }
  }

  void picturesHaveTheSizeThatWasAskedFor_data() {
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::newRow("small") << 640 << 480;
    QTest::newRow("full HD") << 1920 << 1080;
  }
  void picturesHaveTheSizeThatWasAskedFor() {
    QFETCH(int, width);
    QFETCH(int, height);
    writeScenarios(path("s.nc"));
    const CliRun run = runCli({"render", path("s.nc"), "--out", path("s.png"), "--size",
                               QString("%1x%2").arg(width).arg(height), "--overwrite"});
    QVERIFY2(run.code == 0, run.err);
    const QImage image(path("s.png"));
    QCOMPARE(image.size(), QSize(width, height));
    QVERIFY(image.text("stormloom_receipt").contains("stormloom-cli render"));
    int past = 0;
    int forecast = 0;
    for (int y = 0; y < image.height(); ++y)
      for (int x = 0; x < image.width(); ++x) {
        past += image.pixel(x, y) == 0xff5fc9e0;
        forecast += image.pixel(x, y) == 0xfff2b84b;
      }
    QVERIFY2(past > width / 10, "no cyan edge");
    QVERIFY2(forecast > 4 * width / 10, "no amber edges");
  }

  void parityThatComparedNothingIsNoSuccess() {
    const QString folder = path("reference");
    QVERIFY(QDir().mkpath(folder + "/group"));
    const auto withCase = [&](const QByteArray& text) {
      QFile file(folder + "/group/one.json");
      return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
    };
    QVERIFY(withCase("{\"kind\": \"never heard of\"}"));
    QCOMPARE(runCli({"parity", "--reference", folder}).code, 3);
    QCOMPARE(runCli({"parity", "--reference", folder, "--filter", "nosuch"}).code, 2);
  }

  void weightsAreConvertedAsTheHelpSays() {
    const QString folder = runCli({"models", "--json"}).json()["folder"].toString();
    const QString weights = folder + "/alignment.safetensors";
    if (!QFile::exists(weights)) QSKIP("No weights are installed here.");
    const QString copy = path("copy.safetensors");
    const CliRun run = runCli({"models", "check", weights, "--convert", copy, "--json"});
    QVERIFY2(run.code == 0, run.err);
    QCOMPARE(runCli({"models", "check", copy, "--json"}).json()["parameters"],
             run.json()["parameters"]);
  }

  void parityCountsItsCases() {
    const QString golden = QStringLiteral(STORMLOOM_SHARED_DIR "/golden");
    if (!QFile::exists(golden)) QSKIP("The golden reference is not beside the source tree.");
    const CliRun run =
        runCli({"parity", "--reference", golden, "--filter", "cuboid_maps", "--json"});
    QCOMPARE(run.code, 0);
    QCOMPARE(run.json()["passed"].toInt(), 14);
    QCOMPARE(run.json()["cases"].toArray().size(), 14);
  }
};

QTEST_GUILESS_MAIN(TestCliResults)
#include "tst_cli_results.moc"
