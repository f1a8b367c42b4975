// The fuzzers' corpora, seeds and former findings, through every parser of our own.
#include <QtTest>
#include <filesystem>
#include <fstream>
#include <random>

#include "tests/fuzz/parsers.h"

using namespace stormloom;
namespace fs = std::filesystem;

class TestFuzzCorpus : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void everySampleIsParsedOrRefused_data() {
    QTest::addColumn<int>("parser");
    for (int k = 0; k < int(std::size(fuzz::kParsers)); ++k)
      QTest::newRow(fuzz::kParsers[k].name) << k;
  }

  /// As it is, cut at every eighth byte, and with bytes changed.
  void everySampleIsParsedOrRefused() {
    QFETCH(int, parser);
    const fuzz::NamedParser& named = fuzz::kParsers[parser];
    std::mt19937 random(20190701);
    int samples = 0;
    for (const auto& entry : fs::directory_iterator(
             std::string(STORMLOOM_SOURCE_DIR "/tests/fuzz/corpus/") + named.name)) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      named.parse(bytes);
      const std::size_t step = std::max<std::size_t>(1, bytes.size() / 256);
      for (std::size_t length = 0; length < bytes.size(); length += step)
        named.parse(bytes.substr(0, length));
      for (int k = 0; k < 200 && !bytes.empty(); ++k) {
        std::string changed = bytes;
        for (int flips = 0; flips < 4; ++flips) changed[random() % changed.size()] = char(random());
        named.parse(changed);
      }
      ++samples;
    }
    QVERIFY(samples >= 2);
  }
};

QTEST_APPLESS_MAIN(TestFuzzCorpus)
#include "tst_fuzz_corpus.moc"
