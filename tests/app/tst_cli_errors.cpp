#include <signal.h>

#include <QTemporaryDir>
#include <QtTest>

#include "core/scenario_file.h"
#include "core/synthetic_event.h"
#include "tests/app/cli_runner.h"

using namespace stormloom;

class TestCliErrors : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  QString path(const QString& name) const { return folder_.filePath(name); }
  void write(const QString& name, const QByteArray& bytes) const {
    QFile file(path(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
  }
  QByteArray bytesOf(const QString& name) const {
    QFile file(path(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
  }

private Q_SLOTS:
  void initTestCase() {
    FrameSequence event = syntheticEvent();
    writeSequenceFile(path("demo.nc").toStdString(), event);
    FrameSequence withGap = event;
    withGap.frames.erase(withGap.frames.begin() + 9);
    writeSequenceFile(path("gap.nc").toStdString(), withGap);
    FrameSequence shortOne = event;
    shortOne.frames.resize(2);
    writeSequenceFile(path("short.nc").toStdString(), shortOne);
    write("text.txt", "This is a shopping list, not a radar file.\n");
    write("truncated.nc", bytesOf("demo.nc").left(20000));
  }

  /// As `cmake --install` lays it out, and somebody moves it.
  void aMovedTreeFindsItsDecoder() {
    QDir(folder_.path()).mkpath("moved/bin");
    QDir(folder_.path()).mkpath("moved/libexec");
    const QString program = path("moved/bin/stormloom-cli");
    const QString decoder = path("moved/libexec/stormloom-decoder");
    QVERIFY(QFile::copy(STORMLOOM_CLI, program));
    const CliRun without = runCli({"info", path("demo.nc")}, program);
    QCOMPARE(without.code, 3);
    QVERIFY2(without.err.contains("stormloom-decoder") && without.err.contains("Install"),
             without.err);
    QVERIFY(QFile::copy(QFileInfo(STORMLOOM_CLI).dir().filePath("../decoder/stormloom-decoder"),
                        decoder));
    QCOMPARE(runCli({"info", path("demo.nc")}, program).code, 0);
  }

  void everyMistakeHasItsExitCodeAndSentence_data() {
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<int>("code");
    const QString out = path("never.nc");
    const auto forecast = [&](const QString& file, const QStringList& more) {
      return QStringList{"forecast", path(file), "--model", "persistence", "--out", out} + more;
    };
    QTest::newRow("nothing said") << QStringList{} << 2;
    QTest::newRow("unknown command") << QStringList{"forcast"} << 2;
    QTest::newRow("unknown option") << QStringList{"demo", "--folder", "x"} << 2;
    QTest::newRow("option without its value") << QStringList{"demo", "--out"} << 2;
    QTest::newRow("needed option left out") << QStringList{"demo"} << 2;
    QTest::newRow("no path") << QStringList{"info"} << 2;
    QTest::newRow("a number that is none")
        << QStringList{"scenario", path("demo.nc"), "--n", "strong", "--out", out} << 2;
    QTest::newRow("n beyond the slider")
        << QStringList{"scenario", path("demo.nc"), "--n", "5", "--out", out} << 2;
    QTest::newRow("wrong ending") << QStringList{"render", path("demo.nc"), "--out", "x.avi"} << 2;
    QTest::newRow("wrong size") << QStringList{"render",      path("demo.nc"), "--out",
                                               path("x.png"), "--size",        "big"}
                                << 2;
    QTest::newRow("unknown model") << forecast("demo.nc", {"--grid", "mercator"}) << 2;
    QTest::newRow("not a time") << forecast("demo.nc", {"--at", "noon"}) << 2;
    const auto attention = [&](const QStringList& more) {
      return QStringList{"attention", path("demo.nc"), "--out", path("never.png")} + more;
    };
    QTest::newRow("two questions at once") << attention({"--rollout", "--occlude"}) << 2;
    QTest::newRow("beside without diffusion") << attention({"--beside", "3"}) << 2;
    QTest::newRow("a command for Earthformer") << attention({"--n", "3"}) << 2;
    QTest::newRow("a film as a picture") << attention({"--movie", "turn"}) << 2;
    QTest::newRow("no such file") << QStringList{"info", path("nothing.nc")} << 3;
    QTest::newRow("text file") << QStringList{"info", path("text.txt")} << 3;
    QTest::newRow("truncated file") << QStringList{"info", path("truncated.nc")} << 3;
    QTest::newRow("too few frames") << forecast("short.nc", {}) << 3;
    QTest::newRow("gap in the context") << forecast("gap.nc", {}) << 3;
    QTest::newRow("box outside") << forecast("demo.nc", {"--box", "10,50"}) << 3;
    QTest::newRow("damaged weights") << QStringList{"models", "check", path("text.txt")} << 4;
    QTest::newRow("reference without cases")
        << QStringList{"parity", "--reference", folder_.path() + "/none"} << 3;
  }
  void everyMistakeHasItsExitCodeAndSentence() {
    QFETCH(QStringList, words);
    QFETCH(int, code);
    const CliRun run = runCli(words);
    QVERIFY2(run.code == code, run.err + " exit code " + QByteArray::number(run.code));
    QVERIFY(run.out.isEmpty());
    QVERIFY(run.err.trimmed().endsWith('.') || run.err.trimmed().endsWith('?') ||
            run.err.contains("Usage"));
    const CliRun json = runCli(words + QStringList{"--json"});
    QCOMPARE(json.code, code);
    QVERIFY2(!json.json()["error"].toString().isEmpty(), json.out);
    QVERIFY(!QFile::exists(path("never.nc")));
  }

  void aMissingSequenceIsNamed() {
    const CliRun run = runCli({"info", path("nothing.nc")});
    QVERIFY2(run.err.contains("nothing.nc"), run.err);
  }

  void documentationBesideRadarFilesCostsNoWord() {
    QDir(folder_.path()).mkpath("beside");
    QVERIFY(QFile::copy(path("demo.nc"), path("beside/demo.nc")));
    write("beside/README.md", "# Where these files are from\n");
    write("beside/SHA256SUMS", "0 demo.nc\n");
    const QStringList forecast{"forecast", path("beside"), "--model", "persistence", "--out",
                               path("beside.nc"), "--overwrite"};
    const CliRun loud = runCli(forecast);
    QCOMPARE(loud.code, 0);
    QVERIFY2(loud.err.contains("2 files") && !loud.err.contains("README"), loud.err);
    const CliRun quiet = runCli(forecast + QStringList{"-q"});
    QCOMPARE(quiet.code, 0);
    QVERIFY2(quiet.err.isEmpty(), quiet.err);
    QVERIFY(QFile::remove(path("beside/demo.nc")));
    const CliRun alone = runCli({"info", path("beside")});  // nothing but what was left aside
    QCOMPARE(alone.code, 3);
    QVERIFY2(alone.err.contains("README.md"), alone.err);
    QDir(folder_.path()).mkpath("beside/knmi");
    const CliRun above = runCli({"info", path("beside")});
    QCOMPARE(above.code, 3);
    QVERIFY2(above.err.contains("folders do: knmi. Name one of them"), above.err);
  }

  void theWindowWithoutADisplayEndsInASentence() {
    const CliRun help = runCli({"--help"}, STORMLOOM_WINDOW);
    QCOMPARE(help.code, 0);
    QVERIFY2(help.out.contains("--theme"), help.out);
    const CliRun version = runCli({"--version"}, STORMLOOM_WINDOW);
    QCOMPARE(version.code, 0);
    QVERIFY2(version.out.contains("Stormloom"), version.out);
    const CliRun window = runCli({}, STORMLOOM_WINDOW);
    QCOMPARE(window.code, 5);
    QVERIFY2(window.err.contains("no display") && window.err.contains("stormloom-cli"), window.err);
    QCOMPARE(window.err.trimmed().count('\n'), 0);
  }

  void anInterruptEndsWithExitCode130AndLeavesNothingHalfDone() {
    QProcess process;
    const QString out = path("cut.mp4");
    process.start(STORMLOOM_CLI, {"render", path("demo.nc"), "--out", out, "--size", "7680x4320"});
    QVERIFY(process.waitForStarted());
    const QDir folder(folder_.path());
    QTRY_VERIFY_WITH_TIMEOUT(
        !folder.entryList({".cut.mp4-*.part*"}, QDir::AllEntries | QDir::Hidden).isEmpty(), 60'000);
    ::kill(pid_t(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 130);
    QVERIFY(QDir(folder_.path()).entryList({"*cut*"}, QDir::AllEntries | QDir::Hidden).isEmpty());
  }
};

QTEST_GUILESS_MAIN(TestCliErrors)
#include "tst_cli_errors.moc"
