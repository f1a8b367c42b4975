#include <signal.h>

#include <QDirIterator>
#include <QImage>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <cmath>

#include "core/export_files.h"
#include "core/receipt_in_file.h"
#include "core/scenario_file.h"
#include "core/synthetic_event.h"
#include "tests/app/cli_runner.h"

/// Everything that leaves the program carries its receipt and can be made again from it; batches
/// survive being killed. Models are tiny ones of random weights.
class TestCliExports : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  QString path(const QString& name) const { return folder_.filePath(name); }

  void mustWork(const QStringList& words) const {
    const CliRun run = runCli(words);
    QVERIFY2(run.code == 0, words.join(' ').toUtf8() + ": " + run.err);
  }

  void writeFile(const QString& name, const QByteArray& bytes) const {
    QFile file(path(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
  }

  /// Names and contents of all files in a folder, the hidden ones too.
  static QMap<QString, QByteArray> contentsOf(const QString& folder) {
    QMap<QString, QByteArray> contents;
    for (const QString& name : QDir(folder).entryList(QDir::Files | QDir::Hidden)) {
      QFile file(folder + "/" + name);
      if (file.open(QIODevice::ReadOnly)) contents[name] = file.readAll();
    }
    return contents;
  }

  QByteArray job(const QString& out) const {
    return "{\"out\": \"" + out.toUtf8() +
           "\",\n \"events\": [{\"name\": \"demo\", \"paths\": \"demo.nc\",\n   \"at\": "
           "[\"2019-07-01T22:00:00Z\", \"2019-07-01T22:30:00Z\"]}],\n \"models\": "
           "[\"persistence\", \"extrapolation\", \"prediff\"],\n \"n\": [-1, 1], \"seeds\": [3]}\n";
  }

  /// The same files with the same numbers in them.
  void compareResults(const QString& made, const QString& expected) const {
    QCOMPARE(contentsOf(path(made)).keys(), contentsOf(path(expected)).keys());
    for (const QString& name : contentsOf(path(made)).keys().filter(".nc")) {
      const stormloom::ResultFile a =
          stormloom::readResultFile(path(expected + "/" + name).toStdString());
      const stormloom::ResultFile b =
          stormloom::readResultFile(path(made + "/" + name).toStdString());
      for (std::size_t k = 0; k < a.members[0].frames.frames.size(); ++k)
        QVERIFY(std::ranges::equal(a.members[0].frames.frames[k].grid->values(),
                                   b.members[0].frames.frames[k].grid->values(), [](float x, float y) {
                                     return x == y || (std::isnan(x) && std::isnan(y));  // unknown in both
                                   }));
    }
  }

private Q_SLOTS:
  void initTestCase() {
    QProcess process;
    QDir(folder_.path()).mkdir("models");
    process.start(STORMLOOM_MAKE_TINY_MODELS, {path("models")});
    QVERIFY(process.waitForFinished(120'000));
    QCOMPARE(process.exitCode(), 0);
    qputenv("STORMLOOM_MODELS", path("models").toUtf8());
    qputenv("OMP_NUM_THREADS", "1");  // tiny models gain nothing by more
    mustWork({"demo", "--out", path("demo.nc")});
    mustWork({"scenario", path("demo.nc"), "--n", "-2,2", "--members", "2", "--at",
              "2019-07-01T22:00:00Z", "--out", path("s.nc"), "--animate", path("s.gif")});
    QImage square(32, 32, QImage::Format_RGB32);
    square.fill(Qt::yellow);
    QVERIFY(square.save(path("square.png")));
  }

  void whatIsMadeAgainIsIdentical_data() {
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("name");
    const auto row = [](const QString& name, const QStringList& words) {
      QTest::newRow(name.toUtf8()) << words << name;
    };
    row("demo.nc", {});
    row("s.nc", {});
    row("s.gif", {});
    row("prediff.nc", {"forecast", path("demo.nc"), "--model", "prediff", "--seed", "9"});
    row("r.mp4", {"render", path("s.nc"), "--size", "640x360"});
    row("r.webm", {"render", path("s.nc"), "--size", "640x360"});
    row("r.png", {"render", path("s.nc"), "--size", "640x360"});
    row("between.gif",
        {"render", path("demo.nc"), "--between", "1", "--to", "3", "--size", "640x360"});
    row("panes.mp4", {"render", path("demo.nc"), "--layout", "compare", "--at",
                      "2019-07-01T22:00:00Z", "--between", "1", "--size", "960x540"});
    row("chances.png",
        {"render", path("demo.nc"), "--layout",
         "{\"layout\":{\"way\":\"row\",\"parts\":[{\"source\":\"scenario\",\"product\":"
         "\"probability\"},{\"source\":\"extrapolation\",\"minus\":{\"source\":\"persistence\"}},{"
         "\"source\":\"disagreement\"},{\"source\":\"stochastic\",\"product\":\"spread\"}]},"
         "\"members\":2,\"hatching\":true}",
         "--at", "2019-07-01T22:00:00Z", "--frame", "9", "--size", "960x540"});
    row("logo.png", {"render", path("s.nc"), "--logo", path("square.png"), "--note=--fps", "--without",
                     "scale", "--size", "640x360"});
    row("scores.csv", {"verify", path("s.nc"), path("demo.nc")});
    row("attention.png", {"attention", path("demo.nc"), "--at", "2019-07-01T22:00:00Z"});
    row("attention.pdf", {"attention", path("demo.nc"), "--at", "2019-07-01T22:00:00Z", "--mm", "90"});
    row("bent.nc", {"scenario", path("demo.nc"), "--at", "2019-07-01T22:00:00Z", "--curve",
                    "0,1,2,2,1,0", "--within", "-99,36,-96,36,-96,38", "--first-member", "2"});
    row("pictures", {"render", path("demo.nc"), "--size", "640x360"});
    row("pictures_n+0.0", {"render", path("demo.nc"), "--size", "640x360"});
    row("maps_n+0.5", {"export", path("s.nc"), "--n", "2"});
    row("p.tif", {"export", path("s.nc"), "--product", "mean", "--n", "2"});
    row("p.nc", {"export", path("s.nc"), "--product", "exceedance", "--n", "2"});
    row("p.csv", {"export", path("s.nc")});
    row("p.geojson", {"export", path("s.nc"), "--threshold", "40"});
    row("p.kml", {"export", path("s.nc"), "--threshold", "40"});
    row("p.kmz", {"export", path("s.nc"), "--n", "2", "--member", "1"});
    row("p.npy", {"export", path("demo.nc")});
    row("strip.pdf", {"figure", path("s.nc"), path("demo.nc")});
    row("stamps.svg", {"figure", path("s.nc"), "--kind", "stamps"});
    row("fan.png", {"figure", path("s.nc"), "--kind", "fan", "--mm", "100x60", "--dpi", "150"});
    row("report.html", {"report", path("s.nc"), path("demo.nc"), "--size", "640x360"});
    row("report.pdf", {"report", path("s.nc")});
  }
  void whatIsMadeAgainIsIdentical() {
    QFETCH(QStringList, words);
    QFETCH(QString, name);
    if (!words.isEmpty()) mustWork(words + QStringList{"--out", path(name)});
    const CliRun run = runCli({"rerun", path(name), "--json"});
    QVERIFY2(run.code == 0, run.err);
    QVERIFY2(run.json()["identical"].toBool(), run.out);
  }

  void aPictureHasItsSizeInMillimetres() {
    mustWork({"figure", path("s.nc"), "--mm", "100x60", "--dpi", "254", "--out", path("mm.png")});
    const QImage image(path("mm.png"));
    QCOMPARE(image.size(), QSize(1000, 600));
    QCOMPARE(image.dotsPerMeterX(), 10000);
    mustWork({"attention", path("demo.nc"), "--at", "2019-07-01T22:00:00Z", "--mm", "100", "--dpi",
              "254", "--out", path("mm attention.png")});
    QCOMPARE(QImage(path("mm attention.png")).width(), 1000);
  }

  void aFileIsNeverReplacedUnasked() {
    const QStringList words = {"export", path("s.nc"), "--out", path("once.csv")};
    mustWork(words);
    const CliRun again = runCli(words);
    QCOMPARE(again.code, 2);
    QVERIFY2(again.err.contains("--overwrite"), again.err);
    mustWork(words + QStringList{"--overwrite"});
  }

  void theInputIsNeverReplaced() {
    QVERIFY(QFile::copy(path("s.nc"), path("precious.nc")));
    const CliRun run =
        runCli({"export", path("precious.nc"), "--overwrite", "--out", path("./precious.nc")});
    QCOMPARE(run.code, 2);
    QVERIFY2(run.err.contains("the input itself"), run.err);
    QVERIFY(QFileInfo(path("precious.nc")).size() == QFileInfo(path("s.nc")).size());
    QDir(folder_.path()).mkdir("inputs");
    QVERIFY(QFile::copy(path("demo.nc"), path("inputs/demo.nc")));
    for (const QString& input : {path("inputs"), path("inputs/*.nc")}) {
      const CliRun among = runCli({"export", input, "--overwrite", "--out", path("inputs/demo.nc")});
      QVERIFY2(among.code == 2 && among.err.contains("among the inputs"), among.err);
    }
  }

  void aFolderMadeForAResultThatIsRefusedIsGone() {
    const CliRun run = runCli({"export", path("s.nc"), "--product", "accumulation", "--member", "99",
                               "--n", "2", "--out", path("new/deep/p.nc")});
    QVERIFY2(run.code != 0, run.out);
    QVERIFY2(run.err.contains("was made"), run.err);
    QVERIFY(!QFileInfo::exists(path("new")));
    mustWork({"export", path("s.nc"), "--out", path("new/deep/p.csv")});
  }

  void aThresholdBeyondTheScaleIsRefused() {
    const CliRun run =
        runCli({"export", path("s.nc"), "--threshold", "900", "--out", path("none.geojson")});
    QCOMPARE(run.code, 2);
    QVERIFY2(run.err.contains("0 to 255"), run.err);
  }

  void whatDiffersIsToldInValues_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("told");
    QTest::newRow("NetCDF") << "d.nc" << "maximum_intensity: 1 of ";
    QTest::newRow("GeoTIFF") << "d.tif" << "1 of 32768 values differ, by at most 7";
    QTest::newRow("NumPy") << "d.npy" << "values differ, by at most 7";
    QTest::newRow("CSV") << "d.csv" << "numbers differ, by at most ";
    QTest::newRow("GeoJSON") << "d.geojson" << "differ";
  }
  void whatDiffersIsToldInValues() {
    QFETCH(QString, name);
    QFETCH(QString, told);
    using namespace stormloom;
    const std::string file = path(name).toStdString();
    mustWork({"export", path("s.nc"), "--product", "maximum", "--n", "2", "--threshold", "10",
              "--out", path(name)});
    const Receipt receipt = *receiptOf(file);
    Product product = makeProduct(readResultFile(path("s.nc").toStdString()),
                                  {.product = "maximum", .nSigma = 2.0});
    RadarGrid grid = *product.maps[0].grid;
    const int row = grid.height() / 2, col = grid.width() / 2;
    grid.set(row, col, grid.at(row, col) + 7.0f, CellState::Measured);
    product.maps[0].grid = std::make_shared<const RadarGrid>(grid);
    if (name == "d.nc") writeProductNetCdf(file, product, receipt);
    if (name == "d.tif") writeGeoTiff(file, product, receipt);
    if (name == "d.npy") writeNpy(file, product, receipt);
    if (name == "d.csv") writeSeriesCsv(file, product, {10.0}, receipt);
    if (name == "d.geojson") writeGeoJson(file, product, {10.0}, receipt);
    const CliRun run = runCli({"rerun", path(name)});
    QCOMPARE(run.code, 1);
    QVERIFY2(run.out.contains(told.toUtf8()), run.out);
    QVERIFY2(!run.out.contains("bytes"), run.out);
  }

  void aValueThatOnlyOneFileHasIsToldAsSuch() {
    using namespace stormloom;
    const std::string file = path("gap.tif").toStdString();
    mustWork({"export", path("s.nc"), "--product", "maximum", "--n", "2", "--out", path("gap.tif")});
    const Receipt receipt = *receiptOf(file);
    Product product = makeProduct(readResultFile(path("s.nc").toStdString()),
                                  {.product = "maximum", .nSigma = 2.0});
    RadarGrid grid = *product.maps[0].grid;
    grid.set(3, 4, NAN, CellState::Missing);
    product.maps[0].grid = std::make_shared<const RadarGrid>(grid);
    writeGeoTiff(file, product, receipt);
    CliRun run = runCli({"rerun", path("gap.tif")});
    QVERIFY2(run.out.contains("1 of 32768 values differ; in 1 cells what is known differs"), run.out);
    grid = *makeProduct(readResultFile(path("s.nc").toStdString()), {.product = "maximum", .nSigma = 2.0}).maps[0].grid;
    product.maps[0].grid = std::make_shared<const RadarGrid>(grid);
    const GeoReference& lies = product.geo;
    product.geo = GeoReference(lies.projection(), lies.left() + 500, lies.top(), lies.cellWidth(),
                               lies.cellHeight(), lies.width(), lies.height());
    writeGeoTiff(file, product, receipt);
    run = runCli({"rerun", path("gap.tif")});
    QVERIFY2(run.out.contains("the same values; place, projection or descriptions are others"), run.out);
  }

  void picturesInBetweenAreCounted() {
    const CliRun run = runCli({"render", path("demo.nc"), "--between", "1", "--to", "3", "--size",
                               "640x360", "--out", path("counted.gif"), "--json"});
    QCOMPARE(run.json()["frames"].toInt(), 5);
  }

  void aLogoIsNotReplacedByItsPicture() {
    const CliRun run = runCli({"render", path("s.nc"), "--logo", path("square.png"), "--out",
                               path("square.png"), "--overwrite"});
    QCOMPARE(run.code, 2);
    QVERIFY2(run.err.contains("the logo itself"), run.err);
  }

  void aFolderThatLacksAMapIsNotTheSame() {
    mustWork({"export", path("s.nc"), "--n", "2", "--out", path("lacking")});
    const QStringList maps = QDir(path("lacking")).entryList({"*.tif"});
    QVERIFY(QFile::remove(path("lacking/" + maps.last())));
    const CliRun run = runCli({"rerun", path("lacking")});
    QCOMPARE(run.code, 1);
    QVERIFY2(run.out.contains(maps.last().toUtf8() + " was missing"), run.out);
  }

  void aLogoIsAnInputThatIsFoundAgainOrMissed() {
    QVERIFY(QFile::copy(path("square.png"), path("sign.png")));
    mustWork({"render", path("s.nc"), "--logo", path("sign.png"), "--size", "640x360", "--out",
              path("signed.png")});
    QDir(folder_.path()).mkdir("signs");
    QVERIFY(QFile::rename(path("sign.png"), path("signs/other.png")));
    CliRun run = runCli({"rerun", path("signed.png")});
    QCOMPARE(run.code, 3);
    QVERIFY2(run.err.contains("sign.png"), run.err);
    run = runCli({"rerun", path("signed.png"), path("signs"), "--json"});
    QVERIFY2(run.json()["identical"].toBool(), run.err + run.out);
  }

  void whatAPictureCannotHaveIsRefused_data() {
    QTest::addColumn<QStringList>("words");
    QTest::newRow("pictures in between") << QStringList{"--between", "3"};
    QTest::newRow("a part of the time axis") << QStringList{"--from", "2"};
    QTest::newRow("a box without panes") << QStringList{"--box", "5,52"};
    QTest::newRow("no layout") << QStringList{"--layout", "{\"way\":\"row\",\"parts\":[]}"};
    QTest::newRow("no such session") << QStringList{"--layout", "nowhere.stormloom"};
    QTest::newRow("the end of the options as a value") << QStringList{"--note", "--"};
  }
  void whatAPictureCannotHaveIsRefused() {
    QFETCH(QStringList, words);
    const CliRun run = runCli(QStringList{"render", path("demo.nc"), "--out", path("no.png")} + words);
    QVERIFY2(run.code == 2 || run.code == 3, run.err);
    QVERIFY2(run.err.contains(words[0].toUtf8()) || run.err.contains("layout") ||
                 run.err.contains("nowhere"),
             run.err);
    QVERIFY(!QFile::exists(path("no.png")));
  }

  void inputsThatMovedAreFoundAndResultsAmongThemMadeAgain() {
    QFile::copy(path("demo.nc"), path("moved.nc"));
    mustWork({"forecast", path("moved.nc"), "--model", "persistence", "--out", path("m.nc")});
    QDir(folder_.path()).mkdir("archive");
    // The built-in event can be made again itself, so its loss is no loss.
    QVERIFY(QFile::rename(path("moved.nc"), path("archive/elsewhere.nc")));
    QCOMPARE(runCli({"rerun", path("m.nc")}).code, 0);
    QVERIFY(
        runCli({"rerun", path("m.nc"), path("archive"), "--json"}).json()["identical"].toBool());
  }

  void inputsWithoutReceiptThatAreGoneOrChangedAreSaidPlainly() {
    writeSequenceFile(path("bare.nc").toStdString(), stormloom::syntheticEvent());
    mustWork({"forecast", path("bare.nc"), "--model", "persistence", "--out", path("b.nc")});
    QVERIFY(QFile::rename(path("bare.nc"), path("hidden.nc")));
    CliRun run = runCli({"rerun", path("b.nc")});
    QCOMPARE(run.code, 3);
    QVERIFY2(run.err.contains("1 of 1 inputs are gone: " + path("bare.nc").toUtf8()), run.err);
    writeFile("bare.nc", "something else");
    run = runCli({"rerun", path("b.nc")});
    QCOMPARE(run.code, 3);
    QVERIFY2(run.err.contains("not what they were"), run.err);
  }

  void namesOfEveryKindAreWritten_data() {
    QTest::addColumn<QString>("name");
    QTest::newRow("blanks and quotes") << "it's \"a\" storm.csv";
    QTest::newRow("letters") << QString::fromUtf8("Gewitter 雨 ñ.csv");
    QTest::newRow("many folders") << QString("a/").repeated(60) + "deep.csv";
  }
  void namesOfEveryKindAreWritten() {
    QFETCH(QString, name);
    mustWork({"export", path("s.nc"), "--out", path(name)});
    QVERIFY(runCli({"rerun", path(name), "--json"}).json()["identical"].toBool());
  }

  void aNameThatNoFileSystemTakesIsRefused() {
    const CliRun run = runCli({"export", path("s.nc"), "--out", path(QString(300, 'x') + ".csv")});
    QCOMPARE(run.code, 3);
    QVERIFY2(run.err.contains("too long"), run.err);
  }

  void aFullDiskEndsInASentence_data() {
    QTest::addColumn<QString>("words");
    QTest::newRow("NetCDF") << "demo --out full/d.nc";
    QTest::newRow("a product") << "export demo.nc --out full/p.nc";
    QTest::newRow("GeoTIFF") << "export demo.nc --out full/p.tif";
    QTest::newRow("a folder of GeoTIFF files") << "export demo.nc --out full/maps";
    QTest::newRow("numbers") << "export demo.nc --out full/p.npy";
    QTest::newRow("GIF") << "render demo.nc --out full/d.gif";
    QTest::newRow("MP4") << "render demo.nc --out full/d.mp4";
  }
  void aFullDiskEndsInASentence() {
    QFETCH(QString, words);
    QDir(folder_.path()).mkdir("full");
    const QString mount = "cd '" + folder_.path() + "' && mount -t tmpfs -o size=40k none full";
    if (runCli({"-rm", "sh", "-c", mount}, "unshare").code != 0)
      QSKIP("small disks cannot be made here");
    const CliRun run = runCli({"-rm", "sh", "-c",
                               mount + " && '" STORMLOOM_CLI "' " + words +
                                   "; code=$?; ls -A full; exit $code"},
                              "unshare");
    QVERIFY2(run.code == 3, run.err);
    QVERIFY2(run.err.contains("the disk is full"), run.err);
    QVERIFY2(run.out.isEmpty(), run.out);
  }

  void aBatchThatIsKilledEndsLikeOneThatIsNot() {
    writeFile("undisturbed.json", job("undisturbed"));
    writeFile("killed.json", job("killed"));
    mustWork({"batch", path("undisturbed.json")});
    QCOMPARE(contentsOf(path("undisturbed")).size(), 8 + 2);  // results, their list, the claims
    for (int attempt = 0; attempt < 4; ++attempt) {
      QProcess process;
      process.start(STORMLOOM_CLI, {"batch", path("killed.json")});
      QVERIFY(process.waitForStarted());
      if (!process.waitForFinished(600 + 700 * attempt))
        ::kill(pid_t(process.processId()), SIGKILL);
      process.waitForFinished();
    }
    const CliRun last = runCli({"batch", path("killed.json"), "--workers", "2"});
    QVERIFY2(last.code == 0, last.err + last.out);
    compareResults("killed", "undisturbed");
  }

  void ranksOfMpiShareABatch() {
    writeFile("alone.json", job("alone"));
    writeFile("ranks.json", job("ranks"));
    mustWork({"batch", path("alone.json")});
    QProcess ranks;
    ranks.start("mpirun", {"--allow-run-as-root", "--oversubscribe", "-n", "2", STORMLOOM_CLI,
                           "batch", path("ranks.json")});
    if (!ranks.waitForStarted()) QSKIP("mpirun is not on this machine");
    QVERIFY(ranks.waitForFinished(600'000));
    QVERIFY2(ranks.exitCode() == 0, ranks.readAllStandardError());
    compareResults("ranks", "alone");
  }

  void tasksOfSlurmShareABatch() {
    writeFile("one.json", job("one"));
    writeFile("tasks.json", job("tasks"));
    mustWork({"batch", path("one.json")});
    QProcess tasks[2];
    for (int k = 0; k < 2; ++k) {
      QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
      environment.insert("SLURM_PROCID", QString::number(k));
      environment.insert("SLURM_NTASKS", "2");
      tasks[k].setProcessEnvironment(environment);
      tasks[k].start(STORMLOOM_CLI, {"batch", path("tasks.json")});
    }
    for (QProcess& task : tasks) {
      QVERIFY(task.waitForFinished(600'000));
      QVERIFY2(task.exitCode() == 0, task.readAllStandardError());
    }
    compareResults("tasks", "one");
  }

  void aFileOfAnotherVersionDiffersInItsReceiptOnly_data() {
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("name");
    const auto row = [](const QString& name, const QStringList& words) {
      QTest::newRow(name.toUtf8()) << words << name;
    };
    row("v.kmz", {"export", path("s.nc"), "--n", "2", "--member", "1"});
    row("v.nc", {"export", path("s.nc"), "--product", "mean", "--n", "2"});
    row("v.tif", {"export", path("s.nc"), "--product", "mean", "--n", "2"});
    row("v.kml", {"export", path("s.nc"), "--threshold", "40"});
    row("v.pdf", {"report", path("s.nc"), path("demo.nc")});
    row("v figure.pdf", {"figure", path("s.nc"), "--kind", "fan"});
    row("v.svg", {"figure", path("s.nc"), "--kind", "fan"});
    row("v.html", {"report", path("s.nc"), path("demo.nc"), "--size", "640x360"});
  }
  void aFileOfAnotherVersionDiffersInItsReceiptOnly() {
    QFETCH(QStringList, words);
    QFETCH(QString, name);
    mustWork(words + QStringList{"--out", path(name)});
    QFile file(path(name));
    QVERIFY(file.open(QIODevice::ReadWrite));
    QByteArray bytes = file.readAll();
    const QByteArray version = "\"program_version\":\"";
    const qsizetype at = bytes.indexOf(version);
    QVERIFY(at > 0);
    bytes[at + version.size()] = '9';
    file.seek(0);
    file.write(bytes);
    file.close();
    const CliRun run = runCli({"rerun", path(name), "--json"});
    QCOMPARE(run.code, 0);
    QVERIFY2(!run.json()["identical"].toBool() && run.json()["same_content"].toBool(), run.out);
    QVERIFY2(run.out.contains("receipt: program_version was"), run.out);
  }

  void aFileIsMadeAgainFromTheReceiptBesideIt() {
    mustWork({"export", path("s.nc"), "--out", path("beside.csv")});
    const CliRun run = runCli({"rerun", path("beside.csv.receipt.json"), "--json"});
    QVERIFY2(run.code == 0 && run.json()["identical"].toBool(), run.err + run.out);
  }

  void whatIsTakenUnaskedIsSaid() {
    mustWork({"scenario", path("demo.nc"), "--n", "0,2", "--members", "2", "--at",
              "2019-07-01T22:00:00Z", "--out", path("two.nc")});
    const CliRun run =
        runCli({"export", path("two.nc"), "--product", "exceedance", "--out", path("two.tif")});
    QVERIFY2(run.code == 0 && run.err.contains("n = 0 are taken"), run.err);
    const CliRun several = runCli({"export", path("two.nc"), "--product", "exceedance", "--n", "2",
                                   "--threshold", "133,181", "--out", path("three.tif")});
    QVERIFY2(several.code == 2 && several.err.contains("one number"), several.err);
  }

  void everyModelBehindAPictureIsInItsReceipt() {
    const auto modelsOf = [&](const QString& name) {
      return stormloom::receiptOf(path(name).toStdString())->models;
    };
    mustWork({"render", path("demo.nc"), "--layout", "compare", "--at", "2019-07-01T22:00:00Z",
              "--size", "640x360", "--out", path("models.png")});
    QVERIFY(modelsOf("models.png").size() >= 2);
    for (const auto& model : modelsOf("models.png")) QVERIFY(!model.name.empty());
    QVERIFY(std::ranges::any_of(modelsOf("models.png"),
                                [](const auto& model) { return model.weightsSha256.size() == 64; }));
    QVERIFY(modelsOf("s.gif").empty());
  }

  void theTimeAxisIsThatOfTheEvent() {
    const CliRun run = runCli({"render", path("demo.nc"), "--layout", "single", "--at",
                               "2019-07-01T22:00:00Z", "--size", "640x360", "--out",
                               path("axis.gif"), "--json"});
    QVERIFY2(run.code == 0, run.err);
    const auto demo = stormloom::readResultFile(path("demo.nc").toStdString());
    int before = 0;
    for (const auto& frame : demo.context.frames)
      before += stormloom::isoText(frame.validTime) <= "2019-07-01T22:00:00Z";
    QCOMPARE(run.json()["frames"].toInt(), before + 6);
  }

  void whatDiffersOnlyInItsReceiptHasTheSameContent() {
    mustWork({"export", path("demo.nc"), "--out", path("t.geojson"), "--threads", "1"});
    const CliRun run = runCli({"rerun", path("t.geojson"), "--threads", "2"});
    QCOMPARE(run.code, 0);
    QVERIFY2(run.out.contains("every value is the same") || run.out.contains("identical"), run.out);
  }

  void aJobFileWithAnErrorIsRefusedWithLineAndField_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("no JSON") << QByteArray("{\"out\": \"x\",\n oops}") << QByteArray("line 2");
    QTest::newRow("unknown field")
        << QByteArray("{\"out\": \"x\",\n\"events\": [],\n\"modles\": []}")
        << QByteArray("line 3, field \"modles\"");
    QTest::newRow("n too large")
        << QByteArray("{\"out\": \"x\",\n\"events\": [{\"paths\": \"demo.nc\"}],\n\"n\": [0,\n 9]}")
        << QByteArray("line 3, field \"n\"");
    QTest::newRow("steps that are a word")
        << QByteArray("{\"out\": \"x\",\n\"events\": [{\"paths\": \"demo.nc\"}],\n\"steps\": \"abc\"}")
        << QByteArray("line 3, field \"steps\"");
    QTest::newRow("no members")
        << QByteArray("{\"out\": \"x\",\n\"events\": [{\"paths\": \"demo.nc\"}],\n\"members\": 0}")
        << QByteArray("line 3, field \"members\"");
    QTest::newRow("an ending that is no animation")
        << QByteArray("{\"out\": \"x\",\n\"events\": [{\"paths\": \"demo.nc\"}],\n\"animate\": \".avi\"}")
        << QByteArray("line 3, field \"animate\"");
    QTest::newRow("a grid that is none")
        << QByteArray("{\"out\": \"x\",\n\"events\": [{\"paths\": \"demo.nc\"}],\n\"grid\": \"foo\"}")
        << QByteArray("line 3, field \"grid\"");
    QTest::newRow("half a seed")
        << QByteArray("{\"out\": \"x\",\n\"events\": [{\"paths\": \"demo.nc\"}],\n\"seeds\": [1.5]}")
        << QByteArray("line 3, field \"seeds\"");
    QTest::newRow("a box outside the Earth")
        << QByteArray("{\"out\": \"x\",\n\"events\": [{\"paths\": \"demo.nc\", \"box\": [500, 99]}],\n\"n\": 0}")
        << QByteArray("line 2, field \"events[0].box\"");
    QTest::newRow("a name too long for a file")
        << "{\"out\": \"x\",\n\"events\": [{\"paths\": \"demo.nc\", \"name\": \"" +
               QByteArray(300, 'e') + "\"}]}"
        << QByteArray("line 2, field \"events[0].name\"");
    QTest::newRow("a time that is none")
        << QByteArray(
               "{\"out\": \"x\",\n\"events\": [{\"paths\": \"demo.nc\"},\n{\"paths\": "
               "\"demo.nc\",\n\"at\": \"noon\"}]}")
        << QByteArray("line 4, field \"events[1].at\"");
    QTest::newRow("a file that is not there")
        << QByteArray("{\"out\": \"x\", \"events\": [\n{\"paths\": \"gone.nc\"}]}")
        << QByteArray("line 2, field \"events[0].paths\"");
  }
  void aJobFileWithAnErrorIsRefusedWithLineAndField() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, expected);
    writeFile("bad.json", text);
    const CliRun run = runCli({"batch", path("bad.json")});
    QCOMPARE(run.code, 2);
    QVERIFY2(run.err.contains("bad.json") && run.err.contains(expected), run.err);
  }
};

QTEST_GUILESS_MAIN(TestCliExports)
#include "tst_cli_exports.moc"
