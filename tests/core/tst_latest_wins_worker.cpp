#include <QtTest>
#include <atomic>
#include <semaphore>

#include "core/latest_wins_worker.h"

using namespace stormloom;

namespace {

/// What came out, waited for without sleeping.
struct Outbox {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::uint64_t> delivered;
  std::vector<std::string> failures;

  void deliver(std::shared_ptr<const ScenarioForecast> forecast) {
    std::lock_guard lock(mutex);
    delivered.push_back(forecast->id);
    changed.notify_all();
  }
  void fail(const std::string& sentence) {
    std::lock_guard lock(mutex);
    failures.push_back(sentence);
    changed.notify_all();
  }
  bool waitFor(std::uint64_t id) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(20),
                            [&] { return std::ranges::count(delivered, id) > 0; });
  }
  bool waitForFailure() {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(20), [&] { return !failures.empty(); });
  }
};

std::shared_ptr<const ScenarioForecast> answer(const ScenarioRequest& request) {
  auto forecast = std::make_shared<ScenarioForecast>();
  forecast->id = request.id;
  return forecast;
}

ScenarioRequest request(std::uint64_t id, Quality quality) {
  return {.id = id, .quality = quality};
}

}  // namespace

class TestLatestWinsWorker : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void aNewerRequestStopsARunningFullOneAndReplacesWaitingOnes() {
    Outbox outbox;
    std::binary_semaphore started(0);
    LatestWinsWorker worker(
        [&](const ScenarioRequest& asked, std::stop_token stop) {
          if (asked.id == 1) {
            started.release();
            while (!stop.stop_requested()) std::this_thread::yield();
            return std::shared_ptr<const ScenarioForecast>();
          }
          return answer(asked);
        },
        [&](auto forecast) { outbox.deliver(forecast); },
        [&](std::uint64_t, const std::string& sentence) { outbox.fail(sentence); });
    worker.submit(request(1, Quality::Full));
    started.acquire();
    for (std::uint64_t id = 2; id <= 50; ++id) worker.submit(request(id, Quality::Full));
    QVERIFY(outbox.waitFor(50));
    QVERIFY(std::ranges::count(outbox.delivered, std::uint64_t(1)) == 0);
  }

  void aRunningPreviewIsLeftToFinish() {
    Outbox outbox;
    std::binary_semaphore started(0), go(0);
    std::atomic<bool> stopped = false;
    LatestWinsWorker worker(
        [&](const ScenarioRequest& asked, std::stop_token stop) {
          if (asked.id == 1) {
            started.release();
            go.acquire();
            stopped = stop.stop_requested();
          }
          return answer(asked);
        },
        [&](auto forecast) { outbox.deliver(forecast); },
        [&](std::uint64_t, const std::string& sentence) { outbox.fail(sentence); });
    worker.submit(request(1, Quality::Preview));
    started.acquire();
    worker.submit(request(2, Quality::Preview));
    worker.submit(request(3, Quality::Full));
    go.release();
    QVERIFY(outbox.waitFor(3));
    QVERIFY(!stopped);
    QCOMPARE(outbox.delivered, (std::vector<std::uint64_t>{1, 3}));
  }

  void aFailureIsTalkedAboutAndTheNextRequestIsServed() {
    Outbox outbox;
    LatestWinsWorker worker(
        [&](const ScenarioRequest& asked, std::stop_token) {
          if (asked.id == 1) throw std::runtime_error("no memory");
          return answer(asked);
        },
        [&](auto forecast) { outbox.deliver(forecast); },
        [&](std::uint64_t, const std::string& sentence) { outbox.fail(sentence); });
    worker.submit(request(1, Quality::Full));
    QVERIFY(outbox.waitForFailure());
    QCOMPARE(outbox.failures.front(), std::string("no memory"));
    worker.submit(request(2, Quality::Full));
    QVERIFY(outbox.waitFor(2));
  }

  void leavingStopsTheRunningJob() {
    std::binary_semaphore started(0);
    std::atomic<bool> stopped = false;
    {
      LatestWinsWorker worker(
          [&](const ScenarioRequest&, std::stop_token stop) {
            started.release();
            while (!stop.stop_requested()) std::this_thread::yield();
            stopped = true;
            return std::shared_ptr<const ScenarioForecast>();
          },
          [](auto) {}, [](std::uint64_t, const std::string&) {});
      worker.submit(request(1, Quality::Preview));
      started.acquire();
    }
    QVERIFY(stopped);
  }
};

QTEST_APPLESS_MAIN(TestLatestWinsWorker)
#include "tst_latest_wins_worker.moc"
