#include <sys/resource.h>
#include <unistd.h>

#include <QDir>
#include <QTemporaryDir>
#include <QTest>
#include <array>
#include <filesystem>
#include <fstream>

#include "core/animation_file.h"
#include "core/animation_palette.h"
#include "core/errors.h"
#include "core/kept_pictures.h"
#include "core/receipt_in_file.h"
#include "tests/support/sanitized.h"

using namespace stormloom;

namespace {

constexpr int kFrames = 7;

/// A coloured square that moves over slate, one step a frame.
RgbImage movingSquare(int index, int width = 161, int height = 97) {
  RgbImage image{width, height, {}};
  for (int row = 0; row < height; ++row)
    for (int col = 0; col < width; ++col) {
      const bool inside = row > 20 && row < 50 && col > 10 + 8 * index && col < 40 + 8 * index;
      const std::array<std::uint8_t, 3> color = inside ? std::array<std::uint8_t, 3>{250, 220, 0}
                                                       : std::array<std::uint8_t, 3>{18, 22, 27};
      image.pixels.insert(image.pixels.end(), color.begin(), color.end());
    }
  return image;
}

/// What a receipt may hold: quotes, brackets, markup, letters beyond ASCII, more than 255 bytes.
Receipt receipt() {
  Receipt made;
  made.command = "render";
  made.commandLine =
      "stormloom-cli render 'a (b) <c> \\ \"d\" äöü 雨.nc' --out x " + std::string(600, 'z');
  made.options = {"--out", "x"};
  made.output = "--out";
  made.seed = 18446744073709551615ull;
  made.nSigma = {-2.5, 4.0};
  return made;
}

void writeAll(const std::string& path) {
  AnimationWriter writer(path, {.framesPerSecond = 5.0, .receipt = receiptText(receipt())});
  for (int i = 0; i < kFrames; ++i) writer.add(movingSquare(i));
  writer.finish();
}

QStringList everythingIn(const QTemporaryDir& folder) {
  return QDir(folder.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
}

}  // namespace

class AnimationFileTest : public QObject {
  Q_OBJECT
private Q_SLOTS:
  void aSoftVideoIsMuchSmaller() {
    const QTemporaryDir folder;
    for (const bool soft : {false, true}) {
      AnimationWriter writer(folder.filePath(soft ? "soft.mp4" : "hard.mp4").toStdString(),
                             {.soft = soft});
      std::uint32_t dice = 1;
      for (int i = 0; i < kFrames; ++i) {
        RgbImage picture = movingSquare(i);
        for (auto& value : picture.pixels) value ^= std::uint8_t((dice = dice * 1664525u + 1013904223u) >> 28);
        writer.add(picture);
      }
      writer.finish();
    }
    const auto size = [&folder](const char* name) { return QFileInfo(folder.filePath(name)).size(); };
    QVERIFY(4 * size("soft.mp4") < 3 * size("hard.mp4"));
  }

  void theEndingOfANameSaysTheFormat_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("format");
    const auto row = [](const char* name, AnimationFormat format) {
      QTest::newRow(name) << QString(name) << int(format);
    };
    row("storm.MP4", AnimationFormat::Mp4);
    row("storm_n+0.5.webm", AnimationFormat::WebM);
    row("storm_n+0.0", AnimationFormat::PngSequence);
    row("storm_n-2.5", AnimationFormat::PngSequence);
    row("radar.h5_20190701T210000Z_prediff", AnimationFormat::PngSequence);
    row("some.folder/storm", AnimationFormat::PngSequence);
  }
  void theEndingOfANameSaysTheFormat() {
    QFETCH(QString, name);
    QFETCH(int, format);
    QCOMPARE(int(animationFormatFor(name.toStdString())), format);
    QVERIFY_THROWS_EXCEPTION(UsageError, animationFormatFor("storm.avi"));
  }

  void init() {
    if (!canWriteAnimations()) QSKIP("this build has no FFmpeg");
  }

  void everyFormatCarriesItsReceipt_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"a.mp4", "a.webm", "a.gif", "pictures"}) QTest::newRow(name) << name;
  }
  void everyFormatCarriesItsReceipt() {
    QFETCH(QString, name);
    QTemporaryDir folder;
    const std::string path = folder.filePath(name).toStdString();
    writeAll(path);
    const auto found = receiptOf(path);
    QVERIFY(found);
    QVERIFY(found->toJson() == receipt().toJson());
  }

  void theSamePicturesGiveTheSameFile_data() { everyFormatCarriesItsReceipt_data(); }
  void theSamePicturesGiveTheSameFile() {
    QFETCH(QString, name);
    QTemporaryDir one, other;
    writeAll(one.filePath(name).toStdString());
    writeAll(other.filePath(name).toStdString());
    const PictureDifference difference =
        compareAnimations(one.filePath(name).toStdString(), other.filePath(name).toStdString());
    QCOMPARE(difference.framesBefore, kFrames);
    QCOMPARE(difference.differing, 0);
    const QString inside = QFileInfo(one.filePath(name)).isDir() ? name + "/frame_0001.png" : name;
    QFile a(one.filePath(inside)), b(other.filePath(inside));
    QVERIFY(a.open(QIODevice::ReadOnly) && b.open(QIODevice::ReadOnly));
    QVERIFY(a.readAll() == b.readAll());
  }

  void filmsAreComparedPictureByPicture_data() { everyFormatCarriesItsReceipt_data(); }
  void filmsAreComparedPictureByPicture() {
    QFETCH(QString, name);
    QTemporaryDir one, other;
    writeAll(one.filePath(name).toStdString());
    AnimationWriter longer(other.filePath(name).toStdString(), {.framesPerSecond = 5.0});
    for (int i = 0; i < kFrames; ++i) longer.add(movingSquare(i == 4 ? 0 : i));
    longer.add(movingSquare(0));
    longer.finish();
    const PictureDifference difference =
        compareAnimations(one.filePath(name).toStdString(), other.filePath(name).toStdString());
    QCOMPARE(difference.framesBefore, kFrames);
    QCOMPARE(difference.framesAgain, kFrames + 1);
    QVERIFY(difference.differing >= 1);
    QVERIFY(difference.largest > 200);
  }

  void twoLongFilmsAreComparedWithoutHoldingThem() {
    if (kSanitizedTest) QSKIP("a sanitizer needs memory of its own");
    constexpr int kLong = 150;  // 150 pictures of 2.8 MB twice: 830 MB
    QTemporaryDir folder;
    for (const char* name : {"a.mp4", "b.mp4"}) {
      AnimationWriter writer(folder.filePath(name).toStdString(), {.framesPerSecond = 25.0});
      for (int i = 0; i < kLong; ++i) writer.add(movingSquare(i, 1280, 720));
      writer.finish();
    }
    const auto mostMegabytes = [] {
      rusage usage{};
      getrusage(RUSAGE_SELF, &usage);
      return usage.ru_maxrss / 1024;
    };
    const long before = mostMegabytes();
    const PictureDifference difference = compareAnimations(folder.filePath("a.mp4").toStdString(),
                                                           folder.filePath("b.mp4").toStdString());
    QCOMPARE(difference.framesAgain, kLong);
    QCOMPARE(difference.differing, 0);
    QVERIFY2(mostMegabytes() - before < 200, qPrintable(QString::number(mostMegabytes() - before)));
  }

  void everyFormatHoldsAsManyFramesAsWereGiven_data() {
    QTest::addColumn<QString>("name");
    QTest::newRow("mp4, odd size") << "storm.mp4";
    QTest::newRow("webm") << "storm.webm";
    QTest::newRow("gif") << "storm.gif";
    QTest::newRow("folder of pictures") << "storm frames äöü";
  }
  void everyFormatHoldsAsManyFramesAsWereGiven() {
    QFETCH(QString, name);
    QTemporaryDir folder;
    const std::string path = folder.filePath(name).toStdString();
    writeAll(path);
    QCOMPARE(countAnimationFrames(path), kFrames);
    QCOMPARE(everythingIn(folder), QStringList{name});
  }

  void anOlderFileIsReplacedOnlyByAWholeOne() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("a.mp4").toStdString();
    std::ofstream(path) << "old";
    {
      AnimationWriter abandoned(path);
      abandoned.add(movingSquare(0));
    }
    QCOMPARE(std::filesystem::file_size(path), std::uintmax_t(3));
    QCOMPARE(everythingIn(folder), QStringList{"a.mp4"});
    writeAll(path);
    QCOMPARE(countAnimationFrames(path), kFrames);
  }

  void aLostFolderIsAnIoErrorThatLeavesNothing() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("not there/a.gif").toStdString();
    try {
      AnimationWriter writer(path);
      QFAIL("the folder is not there");
    } catch (const IoError& error) {
      QVERIFY(QString(error.what()).startsWith(QString::fromStdString(path)));
      QVERIFY(QString(error.what()).contains("Create it"));
    }
    QVERIFY(everythingIn(folder).isEmpty());
  }

  void aFolderWithoutPermissionIsAnIoErrorThatLeavesNothing() {
    if (geteuid() == 0) QSKIP("root may write everywhere");
    QTemporaryDir folder;
    std::filesystem::permissions(
        folder.path().toStdString(),
        std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    QVERIFY_THROWS_EXCEPTION(IoError, AnimationWriter(folder.filePath("a.mp4").toStdString()));
    QVERIFY(everythingIn(folder).isEmpty());
  }

  void aFullDiskIsAnIoErrorThatLeavesNothing() {
    if (!std::filesystem::exists("/dev/full")) QSKIP("no /dev/full here");
    QTemporaryDir folder;
    const std::string path = folder.filePath("a.mp4").toStdString();
    try {
      AnimationWriter writer(path);
      // What the writer just made is replaced by a device that is always full.
      for (const QString& name : everythingIn(folder)) {
        const std::string scratch = folder.filePath(name).toStdString();
        std::filesystem::remove(scratch);
        std::filesystem::create_symlink("/dev/full", scratch);
      }
      for (int i = 0; i < kFrames; ++i) writer.add(movingSquare(i));
      writer.finish();
      QFAIL("a full disk went unnoticed");
    } catch (const IoError& error) {
      QVERIFY(QString(error.what()).contains("disk"));
    }
    QVERIFY(everythingIn(folder).isEmpty());
  }

  void anUnknownEndingIsWrongUsage() {
    QVERIFY_THROWS_EXCEPTION(UsageError, animationFormatFor("storm.avi"));
  }

  void framesOfTwoSizesAreRefused() {
    QTemporaryDir folder;
    AnimationWriter writer(folder.filePath("a.gif").toStdString());
    writer.add(movingSquare(0));
    QVERIFY_THROWS_EXCEPTION(UsageError, writer.add(movingSquare(0, 64, 64)));
  }

  void noFrameIsNoAnimation() {
    QTemporaryDir folder;
    {
      AnimationWriter writer(folder.filePath("a.gif").toStdString());
      QVERIFY_THROWS_EXCEPTION(IoError, writer.finish());
    }
    QVERIFY(everythingIn(folder).isEmpty());
  }

  void aLongerOlderSequenceIsNotMixedWithANewOne() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("frames").toStdString();
    writeAll(path);
    AnimationWriter writer(path);
    writer.add(movingSquare(0));
    QVERIFY_THROWS_EXCEPTION(IoError, writer.finish());
    QCOMPARE(countAnimationFrames(path), kFrames);
  }

  void aFileThatIsNoAnimationIsAnIoError() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("a.mp4").toStdString();
    std::ofstream(path) << "no video";
    QVERIFY_THROWS_EXCEPTION(IoError, countAnimationFrames(path));
  }

  void keptPicturesComeBackAsTheyWereAndAreSmall() {
    KeptPictures kept;
    std::vector<RgbImage> pictures;
    for (int k = 0; k < 20; ++k) {
      RgbImage picture{320, 200, std::vector<std::uint8_t>(3 * 320 * 200, std::uint8_t(40))};
      for (int i = 0; i < 30; ++i) picture.pixels[std::size_t(3 * (320 * (10 + k) + 5 * i + k))] = 250;
      kept.add(picture);
      pictures.push_back(std::move(picture));
    }
    std::size_t next = 0;
    kept.each([&](const RgbImage& picture) { QVERIFY(picture.pixels == pictures[next++].pixels); });
    QCOMPARE(next, pictures.size());
    QVERIFY(kept.bytes() < pictures[0].pixels.size());  // of one of twenty
  }

  void fewColoursStayExactInThePalette() {
    ColorHistogram histogram;
    histogram.add(movingSquare(0));
    AnimationPalette palette(histogram);
    QCOMPARE(palette.colors().size(), 2u);
    QCOMPARE(palette.colors()[palette.indexOf(0xFADC00)], 0xFADC00u);
  }

  void frequentColoursStayExactAmongThousands() {
    RgbImage image{256, 256, {}};
    for (int i = 0; i < 256 * 256; ++i) {
      const bool radar = i % 2 == 0;
      image.pixels.push_back(radar ? 250 : std::uint8_t(i >> 8));
      image.pixels.push_back(radar ? 220 : std::uint8_t(i));
      image.pixels.push_back(radar ? 1 : 128);
    }
    ColorHistogram histogram;
    histogram.add(image);
    AnimationPalette palette(histogram);
    QVERIFY(palette.colors().size() <= 255);
    QCOMPARE(palette.colors()[palette.indexOf(0xFADC01)], 0xFADC01u);
    const std::uint32_t other = palette.colors()[palette.indexOf(0x405180)];
    QVERIFY(std::abs(int(other >> 16) - 0x40) < 24 && std::abs(int(other >> 8 & 255) - 0x51) < 24);
  }
};

QTEST_APPLESS_MAIN(AnimationFileTest)
#include "tst_animation_file.moc"
