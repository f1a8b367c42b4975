#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/errors.h"
#include "core/folder_watch.h"
#include "core/live_folder.h"
#include "tests/support/pgm_sample.h"
#include "tests/support/radolan_sample.h"
#include "tests/support/sanitized.h"

using namespace stormloom;
namespace fs = std::filesystem;

namespace {

/// Pages of memory and open files of this process.
std::pair<long, long> held() {
  std::ifstream file("/proc/self/statm");
  long all = 0, resident = 0;
  file >> all >> resident;
  return {resident,
          std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator())};
}

}  // namespace

class TestLiveFolder : public QObject {
  Q_OBJECT

private:
  std::unique_ptr<QTemporaryDir> folder_;
  const LiveFolder::Clock::time_point now_ = LiveFolder::Clock::now();
  std::string at(const std::string& name) const {
    return folder_->filePath(QString::fromStdString(name)).toStdString();
  }
  static std::string sample(int hour, int minute) {
    char clock[16];
    std::snprintf(clock, sizeof clock, "%02d%02d", hour, minute);
    return radolanSample("RX", "E+00", 5, 900, 900, 3, std::vector<unsigned>(900 * 900, 90), 1)
        .replace(4, 4, clock);
  }
  static void put(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }

private Q_SLOTS:
  void init() { folder_ = std::make_unique<QTemporaryDir>(); }

  void aFileThatIsWrittenWaitsForItsEnd() {
    FolderWatch watch(folder_->path().toStdString());
    FolderWatch::Clock::time_point now = FolderWatch::Clock::now();
    std::ofstream file(at("a"), std::ios::binary);
    file << "half" << std::flush;
    QVERIFY(watch.look(now).empty());
    now += std::chrono::minutes(10);  // however long its writer pauses
    QVERIFY(watch.look(now).empty());
    file << "rest";
    file.close();
    QCOMPARE(watch.look(now), std::vector<std::string>{at("a")});
    QVERIFY(watch.look(now).empty());
  }

  /// Three writers at a time, each file in pieces with pauses, every third under another name
  /// first.
  void filesOfSlowWritersAreNeverReadHalf() {
    ReadOptions here;
    here.inThisProcess = true;
    LiveFolder live(folder_->path().toStdString(), here, std::chrono::hours(24));
    constexpr int kWriters = 3, kEach = 20;
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < kWriters; ++writer) {
      writers.emplace_back([this, writer] {
        for (int k = 0; k < kEach; ++k) {
          std::string digits =
              isoText(timeFromCalendar(2016, 9, 28, 4 * writer, 0, 0) + minutes(5 * k))
                  .substr(0, 16);
          std::erase_if(digits, [](char c) { return c < '0' || c > '9'; });
          const std::string bytes = pgmSample(digits), name = at("w" + digits + ".pgm");
          const bool renamed = k % 3 == 0;
          std::ofstream file(renamed ? name + ".part" : name, std::ios::binary);
          for (std::size_t from = 0; from < bytes.size(); from += bytes.size() / 4 + 1) {
            file << bytes.substr(from, bytes.size() / 4 + 1) << std::flush;
            std::this_thread::sleep_for(std::chrono::milliseconds(25));
          }
          file.close();
          if (renamed) fs::rename(name + ".part", name);
        }
      });
    }
    const auto taken = [&] {
      return live.files().sequences.empty() ? 0 : live.files().sequences[0].frames.size();
    };
    std::vector<std::string> sentences;
    for (int look = 0; look < 1200 && taken() < kWriters * kEach; ++look) {
      live.update();
      std::ranges::move(live.takeSentences(), std::back_inserter(sentences));
      std::this_thread::sleep_for(std::chrono::milliseconds(40));
    }
    QCOMPARE(taken(), std::size_t(kWriters * kEach));
    QVERIFY2(sentences.empty(), sentences.empty() ? "" : sentences.front().c_str());
  }

  /// An old run must not stay for ever because its product has a name of its own.
  void oldRunsOfAForecastGo() {
    LiveFolder live(folder_->path().toStdString(), {}, std::chrono::minutes(60));
    const auto run = [](const char* clock) {
      const std::string head = "RV16" + std::string(clock) +
                               "100000926BY   2640195VS 5SW  P42001HPR E-02INT   5GP1200x1100VV "
                               "010MF 00000008MS  3<deb>";
      return head + '\x03' + std::string(1200 * 1100 * 2, '\1');
    };
    for (const char* clock : {"1000", "1030", "1200"}) {
      put(at(clock), run(clock));
      QVERIFY(live.update());
    }
    QCOMPARE(live.files().sequences.size(), 1u);
    QVERIFY(live.files().sequences[0].product.ends_with("T12:00:00Z"));
  }

  void filesThatWereThereAreTakenOnceTheyAreQuiet() {
    put(at("old"), "x");
    FolderWatch watch(folder_->path().toStdString());
    const FolderWatch::Clock::time_point now = FolderWatch::Clock::now();
    QVERIFY(watch.look(now).empty());
    QCOMPARE(watch.look(now + std::chrono::seconds(3)).size(), 1u);
    QVERIFY(watch.look(now + std::chrono::seconds(9)).empty());
  }

  void downloadsAreTakenUnderTheirLastName() {
    FolderWatch watch(folder_->path().toStdString());
    put(at("b.part"), "x");
    put(at(".hidden"), "x");
    put(at("README.md"), "x");
    QVERIFY(watch.look().empty());
    fs::rename(at("b.part"), at("b"));
    QCOMPARE(watch.look(), std::vector<std::string>{at("b")});
    put(at("b"), "longer");
    QCOMPARE(watch.look(), std::vector<std::string>{at("b")});
  }

  void aFolderMustBeThere() { QVERIFY_THROWS_EXCEPTION(IoError, FolderWatch(at("nowhere"))); }

  void newFramesJoinAndOldOnesGo() {
    LiveFolder live(folder_->path().toStdString(), {}, std::chrono::minutes(60));
    QVERIFY(!live.update());
    put(at("rx1"), sample(10, 0));
    put(at("rx2"), sample(10, 30));
    QVERIFY(live.update());
    QCOMPARE(live.files().sequences.at(0).frames.size(), 2u);
    QVERIFY(!live.update());
    put(at("rx3"), sample(11, 15));
    put(at("rubbish"), "not a radar file");
    QVERIFY(live.update(now_));
    const RadarFiles files = live.files();
    QCOMPARE(files.sequences.at(0).frames.size(), 2u);
    QCOMPARE(isoText(files.sequences[0].frames.back().validTime),
             std::string("2014-08-02T11:15:00Z"));
    QVERIFY(live.takeSentences().empty());
    QVERIFY(!live.update(now_ + LiveFolder::kPatience));
    QCOMPARE(live.takeSentences().size(), 1u);
    QVERIFY(!live.update(now_ + 2 * LiveFolder::kPatience));
    QVERIFY(live.takeSentences().empty());
  }

  void daysOfArrivalsLeaveNothingBehind() {
    ReadOptions here;
    here.inThisProcess = true;
    LiveFolder live(folder_->path().toStdString(), here, std::chrono::hours(4));
    const ValidTime start = timeFromCalendar(2016, 9, 28, 0, 0, 0);
    std::pair<long, long> early;
    constexpr int kArrivals = 600;  // two days of five minutes
    for (int k = 0; k < kArrivals; ++k) {
      std::string digits = isoText(start + minutes(5 * k)).substr(0, 16);
      std::erase_if(digits, [](char c) { return c < '0' || c > '9'; });
      put(at("fmi" + std::to_string(k) + ".pgm"),
          k % 10 == 9 ? std::string("not a radar file") : pgmSample(digits));
      if (k >= 60) fs::remove(at("fmi" + std::to_string(k - 60) + ".pgm"));
      QCOMPARE(live.update(now_ + k * minutes(5)), k % 10 != 9);
      QCOMPARE(live.takeSentences().size(), std::size_t(k > 0 && k % 10 == 0));  // five minutes later
      const RadarFiles files = live.files();
      QCOMPARE(files.sequences.size(), 1u);
      QVERIFY(files.sequences[0].frames.size() <= 49u);
      if (k == 200) early = held();
    }
    const auto late = held();
    if (!kSanitizedTest)  // they keep freed memory back
      QVERIFY2(late.first - early.first < 500, QByteArray::number(int(late.first - early.first)));
    QCOMPARE(late.second, early.second);
  }

  void aProductThatIsCalledOtherwiseEachTimeDoesNotPileUp() {
    ReadOptions here;
    here.inThisProcess = true;
    LiveFolder live(folder_->path().toStdString(), here);
    for (int k = 0; k < 200; ++k) {
      std::string bytes = pgmSample();
      const std::size_t name = bytes.find("LOWEST");
      bytes.replace(name, 6, "N" + std::to_string(10000 + k));
      put(at("a.pgm"), bytes);
      put(at(std::to_string(k) + ".pgm"), bytes);
      QVERIFY(live.update());
    }
    QVERIFY(live.files().sequences.size() <= 64u);
  }

  /// Some writers close the file after each piece, and pause: nobody hears of a damaged file meanwhile.
  void aWriterThatClosesAndPausesIsWaitedFor() {
    ReadOptions here;
    here.inThisProcess = true;
    LiveFolder live(folder_->path().toStdString(), here);
    const std::string bytes = sample(10, 0);
    LiveFolder::Clock::time_point now = now_;
    for (const std::size_t part : {1, 2, 3}) {
      put(at("rx"), bytes.substr(0, bytes.size() * part / 4));
      for (int look = 0; look < 5; ++look) QVERIFY(!live.update(now += std::chrono::seconds(10)));
    }
    QVERIFY(live.takeSentences().empty());
    put(at("rx"), bytes);
    QVERIFY(live.update(now += std::chrono::seconds(10)));
    QVERIFY(!live.update(now += 2 * LiveFolder::kPatience));
    QVERIFY(live.takeSentences().empty());
  }

  void aDamagedFileIsToldOnceHoweverOftenItIsWritten() {
    ReadOptions here;
    here.inThisProcess = true;
    LiveFolder live(folder_->path().toStdString(), here);
    LiveFolder::Clock::time_point now = now_;
    std::size_t told = 0;
    for (int k = 0; k < 5; ++k) {
      put(at("rx"), sample(10, 0).substr(0, std::size_t(1000 + k)));
      for (int look = 0; look < 3; ++look) live.update(now += LiveFolder::kPatience);
      told += live.takeSentences().size();
    }
    QCOMPARE(told, 1u);
    put(at("gone"), "rubbish");
    live.update(now);
    fs::remove(at("gone"));
    live.update(now += 2 * LiveFolder::kPatience);
    QVERIFY(live.takeSentences().empty());
  }

  void aFileWrittenAnewReplacesItsFrame() {
    LiveFolder live(folder_->path().toStdString());
    put(at("rx"), sample(10, 0).substr(0, 1000));
    QVERIFY(!live.update());
    put(at("rx"), sample(10, 5));
    QVERIFY(live.update());
    put(at("rx"), sample(10, 10));
    QVERIFY(live.update());
    QCOMPARE(live.files().sequences.at(0).frames.size(), 1u);
    QCOMPARE(isoText(live.files().sequences[0].frames[0].validTime),
             std::string("2014-08-02T10:10:00Z"));
  }
};

QTEST_APPLESS_MAIN(TestLiveFolder)
#include "tst_live_folder.moc"
