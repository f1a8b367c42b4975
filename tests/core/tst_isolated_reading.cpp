// Files are decoded in processes of their own; whatever happens to those, the program goes on.
#include <signal.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "core/decoder/decoder_process.h"
#include "core/errors.h"
#include "core/frame_gathering.h"
#include "core/isolated_reading.h"
#include "core/radar_files.h"
#include "core/reduce.h"
#include "tests/support/radolan_sample.h"

using namespace stormloom;

namespace {

/// Keeps what it is told.
class Listening : public DecodingListener {
public:
  int reduction() override { return reductionAsked; }
  void frame(std::size_t, DecodedFrame frame) override { frames.push_back(std::move(frame)); }
  void passedOver(std::size_t, const std::string& sentence) override {
    sentences.push_back(sentence);
  }
  void again(std::size_t) override { ++repeats; }
  void done(std::size_t) override { ++filesDone; }

  int reductionAsked = 1;
  std::vector<DecodedFrame> frames;
  std::vector<std::string> sentences;
  int repeats = 0;
  int filesDone = 0;
};

std::vector<NumberedFile> numbered(const std::vector<std::string>& paths) {
  std::vector<NumberedFile> files;
  for (const std::string& path : paths) files.push_back({files.size(), path});
  return files;
}

}  // namespace

class TestIsolatedReading : public QObject {
  Q_OBJECT

private:
  QTemporaryDir folder_;
  IsolationOptions options_;

  std::string at(const std::string& name) const {
    return folder_.filePath(QString::fromStdString(name)).toStdString();
  }
  /// RADOLAN files five minutes apart, whose north-western cell holds their number.
  std::vector<std::string> samples(int count) {
    std::vector<std::string> files;
    for (int k = 0; k < count; ++k) {
      std::vector<unsigned> values(900 * 900, 66);
      values[899 * 900] = unsigned(100 + k);
      std::string bytes = radolanSample("RX", "E+00", 5, 900, 900, 3, values, 1);
      char clock[5];
      std::snprintf(clock, sizeof clock, "%02d%02d", k / 12 % 24, 5 * k % 60);
      bytes.replace(4, 4, clock);
      files.push_back(at("rx" + std::to_string(k)));
      std::ofstream(files.back(), std::ios::binary) << bytes;
    }
    return files;
  }

  std::string hangingDecoder() const {
    std::ofstream(at("hanging")) << "#!/bin/sh\nexec sleep 1000\n";
    std::filesystem::permissions(at("hanging"), std::filesystem::perms::owner_all);
    return at("hanging");
  }

private Q_SLOTS:
  void initTestCase() {
    const auto program = findDecoderProgram();
    if (!program) QSKIP("The decoder program is not built.");
    options_.program = *program;
    options_.processes = 2;
  }

  void framesComeOverAsTheyAreReadHere() {
    const std::vector<std::string> files = samples(5);
    ReadOptions here;
    here.inThisProcess = true;
    const RadarFiles isolated = readRadarFiles(files), direct = readRadarFiles(files, here);
    QCOMPARE(isolated.sequences.size(), 1u);
    const FrameSequence& a = isolated.sequences[0];
    const FrameSequence& b = direct.sequences[0];
    QCOMPARE(a.frames.size(), 5u);
    QVERIFY(a.geo == b.geo && a.product == b.product && a.attribution == b.attribution);
    for (std::size_t k = 0; k < 5; ++k) {
      QVERIFY(a.frames[k].validTime == b.frames[k].validTime &&
              a.frames[k].source == b.frames[k].source);
      QVERIFY(std::ranges::equal(a.frames[k].grid->states(), b.frames[k].grid->states()));
      QVERIFY(std::memcmp(a.frames[k].grid->values().data(), b.frames[k].grid->values().data(),
                          b.frames[k].grid->values().size_bytes()) == 0);
      QCOMPARE(a.frames[k].stillFraction, b.frames[k].stillFraction);
    }
  }

  void decodersKilledInTheMiddleCostNothing() {
    const std::vector<std::string> files = samples(8);
    class Killing : public Listening {
    public:
      void frame(std::size_t file, DecodedFrame frame) override {
        Listening::frame(file, std::move(frame));
        if (++heard_ > 3) return;
        std::ifstream children("/proc/thread-self/children");
        for (int pid = 0; children >> pid;) kill(pid, SIGKILL);
      }

    private:
      int heard_ = 0;
    } heard;
    decodeIsolated(numbered(files), options_, heard);
    QCOMPARE(heard.filesDone, 8);
    QVERIFY2(heard.sentences.empty(), heard.sentences.empty() ? "" : heard.sentences[0].c_str());
    QVERIFY(heard.repeats >= 1);
    QVERIFY(heard.frames.size() >= 8u);
  }

  void decodersEndedFromOutsideAreNoFaultOfTheFile_data() {
    QTest::addColumn<int>("signal");
    QTest::addColumn<QString>("word");
    QTest::newRow("killed") << SIGKILL << "out of memory";
    QTest::newRow("asked to end") << SIGTERM << "from outside";
    QTest::newRow("halted") << SIGSTOP << "halted from outside";
  }

  void decodersEndedFromOutsideAreNoFaultOfTheFile() {
    QFETCH(int, signal);
    QFETCH(QString, word);
    IsolationOptions impatient = options_;
    impatient.program = hangingDecoder();
    impatient.patience = std::chrono::seconds(1);
    const std::string children = "/proc/self/task/" + std::to_string(getpid()) + "/children";
    std::jthread outside([&](std::stop_token stop) {
      while (!stop.stop_requested()) {
        std::ifstream list(children);
        for (int pid = 0; list >> pid;) {
          std::string program;  // while it is still this one, whoever started it waits for it to become the other
          if (std::ifstream("/proc/" + std::to_string(pid) + "/comm") >> program && program == "sleep") kill(pid, signal);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
    });
    Listening heard;
    decodeIsolated(numbered({at("file")}), impatient, heard);
    outside.request_stop();
    QVERIFY(heard.repeats >= 1);
    QCOMPARE(heard.sentences.size(), 1u);
    QVERIFY2(heard.sentences[0].find(word.toStdString()) != std::string::npos, heard.sentences[0].c_str());
    QVERIFY2(heard.sentences[0].find("damaged") == std::string::npos, heard.sentences[0].c_str());
  }

  void aDecoderThatHangsIsEnded() {
    IsolationOptions impatient = options_;
    impatient.program = hangingDecoder();
    impatient.patience = std::chrono::seconds(1);
    Listening heard;
    decodeIsolated(numbered({at("file"), at("other")}), impatient, heard);
    QCOMPARE(heard.filesDone, 2);
    QCOMPARE(heard.sentences.size(), 2u);
    QVERIFY2(heard.sentences[0].find("not read within 1 s") != std::string::npos, heard.sentences[0].c_str());
  }

  void framesAreReducedBeforeTheyAreHandedOver() {
    const std::vector<std::string> files = samples(1);
    Listening heard;
    heard.reductionAsked = 4;
    decodeIsolated(numbered(files), options_, heard);
    QCOMPARE(heard.frames.size(), 1u);
    QCOMPARE(heard.frames[0].reduction, 4);
    QCOMPARE(heard.frames[0].sequence.frames[0].grid->width(), 225);
    QCOMPARE(heard.frames[0].sequence.geo.width(), 900);
  }

  void decodersThatTakeMuchMemoryAreFewer_data() {
    QTest::addColumn<qulonglong>("megabytes");
    QTest::addColumn<int>("most");
    QTest::newRow("small") << qulonglong(1) << 1;
    QTest::newRow("large") << qulonglong(100000) << 4;
  }

  void decodersThatTakeMuchMemoryAreFewer() {
    QFETCH(qulonglong, megabytes);
    QFETCH(int, most);
    class Counting : public Listening {
    public:
      void frame(std::size_t file, DecodedFrame frame) override {
        Listening::frame(file, std::move(frame));
        std::ifstream children("/proc/thread-self/children");
        int count = 0;
        for (int pid = 0; children >> pid;) ++count;
        most = std::max(most, count);
      }
      std::optional<std::size_t> memoryLeft() override { return left; }
      std::size_t left = 0;
      int most = 0;
    } heard;
    heard.left = std::size_t(megabytes) << 20;
    const std::vector<std::string> files = samples(12);
    IsolationOptions options = options_;
    options.processes = 4;
    decodeIsolated(numbered(files), options, heard);
    QCOMPARE(heard.frames.size(), 12u);
    QVERIFY2(heard.most <= most, std::to_string(heard.most).c_str());
    if (most > 1) QVERIFY(heard.most > 1);
  }

  void memoryStaysWithinTheBudget() {
    const std::vector<std::string> files = samples(24);
    ReadOptions options;
    options.memoryBudget = std::size_t(20) << 20;  // 24 frames of 4 MB do not fit
    std::size_t most = 0;
    options.soFar = [&](const RadarFiles& files) { most = std::max(most, files.heldBytes); };
    const RadarFiles result = readRadarFiles(files, options);
    QVERIFY(result.heldBytes <= options.memoryBudget);
    QVERIFY(most <= options.memoryBudget);
    const FrameSequence& sequence = result.sequences.at(0);
    QCOMPARE(sequence.reduction, 4);
    QCOMPARE(sequence.width(), 225);
    QCOMPARE(sequence.geo.cellWidth(), 4000.0);
    for (const Frame& frame : sequence.frames) QCOMPARE(frame.grid->width(), 225);
  }

  /// Whoever shows frames holds those of before until it is told of the averaged ones.
  void memoryStaysWithinTheBudgetWithTheFramesThatAreShown() {
    ReadOptions options;
    options.memoryBudget = std::size_t(20) << 20;
    FrameGathering gathering(options, 40);
    RadarFiles shown;
    std::size_t most = 0;
    for (int k = 0; k < 40; ++k) {
      FrameSequence sequence{
          .quantity = Quantity::RainRate,
          .geo = GeoReference("+proj=longlat +datum=WGS84", 0, 50, 0.01, 0.01, 500, 400)};
      sequence.frames.push_back(
          {.validTime = ValidTime(minutes(5 * k)), .grid = std::make_shared<RadarGrid>(500, 400)});
      gathering.frame(std::size_t(k),
                      {.sequence = std::move(sequence), .print = {}, .reduction = 1});
      RadarFiles now = gathering.soFar();
      std::set<const RadarGrid*> alive;
      std::size_t bytes = 0;
      for (const RadarFiles* files : {&shown, &now})
        for (const FrameSequence& held : files->sequences)
          for (const Frame& frame : held.frames)
            if (alive.insert(frame.grid.get()).second) bytes += 5 * frame.grid->size();
      most = std::max(most, bytes);
      shown = std::move(now);
    }
    QVERIFY2(most <= options.memoryBudget, QByteArray::number(double(most)));
    QVERIFY(most > options.memoryBudget / 2);
  }

  void anArrivalIsToldBeforeTheRestIsRead() {
    const std::vector<std::string> files = samples(6);
    ReadOptions options;
    std::size_t firstCount = 0;
    std::string firstSource;
    options.soFar = [&](const RadarFiles& files) {
      if (firstCount > 0) return;
      firstCount = files.sequences.at(0).frames.size();
      firstSource = files.sequences[0].frames[0].source;
    };
    options.processes = 1;
    QCOMPARE(readRadarFiles(files, options).sequences.at(0).frames.size(), 6u);
    QCOMPARE(firstCount, 1u);
    QCOMPARE(firstSource, files.back());
  }

  void aDecoderThatIsNotThereIsNamed() {
    const std::vector<std::string> files = samples(1);
    qputenv("STORMLOOM_DECODER", "/nowhere/stormloom-decoder");
    std::string sentence;
    try {
      readRadarFiles(files);
    } catch (const IoError& error) {
      sentence = error.what();
    }
    qputenv("STORMLOOM_DECODER", "none");
    const std::size_t here = readRadarFiles(files).sequences.size();
    qunsetenv("STORMLOOM_DECODER");
    QVERIFY2(sentence.starts_with("/nowhere/stormloom-decoder: "), sentence.c_str());
    QCOMPARE(here, 1u);
  }

  void answersOfNoDecoderAreNoticed() {
    MessageWriter writer;
    writer.put(std::uint8_t(99));
    QVERIFY_THROWS_EXCEPTION(ForgedMessage, kindOf({writer.bytes(), FileHandle()}));
    MessageWriter frame;
    frame.put(Answer::Frame);
    frame.put(Quantity::RainRate);
    frame.put(Provenance::Observed);
    frame.put(std::uint8_t(0));
    frame.put(std::uint64_t(-1));  // a text of absurd length
    QVERIFY_THROWS_EXCEPTION(ForgedMessage, frameFrom({frame.bytes(), FileHandle()}));
  }
};

QTEST_APPLESS_MAIN(TestIsolatedReading)
#include "tst_isolated_reading.moc"
