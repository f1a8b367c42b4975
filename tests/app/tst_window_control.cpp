#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QSettings>
#include <QSpinBox>
#include <QTemporaryDir>

#include "app/gui/actions.h"
#include "app/gui/command_chart.h"
#include "app/gui/export_subject.h"
#include "app/gui/theme.h"
#include "core/control_command.h"
#include "core/desk_journal.h"
#include "core/receipt.h"
#include "fake_engine.h"

using namespace stormloom;

namespace {

void act(MainWindow& window, const char* id) { window.actions().find(id)->trigger(); }

CommandChart* chart(MainWindow& window) {
  return window.findChild<CommandChart*>("intensityChart");
}

/// Takes hold of a lead time's handle and drags it `by` pixels down.
void dragHandle(MainWindow& window, int lead, int by) {
  const QPoint from = chart(window)->handlePosition(lead).toPoint();
  QTest::mousePress(chart(window), Qt::LeftButton, {}, from);
  for (int y = 0; y != by; y += by > 0 ? 1 : -1)
    QTest::mouseMove(chart(window), from + QPoint(0, y));
  QTest::mouseMove(chart(window), from + QPoint(0, by));
  QTest::mouseRelease(chart(window), Qt::LeftButton, {}, from + QPoint(0, by));
}

void drawSquare(MainWindow& window) {
  const QPoint at = wall(window)->paneRect(2).center() - QPoint(40, 40);
  QTest::mousePress(wall(window), Qt::LeftButton, Qt::ShiftModifier, at);
  for (const QPoint by : {QPoint(80, 0), QPoint(80, 80), QPoint(0, 80)})
    QTest::mouseMove(wall(window), at + by);
  QTest::mouseRelease(wall(window), Qt::LeftButton, Qt::ShiftModifier, at + QPoint(0, 80));
}

bool showsFullOf(MainWindow& window, const std::vector<double>& command) {
  const ScenarioForecast* shown = shownForecast(window);
  return shown && shown->request.quality == Quality::Full && shown->request.nSigmaByLead == command;
}

}  // namespace

class TestWindowControl : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void aHandleBendsTheCommandOfItsLeadTime() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    slider(window)->setValue(10);
    QTRY_VERIFY(showsFull(window, 1.0));
    dragHandle(window, 3, -12);
    const std::vector<double> command = window.desk().dialCommand();
    QCOMPARE(command.size(), std::size_t(6));
    QVERIFY2(command[3] > 1.3, qPrintable(QString::number(command[3])));
    for (const std::size_t lead : {0u, 1u, 2u, 4u, 5u}) QCOMPARE(command[lead], 1.0);
    QTRY_VERIFY(showsFullOf(window, command));
    QTRY_COMPARE(window.picture(2).caption.title, std::string("PreDiff n = +1.0 σ, bent"));
    act(window, "undo");
    QVERIFY(window.desk().dialCommand().empty());
    QVERIFY(showsFull(window, 1.0));
    act(window, "redo");
    QVERIFY(showsFullOf(window, command));
    const QPoint handle = chart(window)->handlePosition(3).toPoint();
    QTest::mouseDClick(chart(window), Qt::LeftButton, {}, handle);
    QVERIFY(window.desk().state.bend.empty());
  }

  void aBentPictureFollowsTheHandAtOnceAndSaysItIsAPreview() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QTRY_COMPARE_WITH_TIMEOUT(controller(window)->sweep().size(), std::size_t(9), 10000);
    QTRY_VERIFY_WITH_TIMEOUT(!controller(window)->isBusy(), 10000);
    engine.previewTakes = engine.fullTakes = std::chrono::milliseconds(2000);
    act(window, "last");
    const QPoint from = chart(window)->handlePosition(5).toPoint();
    QTest::mousePress(chart(window), Qt::LeftButton, {}, from);
    QTest::mouseMove(chart(window), from - QPoint(0, 9));
    const std::vector<double> command = window.desk().dialCommand();
    QVERIFY(!command.empty() && command[5] > 0);
    const ScenarioForecast* shown = shownForecast(window);
    QVERIFY(shown && shown->request.quality == Quality::Preview);
    QCOMPARE(shown->request.nSigmaByLead, command);
    QCOMPARE(window.picture(2).caption.kind, PictureCaption::Kind::Preview);
    const float last = window.desk().context->frames.frames.back().grid->at(64, 64);
    const float expected = std::max(0.f, last + 10.f * float(command[5]));
    QVERIFY(std::abs(window.picture(2).grid->at(64, 64) - expected) < 0.6f);
    QTest::mouseRelease(chart(window), Qt::LeftButton, {}, from - QPoint(0, 9));
  }

  void theKeyboardBendsAndStraightens() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    chart(window)->setFocus(Qt::TabFocusReason);
    QTRY_VERIFY(chart(window)->hasFocus());
    const ValidTime time = window.desk().time;
    QTest::keyClick(chart(window), Qt::Key_Right);
    QTest::keyClick(chart(window), Qt::Key_Up);
    QTest::keyClick(chart(window), Qt::Key_Up);
    QTest::keyClick(chart(window), Qt::Key_PageDown);
    QCOMPARE(window.desk().time, time);  // the arrows were the chart's
    QCOMPARE(window.desk().dialCommand(), (std::vector<double>{0, -0.8, 0, 0, 0, 0}));
    QTest::keyClick(chart(window), Qt::Key_Delete);
    QVERIFY(window.desk().state.bend.empty());
    QTest::keyClick(chart(window), Qt::Key_PageUp);
    QTest::keyClick(chart(window), Qt::Key_Left);
    QTest::keyClick(chart(window), Qt::Key_Down);
    act(window, "straighten");
    QVERIFY(window.desk().state.bend.empty());
    QVERIFY(chart(window)->accessibleDescription().contains("same command"));
  }

  void theDialMovesTheWholeBentCommand() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    chart(window)->setFocus(Qt::TabFocusReason);
    QTest::keyClick(chart(window), Qt::Key_PageUp);
    slider(window)->setValue(20);
    QCOMPARE(window.desk().dialCommand(), (std::vector<double>{3, 2, 2, 2, 2, 2}));
    QTRY_VERIFY(showsFullOf(window, window.desk().dialCommand()));
    window.findChild<QSpinBox*>("members")->setValue(3);
    QTRY_COMPARE(window.desk().scenarios->ensemble()->members.size(), std::size_t(3));
    QCOMPARE(window.desk().scenarios->ensemble()->request.nSigmaByLead,
             window.desk().dialCommand());
  }

  void theControlIsLimitedToTheDrawnAreaAndFreedAgain() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    act(window, "controlArea");
    QVERIFY(!window.actions().find("controlArea")->isChecked());  // nothing is drawn yet
    drawSquare(window);
    QTRY_VERIFY(window.desk().state.region.isArea());
    act(window, "controlArea");
    QVERIFY(window.desk().state.within.isArea() && window.desk().controlMask);
    QTRY_VERIFY(shownForecast(window) && shownForecast(window)->request.region &&
                showsFull(window, 0.0));
    QVERIFY(window.picture(2).caption.detail.find("inside the area") != std::string::npos);
    QVERIFY(chart(window)->content().title.contains("inside the area"));
    slider(window)->setValue(15);
    QTRY_VERIFY(showsFull(window, 1.5) && shownForecast(window)->request.region);
    act(window, "controlArea");
    QVERIFY(!window.desk().controlMask);
    QTRY_VERIFY(showsFull(window, 1.5) && !shownForecast(window)->request.region);
    act(window, "undo");
    QVERIFY(shownForecast(window)->request.region && showsFull(window, 1.5));
  }

  void commandReceiptAndSessionCarryBendAndArea() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    slider(window)->setValue(10);
    chart(window)->setFocus(Qt::TabFocusReason);
    QTest::keyClick(chart(window), Qt::Key_PageUp);
    drawSquare(window);
    QTRY_VERIFY(window.desk().state.region.isArea());
    act(window, "controlArea");
    const std::vector<double> command = window.desk().dialCommand();
    QTRY_VERIFY(showsFullOf(window, command) && shownForecast(window)->request.region);
    act(window, "copyCommand");
    const QString text = QApplication::clipboard()->text();
    QVERIFY2(text.contains("--curve 2,1,1,1,1,1"), qPrintable(text));
    QVERIFY2(text.contains("--within " +
                           QString::fromStdString(cornersText(window.desk().state.within))),
             qPrintable(text));
    ExportSubject subject{.observed = window.desk().observed,
                          .context = window.desk().context,
                          .scenario = window.desk().scenarios->ensemble()};
    subject.within = QString::fromStdString(cornersText(window.desk().state.within));
    const Receipt receipt = resultReceipt(subject, "s.nc");
    QCOMPARE(receipt.nSigmaByLead, command);
    QCOMPARE(receipt.regionSha256, regionHash(*window.desk().controlMask));
    QVERIFY(std::ranges::find(receipt.options, "--within") != receipt.options.end());
    QTemporaryDir folder;
    const std::string session = folder.filePath("s.stormloom").toStdString();
    writeSessionFile(session, window.desk().state);
    const DeskState read = readSessionFile(session);
    QVERIFY(read == window.desk().state && !read.bend.empty() && read.within.isArea());
  }

  void theChanceAlongTheDialIsComputedAndDrawn() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QTest::mouseClick(wall(window), Qt::LeftButton, {}, wall(window)->paneRect(2).center());
    act(window, "alongDial");
    QCOMPARE(window.desk().state.members, 8);
    auto* chances = window.findChild<CurveChart*>("chanceChart");
    QTRY_VERIFY_WITH_TIMEOUT(
        !chances->content().curves.empty() && chances->content().curves[0].points.size() == 5,
        10000);
    const auto& points = chances->content().curves[0].points;
    for (std::size_t i = 1; i < points.size(); ++i) QVERIFY(points[i].y() >= points[i - 1].y());
    QVERIFY(window.findChild<QLabel*>("chanceWords")->text().contains("8 members each"));
    act(window, "alongDial");
    QVERIFY(!chances->isVisible());
  }
};

int main(int argc, char** argv) {
  MapWall::setDefaultFormat();
  QTemporaryDir settings;
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
  QApplication app(argc, argv);
  QApplication::setOrganizationName("StormloomTest");
  applyTheme(app, Theme::Choice::Dark);
  TestWindowControl test;
  return QTest::qExec(&test, argc, argv);
}
#include "tst_window_control.moc"
