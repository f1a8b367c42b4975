// Some hundred malformed files of every format, made here: each ends in one clear sentence that names it, or is read;
// nothing else may happen (the asan preset looks on).
#include <sys/stat.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>

#include "core/errors.h"
#include "core/netcdf_file.h"
#include "core/radar_files.h"
#include "tests/support/hdf5_writer.h"
#include "tests/support/pgm_sample.h"
#include "tests/support/radolan_sample.h"

using namespace stormloom;
namespace fs = std::filesystem;

namespace {

std::string bytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string asciiSample() {
  std::string text =
      "ncols 900\nnrows 900\nxllcorner -523462\nyllcorner -4658645\ncellsize 1000\nnodata_value -1\n";
  for (int row = 0; row < 900; ++row) {
    for (int col = 0; col < 900; ++col) text += char('0' + (row * col) % 10), text += ' ';
    text += '\n';
  }
  return text;
}

void writeOdim(const std::string& path) {
  Hdf5Writer file(path);
  for (const char* group : {"what", "where", "dataset1/what", "dataset1/data1/what"}) file.group(group);
  file.text("what", "object", "COMP");
  file.text("what", "date", "20240131");
  file.text("what", "time", "235500");
  file.text("what", "source", "ORG:82");
  file.text("where", "projdef", "+proj=longlat +ellps=WGS84");
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, double>>{
           {"xsize", 20}, {"ysize", 10}, {"xscale", 0.1}, {"yscale", 0.1}, {"UL_lon", 5}, {"UL_lat", 55},
           {"LR_lon", 7}, {"LR_lat", 54}}) {
    file.number("where", name, value);
  }
  file.text("dataset1/what", "quantity", "RATE");
  file.number("dataset1/what", "gain", 0.1);
  file.number("dataset1/what", "offset", 0.0);
  file.plane<double>("dataset1/data1/data", H5T_NATIVE_DOUBLE, 10, 20, std::vector<double>(200, 12.0));
}

void writeCf(const std::string& path) {
  NetCdfFile file = NetCdfFile::create(path);
  file.addDimension("time", 2);
  file.addDimension("lat", 10);
  file.addDimension("lon", 20);
  const auto axis = [&](const std::string& name, const std::string& units, double first, double step, int count) {
    file.addVariable(name, NetCdfFile::Type::Double, {name});
    file.setText(name, "units", units);
    std::vector<double> values;
    for (int k = 0; k < count; ++k) values.push_back(first + k * step);
    file.writeDoubles(name, values);
  };
  axis("time", "minutes since 2024-01-31 23:50:00", 0, 5, 2);
  axis("lat", "degrees_north", 50, 0.1, 10);
  axis("lon", "degrees_east", 5, 0.1, 20);
  file.addVariable("rain", NetCdfFile::Type::Int16, {"time", "lat", "lon"});
  file.setText("rain", "units", "mm h-1");
  file.setText("rain", "long_name", "rain rate");
  for (std::size_t k = 0; k < 2; ++k)
    file.writeShorts("rain", {k, 0, 0}, {1, 10, 20}, std::vector<std::int16_t>(200, 7));
  file.commit();
}

}  // namespace

class TestMalformedFiles : public QObject {
  Q_OBJECT

private:
  QTemporaryDir folder_;
  int made_ = 0;
  int refused_ = 0;

  std::string at(const std::string& name) const {
    return folder_.filePath(QString::fromStdString(name)).toStdString();
  }
  std::string written(const std::string& name, const std::string& bytes) {
    std::ofstream(at(name), std::ios::binary) << bytes;
    ++made_;
    return at(name);
  }

  /// The sentence of the error, "" when the file was read.
  std::string sentenceFor(const std::string& path) {
    ReadOptions here;  // so that sanitizers see the readers
    here.inThisProcess = true;
    try {
      const RadarFiles files = readRadarFiles({path}, here);
      for (const FrameSequence& sequence : files.sequences) sequence.geo.bounds();
      return {};
    } catch (const IoError& error) {
      ++refused_;
      return error.what();
    }
  }

  void isSentence(const std::string& sentence, const std::string& path) {
    if (sentence.empty()) return;
    QVERIFY2(sentence.find(path) != std::string::npos, sentence.c_str());
    QVERIFY2(sentence.back() == '.' && sentence.find('\n') == std::string::npos, sentence.c_str());
    QVERIFY2(sentence.size() < 1200, sentence.c_str());
  }

  /// Cut at `cuts` places, and `changes` copies with a few bytes changed within the first `within`.
  void tryAll(const std::string& bytes, const std::string& name, int cuts, int changes, std::size_t within) {
    for (int k = 0; k < cuts; ++k) {
      const std::string path = written(name, bytes.substr(0, bytes.size() * std::size_t(k) / std::size_t(cuts)));
      const std::string sentence = sentenceFor(path);
      isSentence(sentence, path);
    }
    std::mt19937 random(20190701);
    for (int k = 0; k < changes; ++k) {
      std::string changed = bytes;
      for (unsigned flips = 1 + random() % 6; flips > 0; --flips)
        changed[random() % std::min(within, bytes.size())] = char(random());
      const std::string path = written(name, changed);
      isSentence(sentenceFor(path), path);
    }
  }

private Q_SLOTS:
  void radolanFilesAreSurvived() {
    const std::vector<unsigned> values(900 * 900, 66);
    const std::string rx = radolanSample("RX", "E+00", 5, 900, 900, 3, values, 1);
    tryAll(rx, "rx", 20, 60, 120);
    for (const auto& [from, to] : std::initializer_list<std::pair<const char*, const char*>>{
             {" 900x 900", "9999x9999"}, {" 900x 900", "   0x   0"}, {" 900x 900", " 901x 900"},
             {"INT   5", "INT   x"}, {"PR E+00", "PR E+99"}, {"PR E+00", "PR     "}, {"VS 3", "VSxx"},
             {"021450", "321450"}, {"021450", "022450"}, {"0814", "1314"}}) {
      std::string changed = rx;
      changed.replace(changed.find(from), std::string(from).size(), to);
      const std::string path = written("rx", changed);
      const std::string sentence = sentenceFor(path);
      QVERIFY2(!sentence.empty(), to);
      isSentence(sentence, path);
    }
  }

  void pgmFilesAreSurvived() {
    const std::string pgm = pgmSample();
    tryAll(pgm, "p.pgm", 60, 60, 340);
    for (const auto& [from, to] : std::initializer_list<std::pair<const char*, const char*>>{
             {"40 60", "99999 60"}, {"40 60", "40 99999999999"}, {"40 60", "0 60"}, {"255", "65535"},
             {"18.600000", "nan"}, {"69.005000", "inf"}, {"# obstime 201609281445", "# obstime later"},
             {"stereographic", "mercator"}, {"# truelatitude 60\n", ""}, {"57.930000", "97.930000"},
             {"CorrectedReflectivity", "Height"}}) {
      std::string changed = pgm;
      changed.replace(changed.find(from), std::string(from).size(), to);
      const std::string path = written("p.pgm", changed);
      const std::string sentence = sentenceFor(path);
      QVERIFY2(!sentence.empty(), to);
      isSentence(sentence, path);
    }
  }

  void asciiGridsAreSurvived() {
    const std::string text = asciiSample();
    tryAll(text, "RW_20170711-1950.asc", 12, 24, 120);
    const std::string path = written("RW_20170711-1955.asc", text + "7 7 7");
    QVERIFY(!sentenceFor(path).empty());
  }

  void odimFilesAreSurvived() {
    writeOdim(at("whole.h5"));
    QVERIFY(sentenceFor(at("whole.h5")).empty());
    tryAll(bytesOf(at("whole.h5")), "odim.h5", 30, 80, 1 << 16);
  }

  void cfFilesAreSurvived() {
    writeCf(at("whole.nc"));
    const std::string sentence = sentenceFor(at("whole.nc"));
    QVERIFY2(sentence.empty(), sentence.c_str());
    tryAll(bytesOf(at("whole.nc")), "cf.nc", 30, 80, 1 << 16);
  }

  void filesOfOtherServicesAreSurvived() {
    const std::string radar = STORMLOOM_SHARED_DIR "/data/radar/";
    if (!fs::exists(radar)) QSKIP("The radar data beside the project are missing.");
    tryAll(bytesOf(radar + "mch/AQC161932045V_00005.801.gif"), "AQC161932045V_00005.801.gif", 16, 40, 2000);
    tryAll(bytesOf(radar + "bom/66_20201031_040000.prcp-c10.nc"), "66_20201031_040000.nc", 16, 40, 20000);
  }

  void whatIsNoFileCostsASentence() {
    fs::create_directories(at("directory.h5"));
    QVERIFY(sentenceFor(at("directory.h5")).find("directory.h5") != std::string::npos);
    QVERIFY(!sentenceFor(written("empty.nc", "")).empty());
    fs::create_symlink(at("nowhere"), at("dangling.grib2"));
    QVERIFY(!sentenceFor(at("dangling.grib2")).empty());
    QVERIFY(!sentenceFor("/dev/null").empty());
    if (geteuid() != 0) {
      const std::string closed = written("closed.h5", "x");
      chmod(closed.c_str(), 0);
      QVERIFY(sentenceFor(closed).find("may read") != std::string::npos);
    }
  }

  void filesThatVanishWhileTheyAreReadCostASentence() {
    fs::create_directories(at("going"));
    for (int k = 0; k < 6; ++k) {
      std::string bytes = radolanSample("RX", "E+00", 5, 900, 900, 3, std::vector<unsigned>(900 * 900, 66), 1);
      bytes[7] = char('0' + k);
      std::ofstream(at("going/rx" + std::to_string(k)), std::ios::binary) << bytes;
    }
    ReadOptions here;
    here.inThisProcess = true;
    here.progress = [&](int done, int) {
      if (done == 2) fs::remove(at("going/rx3"));
    };
    const RadarFiles files = readRadarFiles({at("going")}, here);
    QCOMPARE(files.sequences.at(0).frames.size(), 5u);
    QCOMPARE(files.passedOver.size(), 1u);
  }

  void mixedGridsInAFolderBecomeSequencesOfTheirOwn() {
    fs::create_directories(at("mixed"));
    const auto put = [&](const std::string& name, int rows) {
      std::ofstream(at("mixed/" + name), std::ios::binary)
          << radolanSample("RW", "E-01", 60, rows, 900, 3, std::vector<unsigned>(std::size_t(rows) * 900, 5), 2);
    };
    put("a", 900);
    put("b", 1100);
    ReadOptions here;
    here.inThisProcess = true;
    QCOMPARE(readRadarFiles({at("mixed")}, here).sequences.size(), 2u);
  }

  void cleanupTestCase() {
    QVERIFY2(made_ >= 300, QByteArray::number(made_));
    QVERIFY2(refused_ > made_ / 3, QByteArray::number(refused_));
  }
};

QTEST_APPLESS_MAIN(TestMalformedFiles)
#include "tst_malformed_files.moc"
