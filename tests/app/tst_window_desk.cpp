#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QToolButton>
#include <QWheelEvent>

#include "app/gui/actions.h"
#include "app/gui/curve_chart.h"
#include "app/gui/overlays.h"
#include "app/gui/scenario_panel.h"
#include "app/gui/theme.h"
#include "app/gui/time_bar.h"
#include "core/ensemble_fields.h"
#include "fake_engine.h"

using namespace stormloom;

namespace {

void act(MainWindow& window, const char* id) { window.actions().find(id)->trigger(); }

QString labelText(MainWindow& window, const char* name) {
  return window.findChild<QLabel*>(name)->text();
}

/// Labels of one line that are shown narrower than their text.
QStringList clippedLabels(const QWidget& window) {
  QStringList clipped;
  for (const QLabel* label : window.findChildren<QLabel*>()) {
    const bool shown = label->isVisible() && !label->wordWrap() &&
                       label->sizePolicy().horizontalPolicy() != QSizePolicy::Ignored;
    if (shown && label->width() + 1 < label->sizeHint().width()) clipped << label->text();
  }
  return clipped;
}

}  // namespace

class TestWindowDesk : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void presetsShowTheirPanesAndAskForWhatTheyNeed() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window, {1560, 960});
    act(window, "preset2");
    QCOMPARE(wall(window)->count(), 5);
    for (int pane = 0; pane < 5; ++pane) {
      const double n = 2.0 * pane - 4.0;
      QTRY_COMPARE_WITH_TIMEOUT(
          window.picture(pane).caption.title,
          "PreDiff n = " + (n ? signedText(n) : QString("0.0")).toStdString() + " σ", 5000);
      QTRY_VERIFY_WITH_TIMEOUT(
          !window.picture(pane).caption.dimmed &&
              window.picture(pane).caption.kind == PictureCaption::Kind::Forecast,
          10000);
    }
    QVERIFY(window.picture(0).grid->at(64, 64) < window.picture(4).grid->at(64, 64));
    act(window, "preset3");
    QCOMPARE(wall(window)->count(), 9);
    QCOMPARE(window.desk().state.members, 8);
    QTRY_COMPARE_WITH_TIMEOUT(QString::fromStdString(window.picture(7).caption.detail),
                              QString("member 8 of 8"), 10000);
    act(window, "preset6");
    QCOMPARE(wall(window)->count(), 42);
    act(window, "preset0");
    QCOMPARE(wall(window)->count(), 1);
  }

  void chancesAreTheShareOfMembers() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    act(window, "preset5");
    QTRY_COMPARE_WITH_TIMEOUT(int(window.picture(2).kind), int(FieldKind::Probability), 10000);
    const auto members = window.desk().scenarios->ensemble();
    QTRY_COMPARE(window.desk().scenarios->ensemble()->members.size(), std::size_t(8));
    GridList grids;
    for (const ScenarioMember& member : window.desk().scenarios->ensemble()->members)
      grids.push_back(member.frames.frames[1].grid);
    const RadarGrid expected = probabilityField(grids, window.desk().state.threshold);
    QVERIFY(std::ranges::equal(expected.values(), window.picture(2).grid->values()));
  }

  void anEnsembleGrowsWithoutDrawingItsMembersAgain() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    const auto first = window.desk().scenarios->ensemble()->members.front().frames.frames[0].grid;
    window.findChild<QSpinBox*>("members")->setValue(3);
    QTRY_COMPARE(window.desk().scenarios->ensemble()->members.size(), std::size_t(3));
    window.findChild<QSpinBox*>("members")->setValue(5);
    QTRY_COMPARE(window.desk().scenarios->ensemble()->members.size(), std::size_t(5));
    const auto ensemble = window.desk().scenarios->ensemble();
    QCOMPARE(ensemble->members.front().frames.frames[0].grid, first);
    for (int i = 0; i < 5; ++i) QCOMPARE(ensemble->members[std::size_t(i)].member, i);
  }

  void aDifferenceIsOneForecastMinusTheOther() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    slider(window)->setValue(20);
    QTRY_VERIFY(showsFull(window, 2.0));
    act(window, "preset4");
    QTRY_COMPARE(int(window.picture(2).kind), int(FieldKind::Difference));
    const float ours = window.picture(0).grid->at(60, 60),
                theirs = window.picture(1).grid->at(60, 60);
    QCOMPARE(window.picture(2).grid->at(60, 60), ours - theirs);
  }

  void thePanesAreLinked() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    const QRect first = wall(window)->paneRect(1);
    QTest::mouseMove(wall(window), first.center());
    QTRY_VERIFY(!labelText(window, "readout").isEmpty());
    const double before = wall(window)->scene(0).view().kmPerPixel;
    QWheelEvent wheel(QPointF(first.center()), wall(window)->mapToGlobal(QPointF(first.center())),
                      {}, {0, 120}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(wall(window), &wheel);
    for (int pane = 0; pane < wall(window)->count(); ++pane)
      QVERIFY(std::abs(wall(window)->scene(pane).view().kmPerPixel - before / 1.25) < 1e-9);
    QVERIFY(window.desk().state.center);
  }

  void aBorderIsDraggedAndAPaneSplit() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    const int x = wall(window)->paneRect(0).right() + 2;
    const QPoint at(x, wall(window)->height() / 2);
    QTest::mousePress(wall(window), Qt::LeftButton, {}, at);
    QTest::mouseMove(wall(window), at - QPoint(60, 0));
    QTest::mouseRelease(wall(window), Qt::LeftButton, {}, at - QPoint(60, 0));
    QVERIFY(std::abs(wall(window)->paneRect(0).right() - (x - 62)) < 4);
    act(window, "splitBelow");
    QCOMPARE(wall(window)->count(), 4);
    act(window, "closePane");
    QCOMPARE(wall(window)->count(), 3);
    act(window, "undo");
    act(window, "undo");
    act(window, "undo");
    QVERIFY(window.desk().state.layout == presetLayout(LayoutPreset::Compare));
  }

  void aPreviewGivesNoReasonsAndSaysSo() {
    FakeEngine engine;
    engine.fullTakes = std::chrono::minutes(5);
    MainWindow window(engine.functions());
    window.resize(1400, 900);
    window.show();
    window.openSyntheticEvent();
    const auto said = [&] {
      QString all;
      for (const auto* label : window.findChild<LightList*>()->findChildren<QLabel*>())
        if (!label->isHidden()) all += label->text();
      return all;
    };
    QTRY_VERIFY_WITH_TIMEOUT(said().contains("is a preview"), 30'000);
    QVERIFY(!said().contains("first forecast"));
  }

  void undoAndRedoAskTheModelsForNothing() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    for (const int tenths : {10, 25, -15}) {
      slider(window)->setSliderDown(true);
      slider(window)->setValue(tenths);
      slider(window)->setSliderDown(false);
      QTRY_VERIFY(showsFull(window, tenths / 10.0));
    }
    QTRY_VERIFY_WITH_TIMEOUT(!controller(window)->isBusy(), 10000);
    const int asked = engine.fulls + engine.previews;
    act(window, "undo");
    QVERIFY(showsFull(window, 2.5));
    QCOMPARE(slider(window)->value(), 25);
    act(window, "undo");
    QVERIFY(showsFull(window, 1.0));
    act(window, "redo");
    QVERIFY(showsFull(window, 2.5));
    QTest::qWait(300);
    QCOMPARE(engine.fulls + engine.previews, asked);
  }

  void aClickAsksAboutThePlace() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    const QPoint at = wall(window)->paneRect(2).center();
    QTest::mouseClick(wall(window), Qt::LeftButton, {}, at);
    QTRY_VERIFY(window.findChild<QLabel*>("placeWords")->isVisible());
    QVERIFY2(labelText(window, "placeWords").contains("at most"),
             qPrintable(labelText(window, "placeWords")));
    QVERIFY(labelText(window, "placeWords").contains("Extrapolation:"));
    act(window, "clearPlace");
    QVERIFY(!window.findChild<QLabel*>("placeWords")->isVisible());
    QTest::mousePress(wall(window), Qt::LeftButton, Qt::ShiftModifier, at);
    for (const QPoint by : {QPoint(60, 0), QPoint(60, 60), QPoint(0, 60)})
      QTest::mouseMove(wall(window), at + by);
    QTest::mouseRelease(wall(window), Qt::LeftButton, Qt::ShiftModifier, at + QPoint(0, 60));
    QTRY_VERIFY(window.desk().state.region.isArea());
  }

  void scoresAppearWhereTheTruthIsKnown() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    act(window, "scores");
    auto* drawer = window.findChild<Drawer*>();
    QTRY_VERIFY_WITH_TIMEOUT(drawer->findChild<QTableWidget*>()->rowCount() == 4, 10000);  // name and numbers of each
    QCOMPARE(drawer->findChild<QTableWidget*>()->columnCount(), 6);
    act(window, "truth");
    act(window, "scores");
    act(window, "scores");
    QTRY_COMPARE(drawer->findChild<QTableWidget*>()->rowCount(), 0);
  }

  void theIntensityCanBeTyped() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QTest::mouseClick(window.findChild<QPushButton*>("bigIntensity"), Qt::LeftButton);
    auto* line = window.findChild<LineAsker*>()->findChild<QLineEdit*>();
    QTRY_VERIFY(line->isVisible());
    QTest::keyClicks(line, "-1,7");
    QTest::keyClick(line, Qt::Key_Return);
    QTRY_COMPARE(window.desk().state.nSigma, -1.7);
    act(window, "typeIntensity");
    QTest::keyClicks(line, "7");
    QTest::keyClick(line, Qt::Key_Return);
    QTRY_VERIFY(window.findChild<Banner*>()->text().contains("no intensity"));
    QCOMPARE(window.desk().state.nSigma, -1.7);
  }

  void whoGoesBackToABoxFindsItsForecasts() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QTRY_VERIFY_WITH_TIMEOUT(window.desk().deterministic.contains("earthformer"), 20000);
    const std::string first = window.desk().context->hash;
    act(window, "boxHere");
    wall(window)->boxMoved(-97.0, 37.2);
    wall(window)->boxLetGo();
    QTRY_VERIFY_WITH_TIMEOUT(window.desk().context->hash != first, 20000);
    act(window, "undo");
    QTRY_COMPARE_WITH_TIMEOUT(window.desk().context->hash, first, 20000);
    QVERIFY(window.desk().deterministic.contains("earthformer"));
    QVERIFY(window.desk().deterministic.contains("extrapolation"));
  }

  void theTopLineIsNeverSqueezed() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window, {910, 512});
    const auto* clock = window.findChild<QLabel*>("validTime");
    const auto isWhole = [&] {
      const QWidget* top = clock->parentWidget();
      return clock->height() >= clock->sizeHint().height() && top->height() >= top->sizeHint().height();
    };
    const auto heights = [&] {
      const QWidget* top = clock->parentWidget();
      return qPrintable(QString("clock %1 of %2, line %3 of %4, window %5")
                            .arg(clock->height())
                            .arg(clock->sizeHint().height())
                            .arg(top->height())
                            .arg(top->sizeHint().height())
                            .arg(window.height()));
    };
    QVERIFY2(isWhole(), heights());
    for (const char* page : {"panel", "layers", "events", "scores", "journal"}) {
      act(window, page);
      QTest::qWait(50);
      QVERIFY2(isWhole(), heights());
    }
    QCOMPARE(window.height(), 512);
  }

  void aMapThatShowsNoForecastSaysTheWayBack() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    for (int i = 0; i < 40; ++i) act(window, "west");
    auto* banner = window.findChild<Banner*>();
    QTRY_VERIFY2(banner->isVisible() && banner->text().contains("out of sight"), qPrintable(banner->text()));
  }

  void whatWasStoppedSaysSoAndGoesOn() {
    FakeEngine engine;
    engine.previewTakes = engine.fullTakes = std::chrono::seconds(30);
    MainWindow window(engine.functions());
    window.resize(1400, 900);
    window.show();
    window.openSyntheticEvent();
    QTRY_VERIFY_WITH_TIMEOUT(controller(window)->isBusy(), 20000);
    act(window, "stop");
    QVERIFY(!controller(window)->isBusy() && controller(window)->isStopped());
    QTRY_VERIFY2(labelText(window, "made").contains("Stopped"), qPrintable(labelText(window, "made")));
    engine.previewTakes = engine.fullTakes = std::chrono::milliseconds(4);
    const auto buttons = window.findChildren<QPushButton*>();
    const auto goOn = std::ranges::find_if(
        buttons, [](const QPushButton* button) { return button->isVisible() && button->text() == "Go on"; });
    QVERIFY(goOn != buttons.end());
    QTest::mouseClick(*goOn, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(showsFull(window, 0.0), 20000);
  }

  void theSentenceIsAboutThePictureThatIsDrawn() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    wall(window)->setActivePane(0);  // what was observed
    act(window, "last");
    QTRY_VERIFY(window.desk().isForecastTime());
    const auto sentence = [&] { return labelText(window, "words"); };
    QTRY_VERIFY2(sentence().contains(" UTC: ") && !sentence().contains("lead"), qPrintable(sentence()));
    act(window, "truth");  // hidden: the frame of the run time stands in
    QTRY_VERIFY2(sentence().contains("hidden; the run time is shown") && !sentence().contains("%"),
                 qPrintable(sentence()));
  }

  void everyIconOfTheRailKeepsItsShapeInTheOtherTheme() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    act(window, "theme");
    QSet<QByteArray> shapes;
    int buttons = 0;
    for (const QToolButton* button : window.findChildren<QToolButton*>()) {
      if (!button->property("rail").toBool()) continue;
      ++buttons;
      const QImage image = button->icon().pixmap(20, 20).toImage();
      shapes << QByteArray(reinterpret_cast<const char*>(image.constBits()), image.sizeInBytes());
    }
    QVERIFY(buttons > 5);
    QCOMPARE(int(shapes.size()), buttons);
    act(window, "theme");
    act(window, "theme");
  }

  void theChartOfAPlaceHasRoomForItsStrongestValue() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    act(window, "n9");
    QTRY_VERIFY_WITH_TIMEOUT(showsFull(window, 4.0), 20000);
    QTest::mouseClick(wall(window), Qt::LeftButton, {}, wall(window)->paneRect(2).center());
    auto* chart = window.findChild<CurveChart*>("placeChart");
    QVERIFY(chart);
    QTRY_VERIFY(chart->isVisible());
    for (const ChartContent::Curve& curve : chart->content().curves)
      for (const QPointF& point : curve.points)
        QVERIFY(!(point.y() > chart->content().highest));
  }

  void theTruthCanBeHidden() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QVERIFY(!window.picture(0).caption.dimmed);
    act(window, "truth");
    QVERIFY(window.picture(0).caption.dimmed);
    QVERIFY(window.picture(0).caption.lead.find("hidden") != std::string::npos);
  }

  void theJournalBringsBackWhatACrashTook() {
    QTemporaryDir folder;
    FakeEngine engine;
    DeskState last;
    {
      MainWindow window(engine.functions(), {folder.path()});
      openDemo(window);
      slider(window)->setValue(24);
      act(window, "preset2");
      act(window, "hatching");
      last = window.desk().state;
    }  // destroyed without an orderly close, as a crash leaves the file
    MainWindow window(engine.functions(), {folder.path()});
    window.show();
    QVERIFY(window.restoreAfterCrash());
    QTRY_VERIFY_WITH_TIMEOUT(window.desk().observed && window.desk().context, 15000);
    QVERIFY(window.desk().state == last);
    QCOMPARE(slider(window)->value(), 24);
    act(window, "undo");
    QVERIFY(!window.desk().state.hatching);
    window.close();
    MainWindow third(engine.functions(), {folder.path()});
    QVERIFY(!third.restoreAfterCrash());
  }

  void aNoteIsPinnedToTimeAndPlace() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    act(window, "note");
    auto* line = window.findChild<LineAsker*>()->findChild<QLineEdit*>();
    QTest::keyClicks(line, "hail reported");
    QTest::keyClick(line, Qt::Key_Return);
    QCOMPARE(window.desk().state.notes.size(), std::size_t(1));
    QCOMPARE(window.desk().state.notes[0].time, window.desk().time);
  }

  void anyPercentileOfTheMembersCanBeAPane() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    window.findChild<QSpinBox*>("members")->setValue(4);
    wall(window)->setActivePane(2);
    const auto choose = [&](const QString& text) {
      act(window, "paneMenu");
      for (const QMenu* menu : window.findChildren<QMenu*>())
        for (QAction* action : menu->actions())
          if (action->text() == text && menu->title() == "A percentile of the members")
            return action->trigger();
      QFAIL(qPrintable(text));
    };
    choose("95 %");
    QTRY_COMPARE(window.picture(2).caption.title, std::string("95th percentile, n = 0.0 σ"));
    choose("Another…");
    auto* line = window.findChild<LineAsker*>()->findChild<QLineEdit*>();
    QTest::keyClicks(line, "1");
    QTest::keyClick(line, Qt::Key_Return);
    QTRY_COMPARE(window.picture(2).caption.title, std::string("1st percentile, n = 0.0 σ"));
    QTRY_COMPARE(int(window.picture(2).kind), int(FieldKind::Radar));
  }

  void modelDeviceAndIntensityStayInSight_data() {
    QTest::addColumn<int>("width");
    QTest::addColumn<bool>("briefing");
    QTest::newRow("as narrow as can be") << 860 << false;
    QTest::newRow("without the dial") << 1150 << false;
    QTest::newRow("with the dial") << 1250 << false;
    QTest::newRow("wide") << 1500 << false;
    QTest::newRow("briefing") << 1366 << true;
  }
  void modelDeviceAndIntensityStayInSight() {
    QFETCH(int, width);
    QFETCH(bool, briefing);
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window, {width, 760});
    if (briefing) act(window, "briefing");
    QTest::qWait(50);
    for (const char* name : {"modelChip", "deviceChip", "seedChip", "validTime"})
      QVERIFY2(window.findChild<QLabel*>(name)->isVisible(), name);
    QVERIFY(window.findChild<QLabel*>("dialChip")->isVisible() || slider(window)->isVisible());
    QVERIFY2(clippedLabels(window).isEmpty(), qPrintable(clippedLabels(window).join(" | ")));
  }

  void aBriefingBeginsCleanAndShowsTheDialWhenAsked() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window, {1500, 800});
    act(window, "briefing");
    QVERIFY(!slider(window)->isVisible());
    act(window, "panel");
    QVERIFY(slider(window)->isVisible());
    act(window, "briefing");
    act(window, "briefing");
    QVERIFY(!slider(window)->isVisible());
  }

  void aSessionIsLookedAtAsItWasLeft() {
    QTemporaryDir folder;
    const QString file = folder.filePath("kept.stormloom");
    FakeEngine engine;
    {
      MainWindow window(engine.functions());
      openDemo(window, {1250, 700});
      DeskState state = window.desk().state;
      state.region = {{window.desk().context->frames.geo.lonLatFromCell({64, 64})}};
      state.look = {90, int(Drawer::Page::Journal), 1};
      writeSessionFile(file.toStdString(), state);
    }
    MainWindow window(engine.functions());
    openDemo(window, {1250, 700});
    window.openPaths({file});
    QTRY_VERIFY(window.findChild<Drawer*>()->isShowing(Drawer::Page::Journal));
    QCOMPARE(wall(window)->activePane(), 1);
    QTRY_COMPARE(window.findChild<ScenarioPanel*>()->scrolledTo(), 90);
  }

  void thePaletteFindsActionsByLettersOfTheirNames() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    act(window, "palette");
    auto* palette = window.findChild<CommandPalette*>();
    auto* line = palette->findChild<QLineEdit*>();
    QTest::keyClicks(line, "layout stri");
    QTest::keyClick(line, Qt::Key_Return);
    QVERIFY(!palette->isVisible());
    QVERIFY(window.desk().state.layout ==
            presetLayout(LayoutPreset::Strip, {wall(window)->width() >= 1150}));
  }

  void theScreenIsSaidInWords() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    wall(window)->setActivePane(2);
    act(window, "last");
    QVERIFY2(window.lookNow().contains("lead 60 min") &&
                 window.lookNow().contains("of the area at 133 or above"),
             qPrintable(window.lookNow()));
    QCOMPARE(wall(window)->accessibleDescription(), window.lookNow());
  }

  void nothingIsClipped_data() {
    QTest::addColumn<QSize>("size");
    QTest::newRow("small") << QSize(1366, 728);
    QTest::newRow("usual") << QSize(1600, 960);
    QTest::newRow("large") << QSize(2560, 1400);
  }
  void nothingIsClipped() {
    QFETCH(QSize, size);
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window, size);
    QTest::mouseClick(wall(window), Qt::LeftButton, {}, wall(window)->paneRect(2).center());
    QTest::qWait(100);
    QVERIFY2(clippedLabels(window).isEmpty(), qPrintable(clippedLabels(window).join(" | ")));
  }
};

int main(int argc, char** argv) {
  MapWall::setDefaultFormat();
  QTemporaryDir settings;
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
  QApplication app(argc, argv);
  QApplication::setOrganizationName("StormloomTest");
  applyTheme(app, Theme::Choice::Dark);
  TestWindowDesk test;
  return QTest::qExec(&test, argc, argv);
}
#include "tst_window_desk.moc"
