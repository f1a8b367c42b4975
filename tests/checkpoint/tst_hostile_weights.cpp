// Sound files of weights, changed in thousands of ways. The reader may find a changed file still
// sound, but it may only ever answer with tensors that lie inside the file or with a ModelError.
#include <QDir>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QtTest>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>

#include "core/errors.h"
#include "models/checkpoint/tensor_listing.h"

using namespace stormloom;

namespace {

const QString kCheckpoints = QStringLiteral(STORMLOOM_SHARED_DIR "/golden/checkpoints");

std::string contentOf(const QString& path) {
  std::ifstream file(path.toStdString(), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What all views of a sound file add up to is copied, so that a sanitizer sees every read.
void copyEveryTensor(const TensorListing& listing, Bytes file) {
  for (const TensorEntry& tensor : listing.tensors) {
    const auto count = checkedCount(tensor.shape);
    QVERIFY(count.has_value());
    std::vector<std::byte> copy(std::size_t(*count) * elementSize(tensor.type));
    gatherElements(file, tensor, copy);
  }
}

enum class Answer { Sound, Refused, Broken };

/// A file in memory of exactly its size: reading one byte past it is noticed by sanitizers.
Answer answerTo(const std::string& content, bool verifyChecksums, std::string& what) {
  const auto exact = std::make_unique<char[]>(content.size());
  std::memcpy(exact.get(), content.data(), content.size());
  const Bytes file = std::as_bytes(std::span(exact.get(), content.size()));
  try {
    copyEveryTensor(listTensors(file, "changed.pt", {.verifyChecksums = verifyChecksums}), file);
    return Answer::Sound;
  } catch (const ModelError&) {
    return Answer::Refused;
  } catch (const std::exception& error) {
    what = error.what();
    return Answer::Broken;
  }
}

/// A pickle of protocol 2 that opens `depth` collections.
std::string nestedPickle(std::size_t depth, const std::string& opening) {
  std::string pickle("\x80\x02", 2);
  for (std::size_t i = 0; i < depth; ++i) pickle += opening;
  return pickle + ".";
}

std::string safetensorsWith(const std::string& header) {
  std::string file(8, '\0');
  const std::uint64_t length = header.size();
  std::memcpy(file.data(), &length, sizeof length);
  return file + header;
}

}  // namespace

class TestHostileWeights : public QObject {
  Q_OBJECT

  std::vector<std::pair<QString, std::string>> sound_;

  void mustNotBreak(const std::string& content, const QString& where) {
    std::string what;
    for (const bool verifyChecksums : {true, false}) {
      const bool broken = answerTo(content, verifyChecksums, what) == Answer::Broken;
      QVERIFY2(!broken, qPrintable(where + ": " + what.c_str()));
    }
  }

  void mustBeRefused(const std::string& content, const QString& where) {
    std::string what;
    const Answer answer = answerTo(content, true, what);
    QVERIFY2(answer == Answer::Refused, qPrintable(where + ": " + what.c_str()));
  }

private Q_SLOTS:
  void initTestCase() {
    // The names of files that the reference lists as good begin like this; see whatIsSoundOpens.
    const QStringList filters{"st_*float*.safetensors",    "st_mixed*.safetensors",
                              "st_unordered*.safetensors", "zip_*float*.pt",
                              "zip_torch_save*.pt",        "zip_shared_views.pt",
                              "zip_lightning*.ckpt",       "legacy_*float*.pt",
                              "legacy_torch_save.pt",      "legacy_lightning.ckpt"};
    for (const QString& name : QDir(kCheckpoints).entryList(filters, QDir::Files)) {
      const std::string content = contentOf(QDir(kCheckpoints).filePath(name));
      std::string what;
      if (answerTo(content, true, what) == Answer::Sound) sound_.emplace_back(name, content);
    }
    if (sound_.empty()) QSKIP("The golden data are not beside this checkout.");
    QVERIFY(sound_.size() >= 15);
  }

  void everyTruncationIsRefused() {
    for (const auto& [name, content] : sound_) {
      for (std::size_t length = 0; length < content.size(); ++length)
        mustBeRefused(content.substr(0, length), name + " cut at " + QString::number(length));
    }
  }

  void everyByteMayBeAnyOfSixValues() {
    for (const auto& [name, content] : sound_) {
      for (std::size_t at = 0; at < content.size(); ++at) {
        for (const int flip : {0x01, 0x02, 0x10, 0x7f, 0x80, 0xff}) {
          std::string changed = content;
          changed[at] = char(changed[at] ^ flip);
          mustNotBreak(changed, name + " with another byte at " + QString::number(at));
        }
      }
    }
  }

  void everyNumberMayBeHugeOrZero() {
    for (const auto& [name, content] : sound_) {
      for (std::size_t at = 0; at + 8 <= content.size(); ++at) {
        for (const auto& [width, value] : {std::pair{2, '\xff'},
                                           {4, '\xff'},
                                           {8, '\xff'},
                                           {4, '\x7f'},
                                           {8, '\x7f'},
                                           {8, '\0'},
                                           {4, '9'}}) {
          std::string changed = content;
          changed.replace(at, std::size_t(width), std::size_t(width), value);
          mustNotBreak(changed, name + " with a wild number at " + QString::number(at));
        }
      }
    }
  }

  void partsMayBeRemovedRepeatedAndMixed() {
    std::mt19937 random(20260117);  // the same changes in every run
    for (int round = 0; round < 6000; ++round) {
      const auto& [name, content] = sound_[random() % sound_.size()];
      const std::string& other = sound_[random() % sound_.size()].second;
      std::string changed = content;
      for (unsigned change = 0; change < 1 + round % 3u; ++change) {
        const std::size_t at = random() % changed.size();
        const std::size_t length = 1 + random() % 64;
        const std::string part = other.substr(random() % other.size(), length);
        const std::size_t removed = random() % 2 ? 0 : length;
        changed.replace(at, removed, random() % 3 ? part : "");
        if (changed.empty()) changed = "x";
      }
      mustNotBreak(changed, name + " mixed in round " + QString::number(round));
    }
  }

  void whatFuzzingFoundStaysHarmless() {
    QDirIterator corpus(QStringLiteral(STORMLOOM_SOURCE_DIR "/tests/fuzz/corpus"), QDir::Files,
                        QDirIterator::Subdirectories);
    int files = 0;
    for (; corpus.hasNext(); ++files) mustNotBreak(contentOf(corpus.next()), corpus.filePath());
    QVERIFY(files > 0);
  }

  void anythingBesideTheRecordsIsRefused() {
    for (const auto& [name, content] : sound_) {
      if (!name.startsWith("zip_")) continue;
      mustBeRefused(content + "x", name + " with a byte behind it");
      mustBeRefused("x" + content, name + " with a byte before it");
      std::string commented = content;
      commented.replace(commented.size() - 2, 2, std::string("\x04\0", 2));
      mustBeRefused(commented + "evil", name + " with a comment");
      const std::size_t second = content.find("PK\x03\x04", 4);
      std::string parted = content;
      parted.insert(second, "hidden");
      mustBeRefused(parted, name + " with bytes between its records");
    }
  }

  void endlessNestingEndsInASentence() {
    QElapsedTimer clock;
    clock.start();
    for (const char* opening : {"(", "]", "}", "(t", "](", "}(X\x01"})
      mustBeRefused(nestedPickle(1'000'000, opening), QString("nested ") + opening);
    mustBeRefused(safetensorsWith(std::string(1'000'000, '[')), "nested list");
    std::string objects;
    for (int i = 0; i < 200'000; ++i) objects += "{\"a\":";
    mustBeRefused(safetensorsWith(objects), "nested object");
    QVERIFY2(clock.elapsed() < 30'000, "nesting took too long");
  }

  void aHeaderThatClaimsMoreThanTheFileIsRefused() {
    for (const std::uint64_t claim : {std::uint64_t(1) << 20, std::uint64_t(1) << 40,
                                      ~std::uint64_t(0), ~std::uint64_t(0) - 7}) {
      std::string file = safetensorsWith("{}");
      std::memcpy(file.data(), &claim, sizeof claim);
      mustBeRefused(file, "claimed " + QString::number(claim));
    }
    for (const char* shape : {"[4611686018427387904,4]", "[-1]", "[1e30]", "[99999999999999999999]",
                              "[65536,65536,65536,65536]"}) {
      const std::string header = std::string("{\"x\":{\"dtype\":\"F32\",\"shape\":") + shape +
                                 ",\"data_offsets\":[0,16]}}";
      mustBeRefused(safetensorsWith(header) + std::string(16, '\0'), shape);
    }
  }
};

QTEST_APPLESS_MAIN(TestHostileWeights)
#include "tst_hostile_weights.moc"
