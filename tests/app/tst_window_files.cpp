// Radar files in the window: pictures before all is read, a folder that is watched, the models' box
// under the hand.
#include <QApplication>
#include <QLabel>
#include <QListWidget>
#include <QSettings>
#include <QTemporaryDir>
#include <fstream>

#include "app/gui/actions.h"
#include "app/gui/overlays.h"
#include "app/gui/theme.h"
#include "core/model_box.h"
#include "fake_engine.h"
#include "tests/support/radolan_sample.h"

using namespace stormloom;

namespace {

/// A shower of 9 x 9 km that moves by a kilometre from file to file, five minutes apart from 10:00.
std::string composite(int number, int from = 400) {
  std::vector<unsigned> values(900 * 900, 66);
  for (int row = 396; row < 405; ++row)
    for (int col = 0; col < 9; ++col) values[std::size_t(row * 900 + from + number + col)] = 130;
  for (int row = 0; row < 40; ++row)
    for (int col = 0; col < 900; ++col) values[std::size_t(row * 900 + col)] = 250;  // not covered
  char clock[16];
  std::snprintf(clock, sizeof clock, "%02d%02d", 10 + number / 12, 5 * (number % 12));
  return radolanSample("RX", "E+00", 5, 900, 900, 3, values, 1).replace(4, 4, clock);
}

void write(const QString& path, const std::string& bytes) {
  std::ofstream(path.toStdString(), std::ios::binary) << bytes;
}

void act(MainWindow& window, const char* id) { window.actions().find(id)->trigger(); }

/// Runs from start to end of what can be dragged at row `y` of a pane; -1: nothing can.
int columnOfBox(MainWindow& window, int pane) {
  const QRect rect = wall(window)->paneRect(pane);
  for (int x = 0; x < rect.width(); ++x)
    if (wall(window)->scene(pane).isOnBox(x, rect.height() / 2)) return x;
  return -1;
}

}  // namespace

class TestWindowFiles : public QObject {
  Q_OBJECT

private:
  std::unique_ptr<QTemporaryDir> folder_;
  void add(int first, int last) {
    for (int k = first; k <= last; ++k)
      write(folder_->filePath(QString("rx_%1").arg(k, 4, 10, QChar('0'))), composite(k));
  }

  /// Until a forecast can start from it.
  bool openFolder(MainWindow& window) {
    openDemo(window);
    window.openPaths({folder_->path()});
    return QTest::qWaitFor(
        [&] { return window.desk().context && !window.desk().context->frames.synthetic; }, 20000);
  }

private Q_SLOTS:
  void init() { folder_ = std::make_unique<QTemporaryDir>(); }

  void aFolderIsReadAndForecast() {
    add(0, 14);
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    window.openPaths({folder_->path()});
    QTRY_VERIFY_WITH_TIMEOUT(window.desk().observed && !window.desk().observed->synthetic &&
                                 window.desk().context && !window.desk().context->frames.synthetic,
                             20000);
    QCOMPARE(window.desk().observed->frames.size(), std::size_t(15));
    QCOMPARE(isoText(window.desk().context->runTime), std::string("2014-08-02T11:10:00Z"));
    act(window, "first");  // the forecast, once it is there, moves the time on
    QCOMPARE(window.picture(0).caption.credit, std::string("Deutscher Wetterdienst"));
    QTRY_VERIFY(window.picture(0).caption.detail.find("4.4 % outside coverage") != std::string::npos);
    QVERIFY(!window.picture(0).signs.coverage.empty());
    act(window, "last");  // of what is observed only the run time is shown: it misses as much
    QTRY_VERIFY(window.picture(0).caption.dimmed);
    QVERIFY2(window.picture(0).caption.detail.find("4.4 % outside coverage") != std::string::npos,
             window.picture(0).caption.detail.c_str());
  }

  // Far from the meridian of its projection the grid of a file leans: the models' does not.
  void leaningGridsAndForecastsLieOnOneMap() {
    constexpr int kWestern = 40;
    for (int k = 0; k <= 14; ++k)
      write(folder_->filePath(QString("rx_%1").arg(k, 4, 10, QChar('0'))), composite(k, kWestern));
    FakeEngine engine;
    MainWindow window(engine.functions());
    QVERIFY(openFolder(window));
    act(window, "preset1");  // beside forecasts
    act(window, "first");
    QTRY_VERIFY(window.picture(0).grid && window.picture(1).caption.dimmed);
    QCOMPARE(window.picture(1).caption.lead, std::string("not what the model sees; 10:10 shown"));
    const QRect rect = wall(window)->paneRect(0);
    const RadarScene& observed = wall(window)->scene(0);
    const auto fromMiddle = [&](int pane, QPoint by) {
      const QRect at = wall(window)->paneRect(pane);
      return wall(window)->scene(pane).lonLatFromPixel(at.width() / 2.0 + by.x(),
                                                       at.height() / 2.0 + by.y());
    };
    for (const QPoint by : {QPoint(-90, -90), QPoint(0, 120)}) {
      const LonLat left = fromMiddle(0, by), right = fromMiddle(1, by);
      QVERIFY(std::abs(left.lon - right.lon) < 1e-9 && std::abs(left.lat - right.lat) < 1e-9);
    }
    QTest::qWait(50);
    const QImage drawn = wall(window)->grabFramebuffer();
    const double scale = drawn.width() / double(wall(window)->width());
    double count = 0, x = 0, y = 0;
    for (int row = rect.top() + 60; row < rect.bottom() - 100; ++row)
      for (int col = rect.left() + 4; col < rect.right() - 4; ++col) {
        const QColor color = drawn.pixelColor(int((col + 0.5) * scale), int((row + 0.5) * scale));
        if (color.saturation() < 120 || color.value() < 60) continue;
        count += 1, x += col + 0.5 - rect.left(), y += row + 0.5 - rect.top();
      }
    QVERIFY2(count > 20, qPrintable(QString::number(count)));
    const CellPoint middle = window.desk().observed->geo.cellFromLonLat(
        observed.lonLatFromPixel(x / count, y / count));
    QVERIFY2(std::abs(middle.col - (kWestern + 4.5)) < 0.7 &&
                 std::abs(middle.row - (900 - 400.5)) < 0.7,
             qPrintable(QString("%1 %2").arg(middle.col).arg(middle.row)));
    // Up is north at the box's middle, in the observed pane, too.
    const LonLat above = fromMiddle(0, {0, -60}), below = fromMiddle(0, {0, 60});
    QVERIFY2(std::abs(above.lon - below.lon) < 0.01, qPrintable(QString::number(above.lon - below.lon)));
  }

  void observedRainHasTheColoursOfTheForecastsBesideIt() {
    add(0, 14);
    FakeEngine engine;
    MainWindow window(engine.functions());
    QVERIFY(openFolder(window));
    act(window, "preset1");  // beside forecasts
    QTRY_VERIFY(window.picture(0).sequence &&
                window.picture(0).sequence->quantity == Quantity::VilDigital);
    QVERIFY(window.picture(0).caption.detail.find("VIL-like, from") != std::string::npos);
    act(window, "modelScale");
    QTRY_VERIFY(window.picture(0).sequence->quantity != Quantity::VilDigital);
    act(window, "modelScale");
    for (const int pane : {2, 1}) {  // until what was observed stands alone
      wall(window)->setActivePane(pane);
      act(window, "closePane");
    }
    QCOMPARE(wall(window)->count(), 1);
    QTRY_VERIFY(window.picture(0).sequence->quantity != Quantity::VilDigital);
  }

  void everyFilePassedOverIsNamed_data() {
    QTest::addColumn<QString>("name");
    QTest::newRow("sorting first") << "aa%1.h5";
    QTest::newRow("sorting last") << "zz%1.h5";
  }

  void everyFilePassedOverIsNamed() {
    QFETCH(QString, name);
    add(0, 14);
    for (int k = 0; k < 3; ++k) write(folder_->filePath(name.arg(k)), "no radar in here");
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    window.openPaths({folder_->path()});
    auto* banner = window.findChild<Banner*>();
    QTRY_VERIFY_WITH_TIMEOUT(banner->isVisible() && banner->text().contains("passed over: 3"), 20000);
    QCOMPARE(banner->property("kind").toString(), QString("trouble"));  // it does not go by itself
    auto* list = window.findChild<QListWidget*>("passedOver");
    QCOMPARE(list->count(), 3);
    for (int k = 0; k < 3; ++k) QVERIFY(list->item(k)->text().contains(name.arg(k)));
    QTRY_VERIFY_WITH_TIMEOUT(window.desk().context && !window.desk().context->frames.synthetic, 20000);
    QVERIFY(banner->text().contains("passed over: 3"));
  }

  void aWatchedFolderFollowsItsFiles() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    window.watchFolder(folder_->path());
    QVERIFY(window.actions().find("watch")->isChecked());
    add(0, 12);
    const auto runsAt = [&](const char* time) {
      return window.desk().context && isoText(window.desk().context->runTime) == time;
    };
    QTRY_VERIFY_WITH_TIMEOUT(runsAt("2014-08-02T11:00:00Z"), 30000);
    QTRY_VERIFY_WITH_TIMEOUT(showsFull(window, 0.0), 20000);
    slider(window)->setValue(10);
    QTRY_VERIFY_WITH_TIMEOUT(showsFull(window, 1.0), 20000);
    const std::size_t steps = window.history().entries().size();
    add(13, 13);
    QTRY_VERIFY_WITH_TIMEOUT(runsAt("2014-08-02T11:05:00Z"), 30000);
    QTRY_VERIFY_WITH_TIMEOUT(showsFull(window, 1.0), 20000);  // the dial stays, the run is newer
    QCOMPARE(window.desk().state.nSigma, 1.0);
    QCOMPARE(shownForecast(window)->request.context->runTime, window.desk().context->runTime);
    QCOMPARE(window.history().entries().size(), steps);
    act(window, "watch");
    QVERIFY(!window.desk().state.watch);
    QVERIFY(!window.actions().find("watch")->isChecked());
    add(14, 14);
    QTest::qWait(2500);
    QVERIFY(runsAt("2014-08-02T11:05:00Z"));
  }

  void theBoxIsDraggedAndTheContextFollows() {
    add(0, 14);
    FakeEngine engine;
    MainWindow window(engine.functions());
    QVERIFY(openFolder(window));
    for (int k = 0; k < 4; ++k) act(window, "zoomOut");
    const int column = columnOfBox(window, 0);
    QVERIFY(column > 0);
    const QRect rect = wall(window)->paneRect(0);
    const QPoint from(rect.left() + column, rect.top() + rect.height() / 2),
        to = from + QPoint(40, 0);
    const LonLat before = middleOf(window.desk().context->frames.geo);
    QTest::mousePress(wall(window), Qt::LeftButton, {}, from);
    QTest::mouseMove(wall(window), from + QPoint(20, 0));
    QTest::mouseMove(wall(window), to);
    QTest::mouseRelease(wall(window), Qt::LeftButton, {}, to);
    QVERIFY(window.desk().state.box);
    const LonLat asked = *window.desk().state.box;
    QVERIFY(asked.lon > before.lon + 0.1);
    QCOMPARE(asked.lon, snappedBoxMiddle(asked).lon);
    QTRY_VERIFY(std::abs(middleOf(window.desk().context->frames.geo).lon - asked.lon) < 0.03);
    act(window, "copyCommand");
    act(window, "undo");  // the map's own place may be a step of its own
    for (int k = 0; k < 3 && window.desk().state.box; ++k) act(window, "undo");
    QTRY_VERIFY(std::abs(middleOf(window.desk().context->frames.geo).lon - before.lon) < 0.03);
  }

  void whatWasOpenedBeforeIsLetGoWithinTheBudget() {
    qputenv("STORMLOOM_FRAMES_MB", "100");  // 15 frames of 4 MB fit, 30 do not
    add(0, 14);
    QTemporaryDir other;
    for (int k = 0; k < 15; ++k) write(other.filePath(QString("rx_%1").arg(k)), composite(k));
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    const auto isOpen = [&](const QString& folder) {
      return window.desk().context && !window.desk().context->frames.synthetic &&
             window.desk().observed && window.desk().observed->frames.size() == 15 &&
             QString::fromStdString(window.desk().observed->frames[0].source).startsWith(folder);
    };
    window.openPaths({folder_->path()});
    QTRY_VERIFY_WITH_TIMEOUT(isOpen(folder_->path()), 20000);
    const std::weak_ptr<const RadarGrid> first = window.desk().observed->frames[0].grid;
    window.openPaths({other.path()});
    QTRY_VERIFY_WITH_TIMEOUT(isOpen(other.path()), 20000);
    QTRY_VERIFY(first.expired());
    bool isBack = false;
    for (int k = 0; k < 3 && !isBack; ++k) {  // the map's own place may be a step of its own
      act(window, "undo");
      isBack = QTest::qWaitFor([&] { return isOpen(folder_->path()); }, 8000);
    }
    QVERIFY(isBack);  // read again
    qunsetenv("STORMLOOM_FRAMES_MB");
  }

  void whatAServiceForecastIsNotCalledObserved() {
    for (int lead = 5; lead <= 20; lead += 5) {
      char head[200];
      std::snprintf(head, sizeof head,
                    "RV021000100000814BY   2640195VS 5SW  P42001HPR E-02INT   5GP1200x1100VV "
                    "%03dMF 00000008MS  3<deb>",
                    lead);
      write(folder_->filePath(QString("a_rv_%1").arg(lead)),
            head + std::string(1, '\x03') + std::string(1200 * 1100 * 2, '\1'));
    }
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    window.openPaths({folder_->path()});
    QTRY_VERIFY_WITH_TIMEOUT(window.desk().observed && window.desk().observed->frames.size() == 4,
                             20000);
    QTRY_COMPARE(window.picture(0).caption.title, std::string("Forecast as received"));
    QVERIFY(!window.desk().context);
    add(0, 14);  // beside observed frames it is not the first
    window.openPaths({folder_->filePath("a_rv_5"), folder_->path()});
    QTRY_VERIFY_WITH_TIMEOUT(window.desk().context && window.desk().observed->frames.size() == 15,
                             20000);
    QVERIFY(window.desk().observed->provenance == Provenance::Observed);
  }

  void recentFilesAreCalledByWhatTheyHoldAndOpenAllAgain() {
    QSettings().remove("recent");
    add(0, 14);
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QStringList paths;
    for (int k = 0; k <= 13; ++k) paths << folder_->filePath(QString("rx_%1").arg(k, 4, 10, QChar('0')));
    window.openPaths(paths);
    QTRY_VERIFY_WITH_TIMEOUT(window.desk().observed && window.desk().observed->frames.size() == 14, 20000);
    auto* recent = window.findChild<QListWidget*>("recent");
    QVERIFY2(recent->item(0)->text().contains("DWD RX, 2014-08-02"), qPrintable(recent->item(0)->text()));
    openDemo(window);
    QTRY_VERIFY(window.desk().observed->synthetic);
    Q_EMIT recent->itemActivated(recent->item(0));
    QTRY_VERIFY_WITH_TIMEOUT(window.desk().observed && !window.desk().observed->synthetic, 20000);
    QTRY_COMPARE(window.desk().observed->frames.size(), std::size_t(14));
    QCOMPARE(recent->count(), 1);
  }

  void townsThatNoRadarSeesGetNoBox() {
    add(0, 14);
    FakeEngine engine;
    MainWindow window(engine.functions());
    QVERIFY(openFolder(window));
    Q_EMIT wall(window)->placeChosen(30.0, 60.0);  // Saint Petersburg
    act(window, "boxPlace");
    QVERIFY2(window.findChild<Banner*>()->text().contains("No radar of these files"),
             qPrintable(window.findChild<Banner*>()->text()));
    QVERIFY(!window.desk().state.box);
  }

  void aFolderThatIsNotThereIsSaid() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    window.watchFolder(folder_->filePath("nowhere"));
    QTRY_VERIFY(!window.actions().find("watch")->isChecked());
    QVERIFY(window.desk().observed->synthetic);
  }
};

int main(int argc, char** argv) {
  MapWall::setDefaultFormat();
  QTemporaryDir settings;  // chosen keys and folders of whoever runs the test stay out
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
  QApplication app(argc, argv);
  QApplication::setOrganizationName("StormloomTest");
  applyTheme(app, Theme::Choice::Dark);
  TestWindowFiles test;
  return QTest::qExec(&test, argc, argv);
}
#include "tst_window_files.moc"
