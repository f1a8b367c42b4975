// Attention, diffusion, pattern lab and lessons, clicked as a person clicks them. The networks are
// tiny ones; what is drawn and written comes from them.
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QListWidget>
#include <QMainWindow>
#include <QProcess>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>
#include <ctime>
#include <functional>

#include "app/attention/attention_desk.h"
#include "app/attention/attention_maps.h"
#include "app/attention/attention_window.h"
#include "app/attention/block_canvas.h"
#include "app/attention/block_panel.h"
#include "app/attention/diffusion_view.h"
#include "app/attention/diffusion_window.h"
#include "app/attention/lesson_window.h"
#include "app/attention/pattern_side.h"
#include "app/attention/pattern_view.h"
#include "app/attention/pattern_window.h"
#include "app/gui/theme.h"
#include "app/scene/scene_widget.h"
#include "core/animation_file.h"
#include "core/errors.h"
#include "core/pattern_text.h"
#include "core/receipt_in_file.h"
#include "core/synthetic_event.h"

using namespace stormloom;

namespace {

const std::shared_ptr<const ModelContext>& context() {
  static const auto cut = [] {
    const FrameSequence event = syntheticEvent();
    return std::make_shared<const ModelContext>(
        cutContext(event, {.grid = sevirLrGrid(), .runTime = event.frames[6].validTime}));
  }();
  return cut;
}

AttentionSubject subject() {
  AttentionSubject subject{.context = context(), .coming = {context()->frames, context()->frames}};
  subject.receipt = [](const CommandOptions& options) {
    Receipt receipt;
    receipt.command = "attention";
    receipt.output = "--out";
    for (const auto& [name, value] : options) {
      receipt.options.push_back(name);
      if (!value.empty()) receipt.options.push_back(value);
    }
    return receipt;
  };
  subject.command = [](const CommandOptions& options) {
    std::string line = "stormloom-cli attention";
    for (const auto& [name, value] : options) line += " " + name + " " + value;
    return line;
  };
  return subject;
}

void showWindow(QWidget& window, QSize size = {1280, 800}) {
  window.resize(size);
  window.show();
  QVERIFY(QTest::qWaitForWindowExposed(&window));
}

/// How much of a picture is not its ground.
double drawnShare(const QImage& image) {
  const QRgb ground = image.pixel(2, 2);
  int drawn = 0;
  for (int y = 0; y < image.height(); y += 3)
    for (int x = 0; x < image.width(); x += 3) drawn += image.pixel(x, y) != ground;
  return 9.0 * drawn / (double(image.width()) * image.height());
}

/// Pictures for eyes, where STORMLOOM_PICTURES names a folder.
void keepPicture(QWidget& window, const QString& name) {
  const QString folder = qEnvironmentVariable("STORMLOOM_PICTURES");
  if (!folder.isEmpty()) window.grab().save(folder + "/" + name + ".png");
}

LabPattern wholeField(const char* name) { return patternNamed(name, {13, 32, 32}); }

}  // namespace

class TestWindowAttention : public QObject {
  Q_OBJECT
  QTemporaryDir folder_;

  std::unique_ptr<AttentionWindow> asked(QSize size = {1280, 800}) {
    auto window = std::make_unique<AttentionWindow>();
    showWindow(*window, size);
    window->setSubject(subject());
    auto* maps = window->findChild<AttentionMaps*>();
    [&] { QTRY_VERIFY_WITH_TIMEOUT(maps->view(), 120'000); }();
    return window;
  }

  /// Writes and waits; the receipt of what was written.
  template <class Window, class Write>
  std::optional<Receipt> written(Window& window, const QString& file, Write write) {
    QSignalSpy done(&window, &Window::exported);
    write();
    [&] { QTRY_COMPARE_WITH_TIMEOUT(done.count(), 1, 240'000); }();
    return receiptOf(file.toStdString());
  }

private Q_SLOTS:
  void aClickOnAMapAsksForThatPlace() {
    const auto window = asked();
    auto* maps = window->findChild<AttentionMaps*>();
    const Thw before = maps->view()->query;
    QTest::mouseClick(maps, Qt::LeftButton, {}, {60, 100});
    QTRY_VERIFY_WITH_TIMEOUT(maps->view()->query != before, 60'000);
    const Thw clicked = maps->view()->query;
    QTest::keyClick(maps, Qt::Key_Right);
    QTRY_COMPARE_WITH_TIMEOUT(maps->view()->query[2], clicked[2] + 1, 60'000);
    QTest::keyClick(maps, Qt::Key_PageUp);
    QTRY_COMPARE_WITH_TIMEOUT(maps->view()->query[0], clicked[0] - 1, 60'000);
  }

  void theWarningStandsInSightInBothThemesAndSizes() {
    for (const QSize size : {QSize(1280, 800), QSize(1600, 1000)}) {
      const auto window = asked(size);
      auto* warning = window->findChild<QLabel*>("attentionWarning");
      QVERIFY(warning && warning->isVisible());
      QVERIFY(warning->text().contains("not cause"));
      QVERIFY(window->rect().contains(
          QRect(warning->mapTo(window.get(), QPoint()), warning->size())));
      QVERIFY(warning->font().bold());
    }
  }

  void theBlockTurnsUnderHandAndKeys() {
    const auto window = asked();
    auto* canvas = window->findChild<BlockCanvas*>();
    QVERIFY(canvas->block());
    QVERIFY(drawnShare(canvas->grabFramebuffer()) > 0.01);
    const BlockView before = canvas->view();
    QTest::mousePress(canvas, Qt::LeftButton, {}, {100, 100});
    QTest::mouseMove(canvas, {140, 120});
    QTest::mouseRelease(canvas, Qt::LeftButton, {}, {140, 120});
    QVERIFY(canvas->view().turn != before.turn);
    QTest::keyClick(canvas, Qt::Key_Up);
    QTest::keyClick(canvas, Qt::Key_Plus);
    QVERIFY(canvas->view().zoom > before.zoom);
    QTest::keyClick(canvas, Qt::Key_Home);
    QCOMPARE(canvas->view().turn, BlockView().turn);
  }

  void theBlockOpensAndIsCut() {
    const auto window = asked();
    auto* canvas = window->findChild<BlockCanvas*>();
    const QImage whole = canvas->grabFramebuffer();
    window->findChild<QSlider*>("apart")->setValue(100);
    QCOMPARE(canvas->view().apart, 1.0);
    QVERIFY(canvas->grabFramebuffer() != whole);
    window->findChild<QComboBox*>("sliceAxis")->setCurrentIndex(1);
    window->findChild<QSlider*>("sliceIndex")->setValue(3);
    QCOMPARE(canvas->view().slice[0][0], std::int64_t(3));
    QCOMPARE(canvas->view().slice[0][1], std::int64_t(4));
    window->act({"whole"});
    window->act({"ground", "rain"});
    QVERIFY(drawnShare(canvas->grabFramebuffer()) > 0.01);
    QVERIFY_EXCEPTION_THROWN(window->act({"fly"}), UsageError);
  }

  void whatIsLightInTheLightThemeIsTheGround() {
    applyTheme(*qApp, Theme::Choice::Light);
    const auto window = asked();
    auto* canvas = window->findChild<BlockCanvas*>();
    auto* maps = window->findChild<AttentionMaps*>();
    QVERIFY(canvas->grabFramebuffer().pixelColor(2, 2).lightness() > 200);
    QVERIFY(maps->grab().toImage().pixelColor(maps->width() - 3, maps->height() - 3).lightness() >
            200);
    // And back, while the windows are open.
    applyTheme(*qApp, Theme::Choice::Dark);
    QTRY_VERIFY(canvas->grabFramebuffer().pixelColor(2, 2).lightness() < 60);
    QVERIFY(maps->grab().toImage().pixelColor(maps->width() - 3, maps->height() - 3).lightness() <
            60);
  }

  void dryPatchesAreTestedAndWritten() {
    const auto window = asked();
    auto* maps = window->findChild<AttentionMaps*>();
    QTest::mouseClick(window->findChild<QPushButton*>("dryPatches"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(maps->occlusion(), 240'000);
    QCOMPARE(maps->occlusion()->rows, 8);
    for (const char* name : {"dry.png", "dry.svg", "dry.csv"}) {
      const QString file = folder_.filePath(name);
      const auto receipt = written(*window, file, [&] {
        window->exportTo(AttentionWindow::Export::Dry, file);
      });
      QVERIFY2(receipt, name);
      QVERIFY(std::ranges::count(receipt->options, std::string("--occlude")) == 1);
    }
  }

  void dryPatchesAreForgottenWithTheirQuestion() {
    const auto window = asked();
    auto* maps = window->findChild<AttentionMaps*>();
    auto* layers = window->findChild<QListWidget*>("attentionLayers");
    const std::function<void()> others[] = {
        [&] { window->findChild<QComboBox*>("attentionHead")->setCurrentIndex(1); },
        [&] { layers->setCurrentRow(layers->currentRow() == 0 ? 1 : 0); },
        [&] { window->findChild<QPushButton*>("rollout")->setChecked(true); },
        [&] { window->ask(-1, 3, 3); }};
    OcclusionMap dry{.rows = 8, .cols = 8};
    dry.change.assign(64, -1.0);
    for (const auto& other : others) {
      maps->setOcclusion(std::make_shared<const OcclusionMap>(dry));
      other();
      QVERIFY(!maps->occlusion());
      QTRY_VERIFY_WITH_TIMEOUT(!maps->isPending(), 60'000);
    }
  }

  void theSentenceAboutDryPatchesNamesTheLeadTime() {
    const auto window = asked();
    QTest::mouseClick(window->findChild<QPushButton*>("dryPatches"), Qt::LeftButton);
    auto* readout = window->findChild<QLabel*>("attentionReadout");
    QTRY_VERIFY2_WITH_TIMEOUT(readout->text().contains("(+60 min)"), qPrintable(readout->text()),
                              240'000);
  }

  void theTimeStaysWhereTheLayerHasIt() {
    const auto window = asked();
    auto* maps = window->findChild<AttentionMaps*>();
    auto* layers = window->findChild<QListWidget*>("attentionLayers");
    auto* elsewhere = window->findChild<QLabel*>("attentionElsewhere");
    const auto shown = [&] {
      const AttentionView& view = *maps->view();
      return view.layer.queryFrames[std::size_t(view.query[0])];
    };
    const int first = layers->currentRow();
    const LevelFrame wanted = shown();
    QVERIFY(wanted.kind == LevelFrame::Kind::Forecast);
    for (int row = 0; row < layers->count(); ++row) {
      layers->setCurrentRow(row);
      const std::string path = layers->item(row)->data(Qt::UserRole).toString().toStdString();
      QTRY_VERIFY_WITH_TIMEOUT(maps->view()->layer.path == path, 60'000);
      const auto& frames = maps->view()->layer.queryFrames;
      QCOMPARE(std::size_t(maps->view()->query[0]), frameLike(frames, wanted));
      QCOMPARE(elsewhere->text().contains("has no frame at"),
               shown().validTime != wanted.validTime);
    }
    layers->setCurrentRow(first);
    QTRY_VERIFY_WITH_TIMEOUT(shown().validTime == wanted.validTime, 60'000);
  }

  void oldWeightsArePaleUntilTheNewOnesAreThere() {
    const auto window = asked();
    auto* maps = window->findChild<AttentionMaps*>();
    auto* copy = window->findChild<QPushButton*>("copyCommand");
    QVERIFY(!maps->isPending() && copy->isEnabled());
    auto* model = window->findChild<QComboBox*>("attentionModel");
    model->setCurrentIndex(model->findData("prediff"));
    QVERIFY(maps->isPending() && !copy->isEnabled());
    window->ask(3, 40, 40);  // waits for the new pass and does not stop it
    QVERIFY(maps->isPending());
    QTRY_VERIFY_WITH_TIMEOUT(!maps->isPending(), 120'000);
    QVERIFY(copy->isEnabled());
    QVERIFY(maps->view()->model != "earthformer");
    QCOMPARE(maps->view()->query[0], std::int64_t(3));
  }

  void whatALessonAsksForWaitsForThePass() {
    const auto window = asked();
    auto* maps = window->findChild<AttentionMaps*>();
    window->act({"model", "prediff"});
    window->act({"rollout"});
    QTRY_VERIFY_WITH_TIMEOUT(!maps->isPending(), 120'000);
    QCOMPARE(maps->view()->layer.path, std::string("rollout"));
    window->act({"model", "earthformer"});
    window->act({"usual"});
    window->act({"ask", "2,40,50"});
    window->act({"dry"});
    QTRY_VERIFY_WITH_TIMEOUT(maps->occlusion(), 240'000);
    QCOMPARE(maps->occlusion()->row, 40);
    QVERIFY(maps->view()->layer.path != "rollout");
  }

  void aPinnedPlaceIsAskedAtTheTimeOfTheMap() {
    AttentionWindow window;
    showWindow(window);
    AttentionSubject about = subject();
    const auto at = [&](double row, double col) {
      return context()->frames.geo.lonLatFromCell({col, row});
    };
    about.place = at(100.5, 20.5);
    about.time = context()->runTime + minutes(20);
    window.setSubject(about);
    auto* maps = window.findChild<AttentionMaps*>();
    QTRY_VERIFY_WITH_TIMEOUT(maps->view(), 120'000);
    const auto cellOf = [&](int row, int col) {
      const Thw& level = maps->view()->layer.query.data;
      return levelCell(level, int(maps->view()->query[0]), row, col, context()->frames.geo);
    };
    QCOMPARE(maps->view()->query, cellOf(100, 20));
    QCOMPARE(maps->view()->layer.queryFrames[std::size_t(maps->view()->query[0])].validTime,
             about.time);
    about.place = at(10.5, 90.5);  // pinned elsewhere while the window is open
    window.setSubject(about);
    QTRY_COMPARE_WITH_TIMEOUT(maps->view()->query, cellOf(10, 90), 60'000);
    about.place = LonLat{0.0, 0.0};
    window.setSubject(about);
    auto* elsewhere = window.findChild<QLabel*>("attentionElsewhere");
    QTRY_VERIFY_WITH_TIMEOUT(elsewhere->text().contains("outside the models' box"), 60'000);
  }

  void controlsStayWhereTheyAreWhateverTheReadoutSays() {
    const auto window = asked();
    auto* apart = window->findChild<QSlider*>("apart");
    auto* readout = window->findChild<QLabel*>("attentionReadout");
    readout->clear();
    QTest::qWait(50);
    const QPoint before = apart->mapTo(window.get(), QPoint());
    readout->setText(
        "21:05 UTC, observed, row 3, column 4 of the layer's cells: 2.5 % of the attention");
    QTest::qWait(50);
    QCOMPARE(apart->mapTo(window.get(), QPoint()), before);
  }

  void theBlockIsAsLightAsTheThemeBeforeTheFirstPass() {
    applyTheme(*qApp, Theme::Choice::Light);
    AttentionWindow window;
    showWindow(window);
    QTRY_VERIFY(window.findChild<BlockCanvas*>()->grabFramebuffer().pixelColor(9, 9).lightness() >
                200);
    QVERIFY(!window.findChild<QComboBox*>("attentionHead")->currentText().isEmpty());
    applyTheme(*qApp, Theme::Choice::Dark);
  }

  void aLessonFindsWindowsAsTheyStandAtFirst() {
    PatternWindow window;
    showWindow(window);
    PatternSide& left = window.side(0);
    window.act({"from", "row", "2"});
    window.act({"grown", "1"});
    left.findChild<QCheckBox*>()->setChecked(true);
    window.act({"right", "globals", "4"});
    QCOMPARE(window.side(1).pattern().globalVectors, 4);
    window.act({"usual"});
    QCOMPARE(window.side(1).pattern().globalVectors, 0);
    QCOMPARE(left.look().grown, 0);
    QVERIFY(left.block().canvas().view() == BlockView());
    for (const QCheckBox* box : left.findChildren<QCheckBox*>()) QVERIFY(!box->isChecked());
  }

  void nothingIsPaintedOverAnythingOnSmallScreens() {
    PatternWindow window;
    showWindow(window, {900, 768});
    window.act({"globals", "8"});
    for (int i = 0; i < 2; ++i) {
      PatternSide& side = window.side(i);
      const BlockCanvas& canvas = side.block().canvas();
      const auto* apart = side.findChild<QSlider*>("apart");
      QVERIFY(canvas.mapTo(&window, QPoint(0, canvas.height())).y() <=
              apart->mapTo(&window, QPoint()).y());
      const auto* cost = side.findChild<QLabel*>("cost");
      QTRY_VERIFY_WITH_TIMEOUT(cost->text().contains("threads"), 60'000);
      QTRY_VERIFY(cost->height() >= cost->heightForWidth(cost->width()));
    }
    QVERIFY(window.height() <= 768);
  }

  void everythingThatIsShownCanBeTakenAway() {
    const auto window = asked();
    using Export = AttentionWindow::Export;
    const std::pair<Export, const char*> files[] = {
        {Export::Maps, "maps.png"},      {Export::Maps, "maps.svg"},
        {Export::Block, "block.png"},    {Export::Block, "block.svg"},
        {Export::BlockFrames, "cut.mp4"}, {Export::Layers, "layers.mp4"},
        {Export::Weights, "w.nc"},       {Export::Weights, "w.csv"}};
    for (const auto& [what, name] : files) {
      const QString file = folder_.filePath(name);
      const auto receipt =
          written(*window, file, [&, what = what] { window->exportTo(what, file); });
      QVERIFY2(receipt, name);
      QCOMPARE(receipt->command, std::string("attention"));
    }
    QCOMPARE(countAnimationFrames(folder_.filePath("cut.mp4").toStdString()), 13);
    QCOMPARE(countAnimationFrames(folder_.filePath("layers.mp4").toStdString()), 11);
    QTest::mouseClick(window->findChild<QPushButton*>("copyCommand"), Qt::LeftButton);
    QVERIFY(QApplication::clipboard()->text().contains("--layer"));
  }

  void diffusionScrubsStepsOfTwoCommandsFromOneNoise() {
    DiffusionWindow window;
    showWindow(window);
    window.setSubject(subject());
    QSignalSpy watched(&window, &DiffusionWindow::watched);
    QTRY_VERIFY_WITH_TIMEOUT(watched.count() > 0, 240'000);
    DiffusionView& view = window.view();
    QVERIFY(view.steps() > 2);
    const auto& traces = view.picture().traces;
    QCOMPARE(traces.size(), std::size_t(2));
    const auto first = [](const DiffusionTrace& trace) {
      return trace.steps.front().latents.frames.front().grid->values()[1000];
    };
    QCOMPARE(first(*traces[0]), first(*traces[1]));  // the same noise
    QTest::keyClick(&view, Qt::Key_End);
    QCOMPARE(view.picture().step, view.steps() - 1);
    QTest::mouseClick(&view, Qt::LeftButton, {}, {40, view.height() - 40});
    QCOMPARE(view.picture().step, 0);
    window.findChild<QSlider*>("diffusionStep")->setValue(1);
    QCOMPARE(view.picture().step, 1);
    QTest::keyClick(&view, Qt::Key_PageUp);
    QCOMPARE(view.picture().lead, view.leads() - 2);
    keepPicture(window, "diffusion_tiny");
    using Export = DiffusionWindow::Export;
    const std::pair<Export, const char*> files[] = {{Export::Moment, "moment.png"},
                                                    {Export::Moment, "moment.svg"},
                                                    {Export::Sheet, "sheet.png"},
                                                    {Export::Film, "film.mp4"},
                                                    {Export::Numbers, "numbers.csv"},
                                                    {Export::Numbers, "numbers.nc"}};
    for (const auto& [what, name] : files) {
      const QString file = folder_.filePath(name);
      QVERIFY2(written(window, file, [&, what = what] { window.exportTo(what, file); }), name);
    }
    QCOMPARE(countAnimationFrames(folder_.filePath("film.mp4").toStdString()), view.steps());
  }

  void theLabShowsTheFigureGrowsAndMeasures() {
    PatternWindow window;
    showWindow(window);
    PatternSide& left = window.side(0);
    QVERIFY(drawnShare(left.block().canvas().grabFramebuffer()) > 0.1);
    // A click on a cell of a frame chooses the element; arrow keys go on from there.
    PatternView& frames = left.frames();
    QTest::mouseClick(&frames, Qt::LeftButton, {}, frames.cellRoom({2, 1, 1}).center().toPoint());
    QCOMPARE(left.look().element, (Thw{2, 1, 1}));
    QTest::keyClick(&frames, Qt::Key_Right);
    QTest::keyClick(&frames, Qt::Key_PageDown);
    QCOMPARE(left.look().element, (Thw{3, 1, 2}));
    window.act({"left", "(6,8,8):", "axial"});
    QTest::mouseClick(left.findChild<QPushButton*>("grow"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(left.look().grown, 3, 10'000);
    QVERIFY2(left.costText().contains("1 → 6 → 48 → 384 of 384"), qPrintable(left.costText()));
    QTRY_VERIFY_WITH_TIMEOUT(!left.costText().contains("being measured") && left.costText().contains("threads"),
                             60'000);
    qInfo("%s", qPrintable(left.costText().section('\n', 3, 3)));
    window.act({"globals", "8"});
    QVERIFY(left.block().canvas().block()->nodes.size() == 8);
    keepPicture(window, "lab_globals");
    QVERIFY_EXCEPTION_THROWN(window.act({"left", "nothing"}), UsageError);
    for (const char* name : {"lab.png", "lab.svg"}) {
      const QString file = folder_.filePath(name);
      QVERIFY2(written(window, file, [&] { window.exportTo(0, file); }), name);
    }
    const QString numbers = folder_.filePath("lab.csv");
    QVERIFY(written(window, numbers, [&] { window.exportTo(0, numbers); }));
    QFile table(numbers);
    QVERIFY(table.open(QFile::ReadOnly));
    const QStringList lines = QString(table.readAll()).trimmed().split('\n');
    QCOMPARE(lines.size(), 3 + 384);
    QCOMPARE(lines.filter(QRegularExpression(",1$")).size(), 5);  // its place at five other times
    const QString growth = folder_.filePath("reach.mp4");
    QVERIFY(
        written(window, growth, [&] { window.exportTo(0, growth, PatternWindow::Film::Growth); }));
    QCOMPARE(countAnimationFrames(growth.toStdString()), 4);  // its cuboid, then three layers
  }

  void aClickOnTheBlockChoosesItsForemostCell() {
    PatternWindow window;
    showWindow(window);
    PatternSide& left = window.side(0);
    BlockCanvas& canvas = left.block().canvas();
    canvas.setView({.turn = 0.0, .tilt = 0.0});
    left.setElement({5, 0, 0});
    QTest::mouseClick(&canvas, Qt::LeftButton, {}, canvas.rect().center() + QPoint(4, 4));
    QCOMPARE(left.look().element, (Thw{0, 2, 2}));
  }

  void turningTheLargestBlockKeepsThirtyFramesASecond() {
    BlockCanvas canvas;
    showWindow(canvas, {900, 700});
    double whole = 0.0;  // of the first block, not apart: how fast this machine draws today
    for (const char* name : {"axial", "full", "video_swin_2x4"}) {
      canvas.setBlock(std::make_shared<const CellBlock>(patternBlock(wholeField(name), {})));
      for (const double apart : {0.0, 1.0}) {
        BlockView view;
        view.apart = apart;
        canvas.setView(view);
        canvas.grabFramebuffer();
        constexpr int kFrames = 40;
        QElapsedTimer clock;
        clock.start();
        const std::clock_t computed = std::clock();
        for (int i = 0; i < kFrames; ++i) {
          QTest::keyClick(&canvas, Qt::Key_Left);
          canvas.grabFramebuffer();
        }
        const double milliseconds = clock.nsecsElapsed() / 1e6 / kFrames;
        const double own = 1e3 * double(std::clock() - computed) / CLOCKS_PER_SEC / kFrames;
        qInfo("13 x 32 x 32, %s, apart %.0f: %.1f ms a frame by the clock, %.1f ms of computing", name,
              apart, milliseconds, own);
        // Computing is shared by the cores; what other programs take does not count. A slower machine
        // than docs/performance.md has may take longer, but a thousand boxes not more than this of one.
        constexpr double kOfWhole = 4.5;
        if (whole == 0.0) whole = std::min(milliseconds, own);
        QVERIFY(std::min(milliseconds, own) < std::max(1000.0 / 30.0, kOfWhole * whole));
      }
    }
  }

  void aStepThatIsReachedFromElsewhereFindsWhatThoseBeforeItSetUp() {
    std::vector<std::string> done;
    const auto act = [&done](const LessonAction& action) { done.push_back(action.words.front()); };
    const Lesson lesson =
        parseLesson("# A\n## 1\n@ lab one\nx\n## 2\n@ lab two\nx\n## 3\n@ lab three\nx\n", "mine");
    LessonWindow window({lesson, lesson}, act);
    const auto opened = [&](int lessonNumber, int step) {
      done.clear();
      window.open(lessonNumber, step);
      return done;
    };
    using Words = std::vector<std::string>;
    QCOMPARE(opened(0, 1), (Words{"one", "two"}));
    QCOMPARE(opened(0, 2), (Words{"three"}));
    QCOMPARE(opened(0, 1), (Words{"one", "two"}));
    QCOMPARE(opened(1, 2), (Words{"one", "two", "three"}));
  }

  void everyStepOfEveryLessonDrivesTheWindowsByKeysAlone() {
    QWidget parent;  // the windows end with it
    AttentionDesk desk([] { return subject(); }, &parent);
    LessonWindow* lessons = desk.openLessons();
    QVERIFY(QTest::qWaitForWindowExposed(lessons));
    int steps = 0;
    for (int lesson = -1, step = -1; lesson != lessons->lesson() || step != lessons->step();
         ++steps) {
      lesson = lessons->lesson();
      step = lessons->step();
      QTest::keyClick(lessons, Qt::Key_A);
      auto* answer = lessons->findChild<QLabel*>("answer");
      QVERIFY2(!answer->text().startsWith("Line "), qPrintable(answer->text()));
      QVERIFY(answer->font().pixelSize() >= 18 || answer->fontInfo().pixelSize() >= 18);
      const QString name = QString("lesson_%1_%2").arg(lesson + 1).arg(step + 1);
      if (qEnvironmentVariableIsSet("STORMLOOM_PICTURES")) QTest::qWait(2500);
      keepPicture(*lessons, name);
      for (QMainWindow* window : parent.findChildren<QMainWindow*>())
        if (window != lessons && window->isVisible())
          keepPicture(*window, name + "_" + QString(window->metaObject()->className()).section("::", -1));
      QTest::keyClick(lessons, Qt::Key_Right);
      QTest::qWait(30);
    }
    QCOMPARE(lessons->lesson(), 5);
    QVERIFY(steps >= 12);
    QTest::keyClick(lessons, Qt::Key_1);
    auto* lab = parent.findChild<PatternWindow*>();
    auto *cost = lab->side(0).findChild<QLabel*>("cost"), *text = lessons->findChild<QLabel*>("text");
    const int small = cost->fontInfo().pixelSize(), letters = text->fontInfo().pixelSize();
    const qsizetype lines = cost->text().count('\n');
    QTest::keyClick(lessons, Qt::Key_F);  // for a projector, and back
    QVERIFY(text->fontInfo().pixelSize() >= letters);
    if (lab->screen()->size().height() >= 900) QVERIFY(cost->fontInfo().pixelSize() > small);
    QVERIFY(cost->text().count('\n') < lines);
    QTest::keyClick(lessons, Qt::Key_F);
    QCOMPARE(cost->fontInfo().pixelSize(), small);
    QCOMPARE(cost->text().count('\n'), lines);
  }
};

int main(int argc, char** argv) {
  SceneWidget::setDefaultFormat();
  QTemporaryDir models;
  QProcess make;  // in a process of its own: this one knows no LibTorch
  make.start(STORMLOOM_MAKE_TINY_MODELS, {models.path()});
  if (!make.waitForFinished(120'000) || make.exitCode() != 0) return 1;
  qputenv("STORMLOOM_MODELS", models.path().toUtf8());
  QApplication app(argc, argv);
  applyTheme(app, Theme::Choice::Dark);
  TestWindowAttention test;
  return QTest::qExec(&test, argc, argv);
}
#include "tst_window_attention.moc"
