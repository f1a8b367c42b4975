// Three questions of a forecaster, asked of a real event with the mouse alone: how bad could it get
// over this town in 40 minutes, how likely is that, and why should I believe it. Every click
// counts. STORMLOOM_REAL_MODELS=1 asks the shipped models and prints how long the answers took.
#include <QApplication>
#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QTemporaryDir>
#include <QWheelEvent>

#include "app/gui/scenario_panel.h"
#include "app/gui/theme.h"
#include "app/gui/time_bar.h"
#include "core/place_names.h"
#include "fake_engine.h"

using namespace stormloom;

namespace {

/// A hand on the mouse that counts what it does.
class Hand {
public:
  explicit Hand(MainWindow& window) : window_(window) {}

  void click(QWidget* widget, const QPoint& at) {
    ++clicks_;
    QTest::mouseMove(widget, at);
    QTest::mouseClick(widget, Qt::LeftButton, {}, at);
  }
  void click(QWidget* widget) {
    bringIntoSight(widget);
    click(widget, widget->rect().center());
  }
  /// Turns the wheel over the panel until it can be seen; each notch counts.
  void bringIntoSight(QWidget* widget) {
    auto* area = window_.findChild<ScenarioPanel*>()->findChild<QScrollArea*>();
    if (!area->widget()->isAncestorOf(widget)) return;
    QTest::qWait(100);  // new words have found their place
    for (int notch = 0; notch < 40 && !isSeen(*area, *widget); ++notch) {
      const int to = area->viewport()->mapFromGlobal(widget->mapToGlobal(QPoint())).y();
      const QPointF at(area->viewport()->rect().center());
      QWheelEvent wheel(at, area->viewport()->mapToGlobal(at), {}, {0, to > 0 ? -120 : 120},
                        Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
      QApplication::sendEvent(area->viewport(), &wheel);
      ++notches_;
    }
    QVERIFY(isSeen(*area, *widget));
  }
  int clicks() const { return clicks_; }
  int notches() const { return notches_; }

private:
  static bool isSeen(const QScrollArea& area, const QWidget& widget) {
    const QRect room = area.viewport()->rect();
    const QPoint top = area.viewport()->mapFromGlobal(widget.mapToGlobal(QPoint()));
    return room.contains(top) && room.contains(top + QPoint(0, widget.height() - 1));
  }

  MainWindow& window_;
  int clicks_ = 0, notches_ = 0;
};

QPoint pixelOf(MainWindow& window, int pane, LonLat place) {
  const RadarScene& scene = wall(window)->scene(pane);
  const MapPoint at = scene.frame()->mapFromLonLat(place);
  const MapPoint middle = scene.frame()->mapFromLonLat(scene.view().center);
  const double scale = scene.view().kmPerPixel;
  return wall(window)->paneRect(pane).center() +
         QPoint(int((at.east - middle.east) / scale), int((middle.north - at.north) / scale));
}

/// Where it rains most now: the town somebody would ask about.
LonLat wettestTown(const ModelContext& context) {
  const GeoReference& geo = context.frames.geo;
  const RadarGrid& now = *context.frames.frames.back().grid;
  LonLat wettest = geo.lonLatFromCell({geo.width() / 2.0, geo.height() / 2.0});
  float most = -1.f;
  for (const PlaceName& town : loadPlaceNames()) {
    const CellPoint cell = geo.cellFromLonLat(town.at);
    const bool inside =
        cell.row > 8 && cell.col > 8 && cell.row < geo.height() - 8 && cell.col < geo.width() - 8;
    if (!inside || !(now.at(int(cell.row), int(cell.col)) > most)) continue;
    most = now.at(int(cell.row), int(cell.col));
    wettest = town.at;
  }
  return wettest;
}

QString textOf(MainWindow& window, const char* label) {
  return window.findChild<QLabel*>(label)->text().remove(QRegularExpression("<[^>]*>"));
}

}  // namespace

class TestWindowQuestions : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void threeQuestionsTakeAHandfulOfClicks() {
    const QString folder = STORMLOOM_SHARED_DIR "/data/radar/knmi";
    if (!QFile::exists(folder)) QSKIP("the radar files of the shared folder are not here");
    const bool real = qEnvironmentVariableIsSet("STORMLOOM_REAL_MODELS");
    FakeEngine engine;
    MainWindow window(real ? engineFunctions() : engine.functions());
    window.resize(1500, 940);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    window.openPaths({folder});
    const int patience = real ? 900'000 : 60'000;
    QTRY_VERIFY_WITH_TIMEOUT(window.desk().context && showsFull(window, 0.0), patience);
    QElapsedTimer clock;
    clock.start();
    Hand hand(window);

    // How bad could it get over this town in 40 minutes?
    const LonLat place = wettestTown(*window.desk().context);
    hand.click(wall(window), pixelOf(window, 2, place));
    QVERIFY(window.desk().state.region.isPlace());
    QVERIFY(std::abs(window.desk().state.region.outline.front().lon - place.lon) < 0.05);
    auto* times = window.findChild<TimeBar*>();
    const auto fortyMinutes = std::ranges::find_if(times->cells(), [&](const TimeCell& cell) {
      return cell.forecast && cell.time == window.desk().context->runTime + minutes(40);
    });
    QVERIFY(fortyMinutes != times->cells().end());
    hand.click(times,
               times->cellRect(int(fortyMinutes - times->cells().begin())).center().toPoint());
    QCOMPARE(window.desk().leadMinutes(), 40);
    QVERIFY2(textOf(window, "placeWords").contains(":"), qPrintable(textOf(window, "placeWords")));
    qInfo("how bad, after %d clicks and %lld ms: %s", hand.clicks(), clock.elapsed(),
          qPrintable(textOf(window, "placeWords")));
    QCOMPARE(hand.clicks(), 2);

    // How likely?
    hand.click(window.findChild<QPushButton*>("alongDial"));
    QTRY_VERIFY_WITH_TIMEOUT(textOf(window, "chanceWords").contains("8 members each"), patience);
    QTRY_VERIFY_WITH_TIMEOUT(textOf(window, "placeWords").contains("of 8"), patience);
    hand.bringIntoSight(window.findChild<QLabel*>("placeWords"));
    QTRY_VERIFY_WITH_TIMEOUT(textOf(window, "chanceWords").count('%') == 5, patience);
    hand.bringIntoSight(window.findChild<QLabel*>("chanceWords"));
    qInfo("how likely, after %d clicks, %d notches and %lld ms: %s %s", hand.clicks(),
          hand.notches(), clock.elapsed(), qPrintable(textOf(window, "placeWords")),
          qPrintable(textOf(window, "chanceWords")));
    QCOMPARE(hand.clicks(), 3);

    // Why should I believe it?
    auto* lights = window.findChild<LightList*>();
    QTRY_VERIFY_WITH_TIMEOUT(lights->text().count('\n') >= 2, patience);
    hand.bringIntoSight(lights);
    qInfo("why, after %d clicks, %d notches and %lld ms: %s", hand.clicks(), hand.notches(),
          clock.elapsed(), qPrintable(lights->text()));
    QCOMPARE(hand.clicks(), 3);
    QVERIFY(hand.notches() <= 12);
    const QString pictures = qEnvironmentVariable("STORMLOOM_PICTURES");
    QTest::qWait(100);
    if (!pictures.isEmpty()) window.grab().save(pictures + "/questions.png");
  }
};

int main(int argc, char** argv) {
  MapWall::setDefaultFormat();
  QTemporaryDir settings;
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
  QApplication app(argc, argv);
  QApplication::setOrganizationName("StormloomTest");
  applyTheme(app, Theme::Choice::Dark);
  TestWindowQuestions test;
  return QTest::qExec(&test, argc, argv);
}
#include "tst_window_questions.moc"
