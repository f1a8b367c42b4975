#include <QApplication>
#include <QComboBox>
#include <QElapsedTimer>
#include <QFile>
#include <QLabel>
#include <QSignalSpy>
#include <QSlider>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <atomic>
#include <cmath>
#include <thread>

#include "app/gui/main_window.h"
#include "app/gui/overlays.h"
#include "app/gui/palette.h"
#include "app/gui/scenario_controller.h"
#include "core/errors.h"

using namespace stormloom;

namespace {

/// Stands for the models: the last observed frame with every value moved by n, after a while.
struct FakeEngine {
  std::chrono::milliseconds previewTakes{5};
  std::chrono::milliseconds fullTakes{10};
  std::atomic<int> previews{0};
  std::atomic<int> fulls{0};

  bool work(std::chrono::milliseconds takes, std::stop_token stop) const {
    const auto end = std::chrono::steady_clock::now() + takes;
    while (std::chrono::steady_clock::now() < end) {
      if (stop.stop_requested()) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }

  static FrameSequence future(const ModelContext& context, double by) {
    FrameSequence sequence = context.frames;
    sequence.provenance = Provenance::Forecast;
    auto moved = std::make_shared<RadarGrid>(*context.frames.frames.back().grid);
    for (float& value : moved->values()) value = float(std::fmax(0.0, value + by));
    sequence.frames.clear();
    for (int i = 1; i <= context.grid.targetFrames; ++i)
      sequence.frames.push_back({context.runTime + minutes(context.grid.stepMinutes * i), moved, "", false});
    return sequence;
  }

  std::shared_ptr<const ScenarioForecast> generate(const ScenarioRequest& request, std::stop_token stop) {
    const bool preview = request.quality == Quality::Preview;
    if (!work(preview ? previewTakes : fullTakes, stop)) return nullptr;
    ++(preview ? previews : fulls);
    auto answer = std::make_shared<ScenarioForecast>();
    answer->id = request.id;
    answer->request = request;
    answer->anticipated = {std::vector<double>(6, 0.15), std::vector<double>(6, 0.02), 0.15};
    const double n = request.nSigma.front();
    answer->members.push_back({n, 0, future(*request.context, 10 * n), std::vector<double>(6, 0.15 + 0.02 * n),
                               std::vector<double>(6, 0.15 + 0.018 * n)});
    answer->model = "stand-in";
    answer->device = "CPU";
    return answer;
  }

  ForecastFunctions functions() {
    return {[this](const ScenarioRequest& request, std::stop_token stop) { return generate(request, stop); },
            [](const ModelContext& context, const std::string& model, std::stop_token) {
              return std::make_shared<const DeterministicForecast>(
                  DeterministicForecast{model, "", future(context, 0), "CPU", 0.0});
            }};
  }
};

/// The longest time the event loop was away, seen by a timer that wants to run every millisecond.
class PauseMeter {
 public:
  PauseMeter() {
    clock_.start();
    QObject::connect(&timer_, &QTimer::timeout, [this] {
      longest_ = std::max(longest_, clock_.nsecsElapsed() / 1e6);
      clock_.restart();
    });
    timer_.start(1);
  }
  double longestMilliseconds() const { return longest_; }

 private:
  QTimer timer_;
  QElapsedTimer clock_;
  double longest_ = 0.0;
};

}  // namespace

class TestWindow : public QObject {
  Q_OBJECT

 private:
  static void openDemo(MainWindow& window) {
    window.resize(1400, 900);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    window.openSyntheticEvent();
    QTRY_VERIFY_WITH_TIMEOUT(window.desk().scenario && window.desk().scenario->request.quality == Quality::Full, 15000);
  }
  static QSlider* slider(MainWindow& window) { return window.findChild<QSlider*>("intensitySlider"); }

 private Q_SLOTS:
  void theBuiltInEventOpensWithForecasts() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QVERIFY(window.desk().observed->synthetic);
    QVERIFY(window.desk().deterministic.contains("earthformer"));
    QVERIFY(window.desk().time > window.desk().context->runTime);
  }

  void draggingShowsPreviewsAndRestingShowsFullQuality() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    const int fullsBefore = engine.fulls;
    for (int tenths = 1; tenths <= 20; ++tenths) {
      slider(window)->setValue(tenths);
      QTest::qWait(10);
    }
    QTRY_COMPARE(window.desk().scenario->request.quality, Quality::Preview);
    QCOMPARE(int(engine.fulls), fullsBefore);
    QTRY_COMPARE(window.desk().scenario->request.quality, Quality::Full);
    QCOMPARE(window.desk().scenario->members.front().nSigma, 2.0);
    QVERIFY(window.findChild<QLabel*>("achieved")->text().contains("+1.8"));
  }

  void theSliderFollowsTheMouse() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QSlider* dial = slider(window);
    const QPoint middle(dial->width() / 2, dial->height() / 2);
    QTest::mousePress(dial, Qt::LeftButton, {}, middle);
    for (int x = 0; x <= 60; x += 6) QTest::mouseMove(dial, middle + QPoint(x, 0), 5);
    QTest::mouseRelease(dial, Qt::LeftButton, {}, middle + QPoint(60, 0));
    QVERIFY2(dial->value() > 10, qPrintable(QString::number(dial->value())));
    QTRY_COMPARE(window.desk().scenario->members.front().nSigma, dial->value() / 10.0);
  }

  void staleAnswersAreDropped() {
    FakeEngine engine;
    engine.fullTakes = std::chrono::milliseconds(300);
    MainWindow window(engine.functions());
    openDemo(window);
    slider(window)->setValue(10);
    QTest::qWait(ScenarioController::kRestMilliseconds + 100);  // the full answer for +1.0 is running now
    slider(window)->setValue(-20);
    QTRY_VERIFY(window.desk().scenario->members.front().nSigma == -2.0 &&
                window.desk().scenario->request.quality == Quality::Full);
    QTest::qWait(400);
    QCOMPARE(window.desk().scenario->members.front().nSigma, -2.0);
  }

  void keysMoveTimeAndIntensity() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    auto* times = window.findChild<TimeBar*>();
    QTest::keyClick(&window, Qt::Key_Home);
    QCOMPARE(times->current(), 0);
    QTest::keyClick(&window, Qt::Key_Right);
    QCOMPARE(times->current(), 1);
    QTest::keyClick(&window, Qt::Key_End);
    QCOMPARE(times->current(), int(times->cells().size()) - 1);
    QTest::keyClick(&window, Qt::Key_Left);
    QCOMPARE(times->current(), int(times->cells().size()) - 2);
    QTest::keyClicks(&window, "]]]");
    QCOMPARE(slider(window)->value(), 3);
    QTest::keyClicks(&window, "[");
    QCOMPARE(slider(window)->value(), 2);
    QTest::keyClick(&window, Qt::Key_0);
    QCOMPARE(slider(window)->value(), 0);
    QTest::keyClick(&window, '?');
    QVERIFY(window.findChild<KeyList*>()->isVisible());
    QTest::keyClick(&window, Qt::Key_Escape);
    QVERIFY(!window.findChild<KeyList*>()->isVisible());
    const int before = times->current();
    QTest::keyClick(&window, Qt::Key_Space);
    QTRY_VERIFY(times->current() != before);
    QTest::keyClick(&window, Qt::Key_Space);
  }

  void aClickOnTheTimeBarSeeks() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    auto* times = window.findChild<TimeBar*>();
    QTest::mouseClick(times, Qt::LeftButton, {}, times->cellRect(3).center().toPoint());
    QCOMPARE(times->current(), 3);
    QCOMPARE(window.desk().time, times->cells()[3].time);
  }

  void aBadFileGivesABannerAndThePictureStays() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QTemporaryDir folder;
    QFile file(folder.filePath("holiday.h5"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("no radar in here");
    file.close();
    const auto before = window.desk().observed;
    window.openPaths({file.fileName()});
    auto* banner = window.findChild<Banner*>();
    QTRY_VERIFY_WITH_TIMEOUT(banner->isVisible(), 10000);
    QVERIFY2(banner->text().contains("holiday.h5"), qPrintable(banner->text()));
    QCOMPARE(window.desk().observed, before);
    QVERIFY(!window.findChild<MapPane*>()->caption().validTime.empty());
  }

  void aModelThatFailsIsExplained() {
    FakeEngine engine;
    ForecastFunctions functions = engine.functions();
    functions.generate = [](const ScenarioRequest&, std::stop_token) -> std::shared_ptr<const ScenarioForecast> {
      throw ModelError("prediff.safetensors: 3 tensors are missing. Install it again.");
    };
    MainWindow window(functions);
    window.show();
    window.openSyntheticEvent();
    auto* banner = window.findChild<Banner*>();
    QTRY_VERIFY_WITH_TIMEOUT(banner->isVisible() && banner->text().contains("3 tensors"), 15000);
    QVERIFY(window.desk().deterministic.contains("earthformer"));
  }

  void realRadarFilesOpen() {
    const QString folder = STORMLOOM_SHARED_DIR "/data/radar/knmi";
    if (!QFile::exists(folder)) QSKIP("the radar files of the shared folder are not here");
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    window.openPaths({folder});
    QTRY_VERIFY_WITH_TIMEOUT(!window.desk().observed->synthetic && window.desk().scenario, 60000);
    QVERIFY(window.desk().observed->frames.size() > 50);
  }

  void theEventLoopNeverWaitsForTheModel() {
    FakeEngine engine;
    engine.previewTakes = std::chrono::milliseconds(400);
    engine.fullTakes = std::chrono::milliseconds(3000);
    MainWindow window(engine.functions());
    openDemo(window);
    QSlider* dial = slider(window);
    QTest::qWait(300);
    PauseMeter meter;
    QElapsedTimer clock;
    for (clock.start(); clock.elapsed() < 5000;) {
      dial->setValue(int(std::lround(40 * std::sin(clock.elapsed() / 600.0))));
      QTest::qWait(15);
    }
    qInfo("longest pause of the event loop while dragging: %.1f ms", meter.longestMilliseconds());
    QVERIFY2(meter.longestMilliseconds() < 250, qPrintable(QString::number(meter.longestMilliseconds())));
  }
};

int main(int argc, char** argv) {
  SceneWidget::setDefaultFormat();
  QApplication app(argc, argv);
  applyDarkTheme(app);
  TestWindow test;
  return QTest::qExec(&test, argc, argv);
}
#include "tst_window.moc"
