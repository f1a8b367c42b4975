#pragma once

#include <time.h>

#include <QElapsedTimer>
#include <QSlider>
#include <QTest>
#include <QTimer>
#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <thread>

#include "app/gui/main_window.h"
#include "app/gui/map_wall.h"
#include "app/gui/scenario_controller.h"

namespace stormloom {

/// Stands for the models: the last observed frame, stronger with n and different for each member
/// and seed, after a while.
struct FakeEngine {
  std::chrono::milliseconds previewTakes{4};
  std::chrono::milliseconds fullTakes{8};
  std::chrono::milliseconds restTakes{0};  ///< between the first frame of an answer and all of it
  std::atomic<int> earlies{0};
  std::atomic<int> previews{0};
  std::atomic<int> fulls{0};

  static bool work(std::chrono::milliseconds takes, std::stop_token stop) {
    const auto end = std::chrono::steady_clock::now() + takes;
    while (std::chrono::steady_clock::now() < end) {
      if (stop.stop_requested()) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return !stop.stop_requested();
  }

  static std::shared_ptr<const RadarGrid> moved(const ModelContext& context, double by) {
    auto grid = std::make_shared<RadarGrid>(*context.frames.frames.back().grid);
    for (float& value : grid->values()) value = float(std::fmax(0.0, value + by));
    return grid;
  }

  static FrameSequence future(const ModelContext& context, double by,
                              const std::vector<double>& byLead = {}) {
    FrameSequence sequence = context.frames;
    sequence.provenance = Provenance::Forecast;
    sequence.frames.clear();
    const auto step = seconds(std::lround(60 * stepMinutes(context.frames)));
    auto grid = moved(context, by);
    for (int i = 1; i <= context.grid.targetFrames; ++i) {
      if (!byLead.empty()) grid = moved(context, byLead[std::size_t(i - 1)]);
      sequence.frames.push_back({context.runTime + i * step, grid, "", false});
    }
    return sequence;
  }

  /// What is added to the last observed frame.
  static double addedBy(double nSigma, int member, std::uint64_t seed) {
    return 10 * nSigma + 5 * member + double((seed - 1) % 7);
  }

  static std::vector<double> addedByLead(const ScenarioRequest& request, int member) {
    std::vector<double> byLead;
    for (const double n : request.nSigmaByLead) byLead.push_back(addedBy(n, member, request.seed));
    return byLead;
  }

  /// The frame that was wanted first, then `restTakes` for the others.
  bool earlyTaken(const ScenarioRequest& request, const ScenarioForecast& answer, double n,
                  const ForecastFunctions::Early& early, std::stop_token stop) {
    auto first = std::make_shared<ScenarioForecast>(answer);
    FrameSequence frames =
        future(*request.context, addedBy(n, 0, request.seed), addedByLead(request, 0));
    frames.frames = {frames.frames.at(std::size_t(request.firstLead))};
    first->members = {{n, 0, frames, {}, {0.2}}};
    early(first);
    ++earlies;
    return work(restTakes, stop);
  }

  std::shared_ptr<const ScenarioForecast> generate(const ScenarioRequest& request,
                                                   std::stop_token stop,
                                                   const ForecastFunctions::Progress& progress,
                                                   const ForecastFunctions::Early& early) {
    const bool preview = request.quality == Quality::Preview;
    auto answer = std::make_shared<ScenarioForecast>();
    answer->id = request.id;
    answer->request = request;
    answer->anticipated = {std::vector<double>(6, 0.15), std::vector<double>(6, 0.02), 0.15};
    for (const double n : request.nSigma) {
      if (!work(preview ? previewTakes : fullTakes, stop)) return nullptr;
      progress(0.5);
      if (request.firstLead >= 0 && !earlyTaken(request, *answer, n, early, stop)) return nullptr;
      for (int member = request.firstMember; member < request.firstMember + request.members;
           ++member) {
        const std::vector<double> byLead = addedByLead(request, member);
        answer->members.push_back(
            {n, member, future(*request.context, addedBy(n, member, request.seed), byLead),
             std::vector<double>(6, 0.15 + 0.02 * n), std::vector<double>(6, 0.15 + 0.018 * n)});
      }
    }
    ++(preview ? previews : fulls);
    answer->model = "stand-in";
    answer->device = "CPU";
    answer->steps = preview ? 1 : 8;
    answer->secondsTaken = 0.01;
    return answer;
  }

  ForecastFunctions functions() {
    return {
        [this](const ScenarioRequest& request, std::stop_token stop,
               const ForecastFunctions::Progress& progress, const ForecastFunctions::Early& early) {
          return generate(request, stop, progress, early);
        },
        [](const ModelContext& context, const std::string& model, std::stop_token) {
          return std::make_shared<const DeterministicForecast>(
              DeterministicForecast{model, "", future(context, 0), "CPU", 0.0});
        },
        [](std::shared_ptr<const ModelContext> context, int members, std::uint64_t,
           std::stop_token) {
          auto forecast = std::make_shared<ScenarioForecast>();
          for (int member = 0; member < members; ++member)
            forecast->members.push_back(
                {std::nan(""), member, future(*context, 8 * member - 40), {}, {}});
          return std::shared_ptr<const ScenarioForecast>(forecast);
        }};
  }
};

/// How long the event loop was away, seen by a timer that wants to run every millisecond: by the
/// clock, and what of it this thread itself computed (on a busy machine the rest is waiting for a
/// core).
class PauseMeter {
public:
  PauseMeter() {
    clock_.start();
    QObject::connect(&timer_, &QTimer::timeout, [this] {
      pauses_.push_back(clock_.nsecsElapsed() / 1e6);
      own_.push_back(threadMilliseconds() - ownBefore_);
      clock_.restart();
      ownBefore_ = threadMilliseconds();
    });
    timer_.start(1);
  }
  QString report() const {
    return QString(
               "%1 turns; by the clock: longest %2 ms, 99th percentile %3 ms; own computing: "
               "longest %4 ms, 99th percentile %5 ms, mean %6 ms")
        .arg(pauses_.size())
        .arg(percentile(pauses_, 1), 0, 'f', 1)
        .arg(percentile(pauses_, 0.99), 0, 'f', 1)
        .arg(longestOwnMilliseconds(), 0, 'f', 1)
        .arg(percentile(own_, 0.99), 0, 'f', 1)
        .arg(std::accumulate(own_.begin(), own_.end(), 0.0) / double(own_.size()), 0, 'f', 1);
  }
  double longestOwnMilliseconds() const { return percentile(own_, 1); }

private:
  static double threadMilliseconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return 1e3 * double(time.tv_sec) + 1e-6 * double(time.tv_nsec);
  }
  static double percentile(std::vector<double> values, double share) {
    if (values.empty()) return 0.0;
    std::sort(values.begin(), values.end());
    return values[std::size_t(share * double(values.size() - 1))];
  }

  QTimer timer_;
  QElapsedTimer clock_;
  double ownBefore_ = threadMilliseconds();
  std::vector<double> pauses_, own_;
};

inline const ScenarioForecast* shownForecast(MainWindow& window) {
  static std::shared_ptr<const ScenarioForecast> held;
  held = window.desk().scenarios->forDial();
  return held.get();
}

inline bool showsFull(MainWindow& window, double nSigma) {
  const ScenarioForecast* shown = shownForecast(window);
  return shown && shown->request.quality == Quality::Full &&
         std::abs(shown->request.nSigma.front() - nSigma) < 0.01;
}

inline void openDemo(MainWindow& window, QSize size = {1400, 900}) {
  window.resize(size);
  window.show();
  window.activateWindow();
  QVERIFY(QTest::qWaitForWindowActive(&window));
  window.openSyntheticEvent();
  QTRY_VERIFY_WITH_TIMEOUT(showsFull(window, 0.0), 30000);
}

inline ScenarioController* controller(MainWindow& window) {
  return window.findChild<ScenarioController*>();
}

inline QSlider* slider(MainWindow& window) { return window.findChild<QSlider*>("intensitySlider"); }
inline MapWall* wall(MainWindow& window) { return window.findChild<MapWall*>(); }

}  // namespace stormloom
