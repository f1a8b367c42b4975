#include <QApplication>
#include <QFile>
#include <QLabel>
#include <QSettings>
#include <QTemporaryDir>
#include <algorithm>

#include "app/gui/actions.h"
#include "app/gui/overlays.h"
#include "app/gui/theme.h"
#include "app/gui/time_bar.h"
#include "core/errors.h"
#include "fake_engine.h"

using namespace stormloom;

class TestWindow : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void theBuiltInEventOpensWithForecasts() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QVERIFY(window.desk().observed->synthetic);
    QTRY_VERIFY(window.desk().deterministic.contains("earthformer"));
    QVERIFY(window.desk().deterministic.contains("persistence"));
    QVERIFY(window.desk().time > window.desk().context->runTime);
    QCOMPARE(window.picture(2).caption.kind, PictureCaption::Kind::Forecast);
  }

  void draggingShowsPreviewsAndRestingShowsFullQuality() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    slider(window)->setSliderDown(true);
    for (int tenths = 1; tenths <= 23; ++tenths) {
      slider(window)->setValue(tenths);
      QTest::qWait(5);
    }
    const ScenarioForecast* shown = nullptr;  // until the first answer to this n
    QTRY_VERIFY((shown = shownForecast(window)) && shown->members.front().nSigma == 2.3);
    QVERIFY(shown->request.quality == Quality::Preview || showsFull(window, 2.3));
    slider(window)->setSliderDown(false);
    QTRY_VERIFY(showsFull(window, 2.3));
    QVERIFY(window.findChild<QLabel*>("achieved")->text().contains("+2.1"));
    QTRY_COMPARE(window.picture(2).caption.kind, PictureCaption::Kind::Forecast);
  }

  void afterTheSweepThePictureFollowsTheFingerAtOnce() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QTRY_COMPARE_WITH_TIMEOUT(controller(window)->sweep().size(), std::size_t(9), 10000);
    engine.previewTakes = engine.fullTakes = std::chrono::milliseconds(2000);
    slider(window)->setSliderDown(true);
    slider(window)->setValue(17);  // no model has computed this
    const auto* shown = shownForecast(window);
    QVERIFY(shown && shown->members.front().nSigma == 1.7);
    QVERIFY(shown->request.quality == Quality::Preview);
    QCOMPARE(window.picture(2).caption.kind, PictureCaption::Kind::Preview);
    const float now = window.picture(2).grid->at(64, 64);
    const float last = window.desk().context->frames.frames.back().grid->at(64, 64);
    QVERIFY2(std::abs(now - std::max(0.f, last + 17.f)) < 0.6f,
             qPrintable(QString::number(now - last)));
    slider(window)->setSliderDown(false);
  }

  void theFrameOnTheScreenComesFirst() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QTRY_COMPARE_WITH_TIMEOUT(controller(window)->sweep().size(), std::size_t(9), 10000);
    QTRY_VERIFY_WITH_TIMEOUT(!controller(window)->isBusy(), 10000);
    engine.restTakes = std::chrono::milliseconds(3000);
    const int before = engine.earlies;
    slider(window)->setValue(17);
    QCOMPARE(window.picture(2).caption.kind, PictureCaption::Kind::Preview);
    QTRY_COMPARE(int(engine.earlies), before + 1);
    QTRY_COMPARE(window.picture(2).caption.kind, PictureCaption::Kind::Forecast);
    const float last = window.desk().context->frames.frames.back().grid->at(64, 64);
    QCOMPARE(window.picture(2).grid->at(64, 64), std::max(0.f, last + 17.f));
    QVERIFY(!showsFull(window, 1.7));  // the rest is still being computed
    QTest::keyClick(&window, Qt::Key_Right);  // another time: nothing exact there yet
    QCOMPARE(window.picture(2).caption.kind, PictureCaption::Kind::Preview);
    QTRY_VERIFY(showsFull(window, 1.7));
    QTRY_COMPARE(window.picture(2).caption.kind, PictureCaption::Kind::Forecast);
  }

  void theSliderFollowsTheMouse() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QSlider* dial = slider(window);
    const QPoint middle(dial->width() / 2, 15);
    QTest::mousePress(dial, Qt::LeftButton, {}, middle);
    for (int x = 0; x <= 60; x += 6) QTest::mouseMove(dial, middle + QPoint(x, 0), 5);
    QTest::mouseRelease(dial, Qt::LeftButton, {}, middle + QPoint(60, 0));
    QVERIFY2(dial->value() > 10, qPrintable(QString::number(dial->value())));
    QTRY_VERIFY(showsFull(window, dial->value() / 10.0));
  }

  void staleAnswersAreNotShown() {
    FakeEngine engine;
    engine.fullTakes = std::chrono::milliseconds(60);
    MainWindow window(engine.functions());
    openDemo(window);
    slider(window)->setValue(11);
    QTest::qWait(ScenarioController::kRestMilliseconds +
                 40);  // the full answer for +1.1 is running now
    slider(window)->setValue(-23);
    QTRY_VERIFY(showsFull(window, -2.3));
    QTest::qWait(300);
    QCOMPARE(shownForecast(window)->members.front().nSigma, -2.3);
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
    for (int i = 0; i < 3; ++i) QTest::keyClick(&window, Qt::Key_BracketRight);
    QCOMPARE(slider(window)->value(), 3);
    QTest::keyClick(&window, Qt::Key_BracketLeft);
    QCOMPARE(slider(window)->value(), 2);
    QTest::keyClick(&window, Qt::Key_9);
    QCOMPARE(slider(window)->value(), 40);
    QTest::keyClick(&window, Qt::Key_0);
    QCOMPARE(slider(window)->value(), 0);
    const int before = times->current();
    QTest::keyClick(&window, Qt::Key_Space);
    QTRY_VERIFY(times->current() != before);
    QTest::keyClick(&window, Qt::Key_Space);
  }

  void everyActionHasANameAndNoTwoShareAKey() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    QStringList keys;
    for (const QAction* action : window.actions().all()) {
      QVERIFY(!action->text().isEmpty() && !ActionTable::groupOf(action).isEmpty());
      if (action->shortcut().isEmpty()) continue;
      QVERIFY2(!keys.contains(action->shortcut().toString()),
               qPrintable(action->shortcut().toString()));
      keys << action->shortcut().toString();
    }
    QVERIFY(keys.size() > 40);
  }

  void keysCanBeChangedAndTheOldHolderLosesThem() {
    FakeEngine engine;
    {
      MainWindow window(engine.functions());
      ActionTable& actions = window.actions();
      actions.rebind(actions.find("play"), QKeySequence("R"));
      QCOMPARE(actions.find("whole")->shortcut(), QKeySequence());
    }
    MainWindow window(engine.functions());
    QCOMPARE(window.actions().find("play")->shortcut(), QKeySequence("R"));
    window.actions().restoreKeys();
    QCOMPARE(window.actions().find("play")->shortcut(), QKeySequence("Space"));
    QCOMPARE(window.actions().find("whole")->shortcut(), QKeySequence("R"));
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
    QTRY_VERIFY_WITH_TIMEOUT(banner->isVisible() && banner->text().contains("holiday.h5"), 10000);
    QCOMPARE(window.desk().observed, before);
    QVERIFY(window.picture(0).grid);
  }

  void withoutWeightsTheRestStillWorks() {
    FakeEngine engine;
    ForecastFunctions functions = engine.functions();
    functions.generate = [](const ScenarioRequest&, std::stop_token, const auto&,
                            const auto&) -> std::shared_ptr<const ScenarioForecast> {
      throw ModelError("denoiser.json is missing. Install the models again.");
    };
    MainWindow window(functions);
    window.resize(1400, 900);
    window.show();
    window.openSyntheticEvent();
    auto* banner = window.findChild<Banner*>();
    QTRY_VERIFY_WITH_TIMEOUT(banner->isVisible() && banner->text().contains("denoiser.json"),
                             15000);
    QTRY_VERIFY(window.desk().deterministic.contains("extrapolation"));
    auto* times = window.findChild<TimeBar*>();
    window.actions().find("last")->trigger();
    QCOMPARE(times->current(), int(times->cells().size()) - 1);
    QVERIFY(window.picture(0).grid);  // what was observed afterwards
    QVERIFY2(window.picture(2).caption.lead.find("no forecast") != std::string::npos,
             window.picture(2).caption.lead.c_str());
    window.actions().find("play")->trigger();
    QTRY_VERIFY(times->current() != int(times->cells().size()) - 1);
  }

  void realRadarFilesOpen() {
    const QString folder = STORMLOOM_SHARED_DIR "/data/radar/knmi";
    if (!QFile::exists(folder)) QSKIP("the radar files of the shared folder are not here");
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    window.openPaths({folder});
    QTRY_VERIFY_WITH_TIMEOUT(
        !window.desk().observed->synthetic && window.desk().context && shownForecast(window),
        60000);
    QVERIFY(window.desk().observed->frames.size() > 50);
  }

  void theEventLoopNeverWaitsForTheModel() {
    FakeEngine engine;
    engine.previewTakes = std::chrono::milliseconds(400);
    engine.fullTakes = std::chrono::milliseconds(1500);
    MainWindow window(engine.functions());
    openDemo(window);
    QSlider* dial = slider(window);
    QTest::qWait(300);
    const int seconds = std::max(4, qEnvironmentVariableIntValue("STORMLOOM_DRAG_SECONDS"));
    dial->setSliderDown(true);
    PauseMeter meter;
    QElapsedTimer clock;
    for (clock.start(); clock.elapsed() < 1000 * seconds;) {
      dial->setValue(int(std::lround(40 * std::sin(clock.elapsed() / 600.0))));
      QTest::qWait(15);
    }
    dial->setSliderDown(false);
    qInfo("dragging %d s: %s", seconds, qPrintable(meter.report()));
    QVERIFY2(meter.longestOwnMilliseconds() < 120, qPrintable(meter.report()));
  }

  void textCanBeReadInBothThemes() {
    for (const Theme* theme : {&Theme::darkTheme(), &Theme::lightTheme()}) {
      for (const QColor& text : {theme->text, theme->quiet, theme->observed, theme->forecast,
                                 theme->synthetic, theme->failed, theme->good}) {
        for (const QColor& ground : {theme->ground, theme->panel, theme->raised})
          QVERIFY2(contrastRatio(text, ground) >= 4.5,
                   qPrintable(QString("%1 on %2: %3")
                                  .arg(text.name(), ground.name())
                                  .arg(contrastRatio(text, ground))));
      }
      const auto color = [](const PictureColor& c) {
        return QColor::fromRgbF(float(c[0]), float(c[1]), float(c[2]));
      };
      for (const PictureColor& text : {theme->map.text, theme->map.quiet, theme->map.observed,
                                       theme->map.forecast, theme->map.synthetic})
        QVERIFY2(contrastRatio(color(text), color(theme->map.plate)) >= 4.5,
                 qPrintable(color(text).name()));
    }
  }
};

int main(int argc, char** argv) {
  MapWall::setDefaultFormat();
  QTemporaryDir settings;  // chosen keys and themes of whoever runs the test stay out
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
  QApplication app(argc, argv);
  QApplication::setOrganizationName("StormloomTest");
  applyTheme(app, Theme::Choice::Dark);
  TestWindow test;
  return QTest::qExec(&test, argc, argv);
}
#include "tst_window.moc"
