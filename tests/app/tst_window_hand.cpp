// First light by hand: files dropped on the window, keys, the lock of the seed, and what goes
// wrong.
#include <QApplication>
#include <QCheckBox>
#include <QDragEnterEvent>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QWindow>

#include "app/attention/attention_window.h"
#include "app/gui/actions.h"
#include "app/gui/overlays.h"
#include "app/gui/theme.h"
#include "core/scenario_file.h"
#include "core/synthetic_event.h"
#include "fake_engine.h"

using namespace stormloom;

namespace {

/// As the window system delivers it: to whatever lies under the hand.
void drop(MainWindow& window, const QStringList& files) {
  QMimeData data;
  QList<QUrl> urls;
  for (const QString& file : files) urls << QUrl::fromLocalFile(file);
  data.setUrls(urls);
  const QPoint at = wall(window)->mapTo(&window, wall(window)->rect().center());
  QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(window.windowHandle(), &enter);
  QVERIFY(enter.isAccepted());
  QDropEvent fall(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(window.windowHandle(), &fall);
  QVERIFY(fall.isAccepted());
}

void click(QWidget* widget) { QTest::mouseClick(widget, Qt::LeftButton); }

Banner* banner(MainWindow& window) { return window.findChild<Banner*>(); }

}  // namespace

class TestWindowHand : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  QString path(const QString& name) const { return folder_.filePath(name); }

private Q_SLOTS:
  void initTestCase() {
    SyntheticEventOptions other;
    other.seed = 5;
    const FrameSequence event = syntheticEvent(other);
    writeSequenceFile(path("other.nc").toStdString(), event);
    FrameSequence withGap = event;  // its forecast starts at the seventh frame
    withGap.frames.erase(withGap.frames.begin() + 3);
    writeSequenceFile(path("gap.nc").toStdString(), withGap);
    FrameSequence few = event;
    few.frames.resize(2);
    writeSequenceFile(path("few.nc").toStdString(), few);
    QFile text(path("list.txt"));
    QVERIFY(text.open(QIODevice::WriteOnly));
    text.write("milk, bread, an umbrella\n");
  }

  void theMapsMenuAsksWhatTheForecastLookedAtThere() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QVERIFY(!window.desk().state.region.isPlace());
    const QRect pane = wall(window)->paneRect(0);
    const auto menuAt = [&](QPoint at) {
      QTest::mousePress(wall(window), Qt::RightButton, {}, at);
      return QApplication::activePopupWidget();
    };
    QWidget* menu = menuAt(pane.center());
    QVERIFY(menu);
    QAction* here = menu->findChild<QAction*>("attentionHere");
    QVERIFY(here);
    here->trigger();
    menu->close();
    QVERIFY(window.desk().state.region.isPlace());
    const auto& geo = window.desk().context->frames.geo;
    const CellPoint at = geo.cellFromLonLat(window.desk().state.region.outline.front());
    QVERIFY(at.col > 0.0 && at.col < geo.width() && at.row > 0.0 && at.row < geo.height());
    QVERIFY(window.findChild<AttentionWindow*>()->isVisible());
  }

  void aDroppedFileOpens() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    const auto before = window.desk().context->hash;
    drop(window, {path("other.nc")});
    QTRY_VERIFY_WITH_TIMEOUT(window.desk().context && window.desk().context->hash != before, 30000);
    QTRY_VERIFY_WITH_TIMEOUT(showsFull(window, 0.0), 30000);
    QVERIFY(!banner(window)->isVisible());
  }

  void textIsNoFileToDrop() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QMimeData data;
    data.setText("rain");
    const QPoint at = window.rect().center();
    QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window.windowHandle(), &enter);
    QVERIFY(!enter.isAccepted());
  }

  void whatGoesWrongIsSaidAndTheLastGoodPictureStays_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("remedy");
    QTest::newRow("a gap") << "gap.nc"
                           << "there is a gap"
                           << "Add the missing files";
    QTest::newRow("too few frames") << "few.nc"
                                    << "2 frames"
                                    << "Open more files";
    QTest::newRow("no radar file") << "list.txt"
                                   << "no radar format"
                                   << "can be opened";
  }
  void whatGoesWrongIsSaidAndTheLastGoodPictureStays() {
    QFETCH(QString, file);
    QFETCH(QString, what);
    QFETCH(QString, remedy);
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    drop(window, {path(file)});
    const auto says = [&](const QString& words) { return banner(window)->text().contains(words); };
    QTRY_VERIFY_WITH_TIMEOUT(banner(window)->isVisible() && says(file), 10000);
    QVERIFY2(says(what) && says(remedy), qPrintable(banner(window)->text()));
    for (int pane = 0; pane < wall(window)->count(); ++pane) QVERIFY(window.picture(pane).grid);
    drop(window, {path("other.nc")});  // and it goes on
    QTRY_VERIFY_WITH_TIMEOUT(showsFull(window, 0.0) && !banner(window)->isVisible(), 30000);
  }

  void aBoxOutsideTheRadarsIsSaidAndTheForecastStays() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    const auto before = window.desk().context;
    for (int i = 0; i < 6; ++i) QTest::keyClick(&window, Qt::Key_Minus);
    const QPoint corner = wall(window)->paneRect(0).topLeft() + QPoint(30, 60);
    QTest::mouseMove(wall(window), corner - QPoint(4, 4));
    QTest::mouseMove(wall(window), corner);
    QTRY_VERIFY(!window.findChild<QLabel*>("readout")->text().isEmpty());
    QTest::keyClick(&window, Qt::Key_B, Qt::ControlModifier);
    QTRY_VERIFY_WITH_TIMEOUT(
        banner(window)->isVisible() && banner(window)->text().contains("outside"), 10000);
    QVERIFY2(banner(window)->text().contains("choose a place well inside"),
             qPrintable(banner(window)->text()));
    QCOMPARE(window.desk().context, before);
    QVERIFY(window.picture(2).grid && !window.picture(2).caption.dimmed);
    QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
    QTRY_VERIFY(!window.desk().state.box);
  }

  void escapeStopsTheComputingAndKeepsThePicture() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QTRY_VERIFY_WITH_TIMEOUT(!controller(window)->isBusy(), 10000);
    engine.fullTakes = engine.previewTakes = std::chrono::milliseconds(20000);
    slider(window)->setValue(17);
    QTRY_VERIFY(controller(window)->isBusy());
    QTest::qWait(ScenarioController::kRestMilliseconds + 50);
    QTest::keyClick(&window, Qt::Key_Escape);
    QTRY_VERIFY(!controller(window)->isBusy());
    QVERIFY(window.picture(2).grid);
    QCOMPARE(window.picture(2).caption.kind, PictureCaption::Kind::Preview);  // still says so
    engine.fullTakes = engine.previewTakes = std::chrono::milliseconds(4);
    QTest::keyClick(&window, Qt::Key_BracketRight);
    QTRY_VERIFY_WITH_TIMEOUT(showsFull(window, 1.8), 10000);
  }

  void theQuestionMarkListsTheKeysAndEscapeClosesThem() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    auto* keys = window.findChild<KeyList*>();
    QVERIFY(!keys->isVisible());
    QTest::keyClick(&window, Qt::Key_Question);
    QTRY_VERIFY(keys->isVisible());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
    QTRY_VERIFY(!keys->isVisible());
  }

  void theSeedIsLockedUntilSomebodyUnlocksIt() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window, {1400, 1300});  // all of the panel is in sight
    auto* lock = window.findChild<QCheckBox*>("seedLock");
    auto* seed = window.findChild<QSpinBox*>("seed");
    auto* dice = window.findChild<QPushButton*>("newSeed");
    click(dice);
    QTest::keyClick(seed, Qt::Key_Up);
    QCOMPARE(window.desk().state.seed, std::uint64_t(1));
    QTest::mouseClick(lock, Qt::LeftButton, {}, QPoint(8, lock->height() / 2));
    QVERIFY(!lock->isChecked());
    click(dice);
    const std::uint64_t thrown = window.desk().state.seed;
    QVERIFY(thrown != 1);
    QTRY_VERIFY_WITH_TIMEOUT(showsFull(window, 0.0), 10000);
    QCOMPARE(shownForecast(window)->request.seed, thrown);
    const QPoint middle(slider(window)->width() / 2, 15);
    QTest::mousePress(slider(window), Qt::LeftButton, {}, middle);
    for (int x = 0; x <= 60; x += 6) {
      QTest::mouseMove(slider(window), middle + QPoint(x, 0), 5);
      QCOMPARE(window.desk().state.seed, thrown);  // the same dice for every n
    }
    QTest::mouseRelease(slider(window), Qt::LeftButton, {}, middle + QPoint(60, 0));
    QTRY_VERIFY_WITH_TIMEOUT(showsFull(window, slider(window)->value() / 10.0), 10000);
    QCOMPARE(shownForecast(window)->request.seed, thrown);
  }
};

int main(int argc, char** argv) {
  MapWall::setDefaultFormat();
  QTemporaryDir settings;
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
  QApplication app(argc, argv);
  QApplication::setOrganizationName("StormloomTest");
  applyTheme(app, Theme::Choice::Dark);
  TestWindowHand test;
  return QTest::qExec(&test, argc, argv);
}
#include "tst_window_hand.moc"
