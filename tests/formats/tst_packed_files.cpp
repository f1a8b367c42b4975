// Frames as services pack them: archives of frames, and single files packed.
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include "core/zip_file.h"
#include "tests/support/netcdf_writer.h"
#include "tests/support/pgm_sample.h"
#include "tests/support/radolan_sample.h"
#include "tests/support/read_sentence.h"
#include "tests/support/tar_sample.h"

using namespace stormloom;

class TestPackedFiles : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  std::string written(const std::string& name, const std::string& bytes) const {
    const QString path = folder_.filePath(QString::fromStdString(name));
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write");
    file.write(bytes.data(), qint64(bytes.size()));
    return path.toStdString();
  }
  std::string content(const std::string& path) const {
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
  }
  /// Packed by the tool that everybody packs with; "" where the machine has none.
  std::string packed(const std::string& path, const QString& tool, const std::string& ending) const {
    QProcess process;
    process.start(tool, {"-kf", QString::fromStdString(path)});
    if (!process.waitForStarted()) return {};
    process.waitForFinished();
    return path + ending;
  }
  std::string rainFile(const std::string& name) const {
    const std::string path = folder_.filePath(QString::fromStdString(name)).toStdString();
    NetCdfWriter file(path);
    file.axis("lat", "degrees_north", 51.0, -0.5, 2);
    file.axis("lon", "degrees_east", 5.0, 0.5, 3);
    file.variable("rain_rate", NC_FLOAT, {"lat", "lon"});
    file.text("rain_rate", "units", "mm h-1");
    file.put("rain_rate", {1, 2, 3, 4, 5, 6});
    return path;
  }
  std::vector<std::pair<std::string, std::string>> threeFrames() const {
    return {{"run/201609281450_lowest.pgm", pgmSample("201609281450")},
            {"run/201609281445_lowest.pgm", pgmSample("201609281445")},
            {"run/readme.txt", "what lies here"},
            {"run/201609281455_" + std::string(120, 'x') + ".pgm", pgmSample("201609281455")}};
  }
  static void compareThreeFrames(const RadarFiles& read, const std::string& archive) {
    QCOMPARE(read.sequences.size(), std::size_t(1));
    const FrameSequence& rain = read.sequences.front();
    QCOMPARE(rain.frames.size(), std::size_t(3));
    QCOMPARE(isoText(rain.frames[0].validTime), std::string("2016-09-28T14:45:00Z"));
    QCOMPARE(isoText(rain.frames[2].validTime), std::string("2016-09-28T14:55:00Z"));
    for (const Frame& frame : rain.frames) QCOMPARE(frame.source, archive);
    QCOMPARE(rain.frames[0].grid->at(2, 3), (float((2 * 40 + 3) % 256) - 64.0f) / 2.0f);
    QCOMPARE(read.passedOver.size(), std::size_t(1));
    QVERIFY2(read.passedOver[0].find("readme.txt") != std::string::npos,
             read.passedOver[0].c_str());
  }

private Q_SLOTS:
  void anArchiveIsASequence_data() {
    QTest::addColumn<QString>("kind");
    for (const char* kind : {"tar", "zip", "tar.gz", "tar.bz2"}) QTest::newRow(kind) << kind;
  }
  void anArchiveIsASequence() {
    QFETCH(QString, kind);
    const std::string stored =
        kind == "zip" ? zipArchive(threeFrames()) : tarSample(threeFrames());
    std::string archive = written(kind == "zip" ? "frames.zip" : "frames.tar", stored);
    if (kind == "tar.gz") archive = packed(archive, "gzip", ".gz");
    if (kind == "tar.bz2") archive = packed(archive, "bzip2", ".bz2");
    if (archive.empty()) QSKIP("the program that packs is not on this machine");
    compareThreeFrames(readRadarFiles({archive}), archive);
  }

  void aPackedFileTellsItsTimeByItsName_data() {
    QTest::addColumn<QString>("tool");
    QTest::addColumn<QString>("ending");
    QTest::newRow("gzip") << "gzip" << ".gz";
    QTest::newRow("bzip2") << "bzip2" << ".bz2";
  }
  void aPackedFileTellsItsTimeByItsName() {
    QFETCH(QString, tool);
    QFETCH(QString, ending);
    const std::string file =
        packed(rainFile("rain_201906101200.nc"), tool, ending.toStdString());
    if (file.empty()) QSKIP("the program that packs is not on this machine");
    const FrameSequence rain = onlySequence(file);
    QCOMPARE(isoText(rain.frames[0].validTime), std::string("2019-06-10T12:00:00Z"));
    QCOMPARE(rain.frames[0].grid->at(1, 2), 6.0f);
    QCOMPARE(rain.frames[0].source, file);
  }

  void archivesMayHoldPackedFiles() {
    const std::string one = rainFile("rain_201906101205.nc");
    const std::string inner = packed(one, "gzip", ".gz");
    if (inner.empty()) QSKIP("gzip is not on this machine");
    const std::string archive = written(
        "mixed.tar", tarSample({{"a/rain_201906101205.nc.gz", content(inner)},
                                {"rain_201906101210.nc", content(one)}}));
    const FrameSequence rain = onlySequence(archive);
    QCOMPARE(rain.frames.size(), std::size_t(2));
    QCOMPARE(isoText(rain.frames[0].validTime), std::string("2019-06-10T12:05:00Z"));
    QCOMPARE(isoText(rain.frames[1].validTime), std::string("2019-06-10T12:10:00Z"));
  }

  void radolanPackedWithBzip2IsRead() {
    const std::string bytes =
        radolanSample("RX", "E-00", 5, 900, 900, 3, std::vector<unsigned>(900 * 900, 100), 1);
    const std::string file = packed(written("raa01-rx_10000-1408021450-dwd---bin", bytes), "bzip2", ".bz2");
    if (file.empty()) QSKIP("bzip2 is not on this machine");
    QCOMPARE(onlySequence(file).frames[0].grid->at(450, 450), 100.0f / 2.0f - 32.5f);
  }

  void whatIsPackedBadlyEndsInASentence_data() {
    QTest::addColumn<int>("bytes");
    for (const int bytes : {300, 512, 700, 1000, 3000}) QTest::addRow("%d bytes", bytes) << bytes;
  }
  void whatIsPackedBadlyEndsInASentence() {
    QFETCH(int, bytes);
    const std::string cut = tarSample({{"201609281445.pgm", pgmSample()}}).substr(0, std::size_t(bytes));
    const std::string sentence = sentenceFor(written("cut.tar", cut));
    QVERIFY2(sentence.find("cut.tar") != std::string::npos && sentence.find("/proc/") == std::string::npos,
             sentence.c_str());
    const std::string zip = zipArchive({{"201609281445.pgm", pgmSample()}});
    if (std::size_t(bytes) >= zip.size()) return;
    QVERIFY(sentenceFor(written("cut.zip", zip.substr(0, std::size_t(bytes)))).find("cut.zip") !=
            std::string::npos);
  }

  void whatCameBeforeTheDamageIsKept() {
    const std::string whole = tarSample({{"201609281445_lowest.pgm", pgmSample("201609281445")},
                                         {"201609281450_lowest.pgm", pgmSample("201609281450")}});
    const RadarFiles read =
        readRadarFiles({written("half.tar", whole.substr(0, whole.size() * 2 / 3))});
    QCOMPARE(read.sequences.size(), std::size_t(1));
    QCOMPARE(read.sequences[0].frames.size(), std::size_t(1));
    QCOMPARE(isoText(read.sequences[0].frames[0].validTime), std::string("2016-09-28T14:45:00Z"));
    QCOMPARE(read.passedOver.size(), std::size_t(1));
    QVERIFY2(read.passedOver[0].find("half.tar") != std::string::npos, read.passedOver[0].c_str());
  }

  void archivesInArchivesEndSomewhere() {
    std::string bytes = tarSample({{"201609281445.pgm", pgmSample()}});
    for (int k = 0; k < 6; ++k) bytes = tarSample({{"more.tar", bytes}});
    QVERIFY(sentenceFor(written("deep.tar", bytes)).find("too deep") != std::string::npos);
  }
};

QTEST_APPLESS_MAIN(TestPackedFiles)
#include "tst_packed_files.moc"
