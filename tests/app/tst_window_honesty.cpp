// What belongs to a former command, time or key says so, and what is typed is not taken away.
#include <QApplication>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QSettings>
#include <QSpinBox>
#include <QTableWidget>
#include <QTemporaryDir>
#include <cmath>

#include "app/gui/actions.h"
#include "app/gui/overlays.h"
#include "app/gui/theme.h"
#include "core/vil_scale.h"
#include "fake_engine.h"

using namespace stormloom;

namespace {

void act(MainWindow& window, const char* id) { window.actions().find(id)->trigger(); }

QString labelText(MainWindow& window, const char* name) {
  return window.findChild<QLabel*>(name)->text();
}

/// Knows one ensemble, of another command than the dial's.
struct FormerAlone : ScenarioSource {
  std::shared_ptr<const ScenarioForecast> former;
  std::shared_ptr<const ScenarioForecast> forDial() const override { return nullptr; }
  std::shared_ptr<const ScenarioForecast> lastForDial() const override { return former; }
  std::shared_ptr<const ScenarioForecast> forFixed(double, int) const override { return nullptr; }
  std::shared_ptr<const ScenarioForecast> ensemble() const override { return nullptr; }
  std::shared_ptr<const ScenarioForecast> lastEnsemble() const override { return former; }
};

QLineEdit* lineOf(MainWindow& window, const char* name) {
  return window.findChild<QWidget*>(name)->findChild<QLineEdit*>();
}

}  // namespace

class TestWindowHonesty : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void forecastsOfAFormerCommandSaySo() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    window.findChild<QSpinBox*>("members")->setValue(3);
    QTRY_VERIFY(window.desk().scenarios->ensemble() && window.desk().scenarios->ensemble()->members.size() == 3);
    FormerAlone former;
    former.former = window.desk().scenarios->ensemble();
    Desk desk = window.desk();
    desk.scenarios = &former;
    desk.state.nSigma = 3.0;
    desk.state.outlines = true;
    desk.time = desk.timeOfFrame(1);
    PanePictures pictures;
    for (const PaneProduct product : {PaneProduct::Member, PaneProduct::Mean}) {
      const auto forecasts = pictures.forecastsOf({PaneSource::Scenario, product}, desk);
      QVERIFY(!forecasts.members.empty() && forecasts.standIn);
      QCOMPARE(forecasts.standIn->nSigma, 0.0);
      QVERIFY(!forecasts.standIn->bent);
    }
    const PanePicture picture = pictures.make({{PaneSource::Scenario, PaneProduct::Mean}}, desk);
    QVERIFY2(picture.caption.title.find("n = 0.0 σ until +3.0 σ is computed") != std::string::npos,
             picture.caption.title.c_str());
    QVERIFY(picture.signs.outlines.empty());
    desk.scenarios = window.desk().scenarios;
    desk.state.nSigma = 0.0;
    QVERIFY(!pictures.forecastsOf({PaneSource::Scenario, PaneProduct::Mean}, desk).standIn);
  }

  void aPlaceIsAnsweredForTheCommandOfTheDial() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    window.findChild<QSpinBox*>("members")->setValue(8);
    QTRY_VERIFY(window.desk().scenarios->ensemble() && window.desk().scenarios->ensemble()->members.size() == 8);
    act(window, "last");
    QTest::mouseClick(wall(window), Qt::LeftButton, {}, wall(window)->paneRect(2).center());
    QTRY_VERIFY(labelText(window, "placeWords").contains("of 8 members"));
    engine.previewTakes = engine.fullTakes = std::chrono::seconds(60);
    slider(window)->setValue(25);
    QTRY_VERIFY2(labelText(window, "placeWords").contains("+2.5 σ"), qPrintable(labelText(window, "placeWords")));
    QVERIFY2(!labelText(window, "placeWords").contains("of 8 members") &&
                 labelText(window, "placeWords").contains("8 members of this command are being computed"),
             qPrintable(labelText(window, "placeWords")));
    act(window, "stop");
    QVERIFY(controller(window)->isStopped());
    act(window, "stop");  // once more changes nothing
    QVERIFY(controller(window)->isStopped());
    engine.previewTakes = engine.fullTakes = std::chrono::milliseconds(4);
    act(window, "goOn");
    QTRY_VERIFY(labelText(window, "placeWords").contains("of 8 members"));
  }

  void theValueUnderARestingMouseFollowsTheTime() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    act(window, "first");
    const QRect pane = wall(window)->paneRect(0);
    QSet<QString> values;
    QTest::mouseMove(wall(window), pane.center());
    for (int k = 0; k < 7; ++k) {
      values << labelText(window, "readout");
      act(window, "on");
    }
    QVERIFY2(values.size() > 1, qPrintable(values.values().join(" | ")));
  }

  void whatIsTypedIsNotOverwrittenAndKeysComeBack() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    auto* members = window.findChild<QSpinBox*>("members");
    QLineEdit* line = lineOf(window, "members");
    members->setFocus();
    members->selectAll();
    QTest::keyClicks(members, "5");
    QVERIFY2(labelText(window, "budget").contains("5 members"), qPrintable(labelText(window, "budget")));
    Q_EMIT controller(window)->forecastsChanged();
    QVERIFY2(line->text().startsWith("5"), qPrintable(line->text()));
    QTest::keyClick(members, Qt::Key_Return);
    QCOMPARE(members->value(), 5);
    QVERIFY(!members->hasFocus());
    members->setFocus();
    members->selectAll();
    QTest::keyClicks(members, "7");
    QTest::keyClick(members, Qt::Key_Escape);
    QCOMPARE(members->value(), 5);
    QVERIFY(!members->hasFocus());
  }

  void aThresholdMayBeAskedForAsRain() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    auto* threshold = window.findChild<QDoubleSpinBox*>("threshold");
    threshold->setFocus();
    threshold->selectAll();
    QTest::keyClicks(threshold, "20 mm/h");
    QTest::keyClick(threshold, Qt::Key_Return);
    QCOMPARE(threshold->value(), std::round(digitalFromRain(20.0)));
    QCOMPARE(window.desk().state.threshold, threshold->value());
    QVERIFY(threshold->toolTip().contains("20 mm/h"));
  }

  void aKeyOfAnotherActionIsTakenWhenChosenOnceMore() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    const ActionTable& actions = window.actions();
    act(window, "keys");
    auto* list = window.findChild<KeyList*>();
    QTRY_VERIFY(list->isVisible());
    auto* table = list->findChild<QTableWidget*>();
    const int row = int(std::ranges::find(actions.all(), actions.find("play")) - actions.all().begin());
    for (const bool taken : {false, true}) {
      Q_EMIT table->cellDoubleClicked(row, 1);
      auto* editor = list->findChild<QKeySequenceEdit*>();
      QVERIFY(editor);
      editor->setKeySequence(QKeySequence("R"));
      Q_EMIT editor->editingFinished();
      QTRY_COMPARE(actions.find("play")->shortcut() == QKeySequence("R"), taken);
      QTRY_VERIFY(!list->findChild<QKeySequenceEdit*>());
      QCOMPARE(actions.find("whole")->shortcut() == QKeySequence("R"), !taken);
    }
    window.actions().restoreKeys();
  }

  void aMapThatIsNotThereYetIsNotMoved() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    window.resize(1200, 800);
    window.show();
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    const QPoint at = wall(window)->rect().center();
    QTest::mousePress(wall(window), Qt::LeftButton, {}, at);
    QTest::mouseMove(wall(window), at + QPoint(60, 30));
    QTest::mouseMove(wall(window), at + QPoint(120, 60));
    QTest::mouseRelease(wall(window), Qt::LeftButton, {}, at + QPoint(120, 60));
    QVERIFY(!wall(window)->view());
    openDemo(window, {1200, 800});
    QVERIFY(!wall(window)->view());
  }

  void whatAPaneCanShowIsFoundByName() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    const auto found = std::ranges::find_if(window.actions().all(), [](const QAction* action) {
      return action->text() == "Show in this pane: Extrapolation";
    });
    QVERIFY(found != window.actions().all().end());
    wall(window)->setActivePane(1);
    (*found)->trigger();
    QCOMPARE(window.desk().state.layout.panes()[1].content.source, PaneSource::Extrapolation);
  }
};

int main(int argc, char** argv) {
  MapWall::setDefaultFormat();
  QTemporaryDir settings;
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
  QApplication app(argc, argv);
  QApplication::setOrganizationName("StormloomTest");
  applyTheme(app, Theme::Choice::Dark);
  TestWindowHonesty test;
  return QTest::qExec(&test, argc, argv);
}
#include "tst_window_honesty.moc"
