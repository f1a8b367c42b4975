#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>
#include <random>

#include "core/errors.h"
#include "core/radar_files.h"

using namespace stormloom;
namespace fs = std::filesystem;

namespace {

const std::string kShared = STORMLOOM_SHARED_DIR "/data/";
const std::string kGrib = kShared + "radar/mrms/PrecipRate_00.00_20190610-000000.grib2";
const std::string kKnmi = kShared + "radar/knmi/RAD_NL25_RAP_5min_201008260000.h5";
const std::string kSevirLr = kShared + "sevir_layout/sevir_lr/";
const std::string kSevirFile = "data/vil/2018/SEVIR_VIL_STORMEVENTS_2018_0101_0630.h5";

std::string bytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void writeBytes(const std::string& path, const std::string& bytes) {
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

/// The sentence of the error, empty when the files could be read.
std::string sentenceFor(const std::string& path) {
  try {
    ReadOptions here;  // so that sanitizers see the readers
    here.inThisProcess = true;
    readRadarFiles({path}, here);
    return {};
  } catch (const IoError& error) {
    return error.what();
  }
}

bool replaceOnce(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) return false;
  text.replace(at, from.size(), to);
  return true;
}

#define NEEDS(path) \
  if (!fs::exists(path)) QSKIP("The radar data beside the project are missing.")

}  // namespace

class TestBadRadarFiles : public QObject {
  Q_OBJECT

private:
  QTemporaryDir folder_;
  std::string at(const std::string& name) const {
    return folder_.filePath(QString::fromStdString(name)).toStdString();
  }

  /// One sentence, with the file's name, and with `part` of the reason or remedy.
  void refuses(const std::string& path, const std::string& part) {
    const std::string sentence = sentenceFor(path);
    QVERIFY2(sentence.find(fs::path(path).filename().string()) != std::string::npos,
             ("no file named in: " + sentence).c_str());
    QVERIFY2(sentence.find(part) != std::string::npos, sentence.c_str());
    QVERIFY2(sentence.back() == '.' && sentence.find('\n') == std::string::npos, sentence.c_str());
  }

  /// Reads `count` damaged copies of `bytes`; each is read or ends in an IoError, never in anything
  /// else.
  void survives(const std::string& bytes, const std::string& name, int count, std::size_t within) {
    std::mt19937 random(20190701);
    const auto below = [&](std::size_t n) { return std::size_t(random()) % n; };
    int refused = 0;
    for (int k = 0; k < count; ++k) {
      std::string damaged = bytes;
      if (k % 4 == 0) damaged.resize(below(bytes.size()));
      const std::size_t range = std::min(within, damaged.size());
      for (std::size_t flips = 1 + below(8); range > 0 && flips > 0; --flips) {
        damaged[below(range)] = char(random());
      }
      writeBytes(at(name), damaged);
      refused += !sentenceFor(at(name)).empty();
    }
    QVERIFY2(refused > count / 8, "too few of the copies were damaged enough to be noticed");
  }

private Q_SLOTS:
  void whatIsNoRadarFileIsRefused() {
    writeBytes(at("notes.txt"), "rain later");
    refuses(at("notes.txt"), "no radar format");
    writeBytes(at("empty.grib2"), "");
    refuses(at("empty.grib2"), "empty");
    refuses(at("nowhere.h5"), "no such file");
    refuses(at("nowhere*.h5"), "no such file");
    fs::create_directories(at("folder.h5"));
    refuses(at("folder.h5"), "holds no files");
    writeBytes(at("mixed/a.txt"), "rain");
    writeBytes(at("mixed/b.txt"), "more rain");
    const std::string sentence = sentenceFor(at("mixed"));
    QVERIFY2(sentence.find("None of 2 files") == 0, sentence.c_str());
  }

  void brokenGribIsRefused() {
    NEEDS(kGrib);
    const std::string bytes = bytesOf(kGrib);
    for (const std::size_t length : {4u, 16u, 36u, 37u, 60u, 100u, 150u, 176u, 5000u}) {
      writeBytes(at("cut.grib2"), bytes.substr(0, length));
      refuses(at("cut.grib2"), "again");
    }
    writeBytes(at("cut.grib2"), bytes.substr(0, bytes.size() - 10));
    refuses(at("cut.grib2"), "incomplete");
    std::string huge = bytes;
    huge[0x43] = '\x7f';  // columns, upper byte of four
    writeBytes(at("huge.grib2"), huge);
    refuses(at("huge.grib2"), "cells");
    std::string notMrms = bytes;
    notMrms[0x32] = 30;  // grid template 3.30, Lambert, has another layout
    writeBytes(at("lambert.grib2"), notMrms);
    QVERIFY(!sentenceFor(at("lambert.grib2")).empty());
  }

  void brokenGzipIsRefused() {
    writeBytes(at("cut.gz"), std::string("\x1f\x8b\x08\x00\x00\x00", 6));
    refuses(at("cut.gz"), "cut.gz");
    writeBytes(at("noise.gz"), "\x1f\x8b" + std::string(200, 'x'));
    refuses(at("noise.gz"), "noise.gz");
  }

  void brokenKnmiIsRefused_data() {
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::addColumn<QString>("reason");
    QTest::newRow("no time") << "26-AUG-2010;00:00"
                             << "26-XYZ-2010;00:00"
                             << "no valid time";
    QTest::newRow("impossible time") << "26-AUG-2010;00:00"
                                     << "36-AUG-2010;00:00"
                                     << "no valid time";
    QTest::newRow("calibration") << "GEO=0.01*PV"
                                 << "GEO=0.01+PV"
                                 << "calibration";
    QTest::newRow("NaN in the calibration") << "GEO=0.01*PV"
                                            << "GEO=nan.*PV"
                                            << "calibration";
    QTest::newRow("no such projection") << "+proj=stere"
                                        << "+proj=sterx"
                                        << "sterx";
    QTest::newRow("another quantity") << "PRECIPITATION_[MM]"
                                      << "PRECIPITATION_[KM]"
                                      << "no rain";
    QTest::newRow("no projection") << "projection_proj4_params"
                                   << "projection_proj4_paramx"
                                   << "no map projection";
    QTest::newRow("no columns") << "geo_number_columns"
                                << "geo_number_columnx"
                                << "geo_number_columns";
    QTest::newRow("unknown layout") << "overview"
                                    << "overlook"
                                    << "no layout";
  }

  void brokenKnmiIsRefused() {
    NEEDS(kKnmi);
    QFETCH(QString, from);
    QFETCH(QString, to);
    QFETCH(QString, reason);
    std::string bytes = bytesOf(kKnmi);
    QVERIFY(replaceOnce(bytes, from.toStdString(), to.toStdString()));
    writeBytes(at("broken.h5"), bytes);
    refuses(at("broken.h5"), reason.toStdString());
  }

  void cutHdf5IsRefused() {
    NEEDS(kKnmi);
    const std::string bytes = bytesOf(kKnmi);
    for (int part = 0; part < 16; ++part) {
      writeBytes(at("cut.h5"), bytes.substr(0, 8 + part * bytes.size() / 16));
      refuses(at("cut.h5"), "HDF5");
    }
    // NaN as the pixel's size: IEEE single, little endian, 1.0 becomes NaN where the attribute
    // lies.
    std::string nan = bytes;
    const std::size_t name = nan.find("geo_pixel_size_x");
    QVERIFY(name != std::string::npos);
    const std::size_t value = nan.find(std::string("\x00\x00\x80\x3f", 4), name);
    QVERIFY(value != std::string::npos && value < name + 200);
    nan[value + 2] = '\xc0';
    nan[value + 3] = '\x7f';
    writeBytes(at("nan.h5"), nan);
    refuses(at("nan.h5"), "geo_pixel_size_x");
  }

  void brokenCataloguesCostASentenceARow() {
    NEEDS(kSevirLr);
    const std::string catalogue = bytesOf(kSevirLr + "CATALOG.csv");
    const std::string folder = at("sevir_lr");
    fs::create_directories(folder + "/data/vil/2018");
    fs::copy_file(kSevirLr + kSevirFile, folder + "/" + kSevirFile);
    const auto readWith = [&](const std::string& from, const std::string& to) {
      std::string text = catalogue;
      if (!replaceOnce(text, from, to)) throw IoError("the catalogue has no " + from);
      writeBytes(folder + "/CATALOG.csv", text);
      return readRadarFiles({folder});
    };
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
             {"0630.h5,0,", "0630.h5,77,"},
             {"0630.h5,0,", "0630.h5,x,"},
             {"2018-02-11 17:00:00", "someday"},
             {"-120:-110:", "-120:"},
             {"34.208995", "nan"},
             {"34.208995", "14.208995"},
             {"384000.0,384000.0", "0,384000.0"},
             {"vil/2018/SEVIR", "vil/1918/SEVIR"},
             {"vil/2018/SEVIR", "../../../etc/SEVIR"}}) {
      const RadarFiles files = readWith(from, to);
      QVERIFY2(files.sequences.size() == 5 && files.passedOver.size() == 1,
               (from + " -> " + to + ": " + std::to_string(files.sequences.size())).c_str());
    }
    const std::string file = folder + "/" + kSevirFile;
    fs::remove(folder + "/CATALOG.csv");
    refuses(file, "CATALOG.csv");
    writeBytes(folder + "/CATALOG.csv", catalogue.substr(0, catalogue.find('\n') + 1));
    refuses(file, "no row");
    refuses(folder + "/CATALOG.csv", "no events");
    writeBytes(folder + "/CATALOG.csv", "id,file_name\n");
    refuses(folder + "/CATALOG.csv", "no radar format");
  }

  void damagedKnmiFilesAreSurvived() {
    NEEDS(kKnmi);
    const std::string bytes = bytesOf(kKnmi);
    survives(bytes, "damaged.h5", 160, 16384);
    survives(bytes, "damaged.h5", 80, bytes.size());
  }

  void damagedSevirFilesAreSurvived() {
    NEEDS(kSevirLr);
    const std::string bytes = bytesOf(kSevirLr + kSevirFile);
    writeBytes(at("hurt/CATALOG.csv"), bytesOf(kSevirLr + "CATALOG.csv"));
    survives(bytes, "hurt/" + kSevirFile, 60, 8192);
  }

  void damagedCataloguesAreSurvived() {
    NEEDS(kSevirLr);
    const std::string bytes = bytesOf(kSevirLr + "CATALOG.csv");
    fs::create_directories(at("lines/data/vil/2018"));
    fs::copy_file(kSevirLr + kSevirFile, at("lines/" + kSevirFile));
    std::mt19937 random(7);
    for (int k = 0; k < 60; ++k) {
      std::string damaged = bytes;
      for (int flips = 0; flips < 12; ++flips) damaged[random() % damaged.size()] = char(random());
      writeBytes(at("lines/CATALOG.csv"), damaged);
      sentenceFor(at("lines/CATALOG.csv"));
    }
  }

  void damagedGribFilesAreSurvived() {
    NEEDS(kGrib);
    const std::string bytes = bytesOf(kGrib);
    survives(bytes, "damaged.grib2", 48, 200);
    survives(bytes, "damaged.grib2", 8, bytes.size());
  }
};

QTEST_APPLESS_MAIN(TestBadRadarFiles)
#include "tst_bad_radar_files.moc"
