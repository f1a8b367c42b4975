#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDrag>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QThread>
#include <QToolButton>

#include "app/gui/actions.h"
#include "app/gui/export_dialog.h"
#include "app/gui/export_job.h"
#include "app/gui/theme.h"
#include "core/animation_file.h"
#include "core/desk_journal.h"
#include "core/map_data.h"
#include "core/receipt_in_file.h"
#include "core/scenario_file.h"
#include "core/synthetic_event.h"
#include "cli_runner.h"
#include "fake_engine.h"

using namespace stormloom;

/// What leaves the window is what the command line would have written.
class TestWindowExport : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  static ExportSubject observed() {
    static const auto event = std::make_shared<const FrameSequence>(syntheticEvent());
    ExportSubject subject{.observed = event};
    subject.time = event->frames.front().validTime;
    return subject;
  }

  static ExportDialog* opened(MainWindow& window) {
    window.actions().find("export")->trigger();
    return window.findChild<ExportDialog*>();
  }

  static QLineEdit* line(ExportDialog& dialog, const char* name) {
    return dialog.findChild<QLineEdit*>(name);
  }

  static void choose(ExportDialog& dialog, const char* name, const QString& beginning) {
    auto* box = dialog.findChild<QComboBox*>(name);
    box->setCurrentIndex(box->findText(beginning, Qt::MatchStartsWith));
  }

  /// Whether the file was written.
  static bool clickWrite(ExportDialog& dialog) {
    QSignalSpy done(&dialog.job(), &ExportJob::done), failed(&dialog.job(), &ExportJob::failed);
    QTest::mouseClick(dialog.findChild<QPushButton*>("write"), Qt::LeftButton);
    const auto isRunning = [&] { return dialog.findChild<QProgressBar*>()->isVisible(); };
    for (int i = 0; isRunning() && i < 6000; ++i) QTest::qWait(50);
    if (!failed.isEmpty()) qWarning("%s", qPrintable(failed[0][0].toString()));
    return done.count() == 1;
  }

private Q_SLOTS:
  void anAnimationIsWrittenInTheBackgroundAndSaysHowItWasMade() {
    const QString file = folder_.filePath("storm.gif");
    ExportJob job;
    QSignalSpy done(&job, &ExportJob::done), failed(&job, &ExportJob::failed);
    bool toldHere = true;
    connect(&job, &ExportJob::progress, &job,
            [&] { toldHere = toldHere && QThread::currentThread() == qApp->thread(); },
            Qt::DirectConnection);
    job.start(observed(), {.file = file, .between = 1, .look = {.width = 640, .height = 480}});
    QTRY_VERIFY_WITH_TIMEOUT(done.count() + failed.count() == 1, 300'000);
    QVERIFY2(failed.isEmpty(), qPrintable(failed.value(0).value(0).toString()));
    QVERIFY(toldHere);  // who listens is on this thread
    QCOMPARE(countAnimationFrames(file.toStdString()), 25);  // 13 and 12 between them
    const auto receipt = receiptOf(file.toStdString());
    QVERIFY(receipt);
    QCOMPARE(receipt->command, std::string("render"));
    QCOMPARE(receipt->options, (std::vector<std::string>{"--between", "1", "--fps", "4", "--out",
                                                         "storm.gif", "--size", "640x480"}));
    QCOMPARE(receipt->inputs.size(), std::size_t(1));
  }

  void aCancelledExportLeavesNothing() {
    ExportJob job;
    QSignalSpy cancelled(&job, &ExportJob::cancelled), moved(&job, &ExportJob::progress);
    job.start(observed(), {.file = folder_.filePath("never.mp4"), .look = {.width = 1920, .height = 1080}});
    QTRY_VERIFY_WITH_TIMEOUT(moved.count() > 0, 300'000);
    job.cancel();
    QTRY_COMPARE_WITH_TIMEOUT(cancelled.count(), 1, 300'000);
    QCOMPARE(QDir(folder_.path()).entryList({"*never*"}, QDir::AllEntries | QDir::Hidden),
             QStringList());
  }

  void aFolderThatIsLostEndsInASentence() {
    ExportJob job;
    QSignalSpy failed(&job, &ExportJob::failed);
    job.start(observed(), {.file = folder_.filePath("lost/storm.mp4")});
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, 300'000);
    QVERIFY(failed[0][0].toString().contains("is not there"));
  }

  void theCommandSaysWhatIsOnTheDesk() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    window.actions().find("copyCommand")->trigger();
    const QString command = QApplication::clipboard()->text();
    QVERIFY2(command.startsWith("stormloom-cli demo --out out && stormloom-cli scenario"),
             qPrintable(command));
    for (const char* part : {" --at 20", " --members ", " --n ", " --seed ", " --out "})
      QVERIFY2(command.contains(part), qPrintable(command));
    QVERIFY2(command.contains(" && stormloom-cli forecast out/demo.nc --at 20") &&
                 command.contains("--model earthformer"),
             qPrintable(command));  // of the pane in the middle
    QVERIFY2(!command.contains("--layout"), qPrintable(command));
    window.actions().find("preset5")->trigger();  // chances are more than values of a forecast
    window.actions().find("copyCommand")->trigger();
    const QString chances = QApplication::clipboard()->text();
    QVERIFY2(chances.contains("stormloom-cli render out/demo.nc --layout '{"), qPrintable(chances));
  }

  void ofSeveralSequencesTheCommandNamesTheFilesOfTheOneShown() {
    QVERIFY(QDir(folder_.path()).mkdir("two"));
    FrameSequence longer = syntheticEvent();
    longer.event.clear();
    FrameSequence shorter = longer;
    shorter.product = "another product";
    shorter.frames.resize(5);
    writeSequenceFile(folder_.filePath("two/longer.nc").toStdString(), longer, {});
    writeSequenceFile(folder_.filePath("two/shorter.nc").toStdString(), shorter, {});
    FakeEngine engine;
    MainWindow window(engine.functions());
    window.show();
    window.openPaths({folder_.filePath("two")});
    const auto told = [&] {
      const auto labels = window.findChildren<QLabel*>();
      return std::ranges::any_of(labels, [](const QLabel* label) {
        return label->isVisible() && label->text().contains("These files hold 2 sequences");
      });
    };
    QTRY_VERIFY_WITH_TIMEOUT(told(), 60'000);
    window.actions().find("copyCommand")->trigger();
    const QString command = QApplication::clipboard()->text();
    QVERIFY2(command.contains("/two/longer.nc ") != command.contains("/two/shorter.nc "), qPrintable(command));
  }

  void allPanesAreWrittenAsTheWindowArrangesThem() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    window.actions().find("preset5")->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(window.picture(0).grid, 20'000);
    window.actions().find("export")->trigger();
    auto* dialog = window.findChild<ExportDialog*>();
    QVERIFY(dialog && dialog->isVisible());
    choose(*dialog, "format", "PNG picture");
    const QString file = qEnvironmentVariable("STORMLOOM_PICTURES", folder_.path()) + "/panes.png";
    line(*dialog, "file")->setText(file);
    QVERIFY(clickWrite(*dialog));
    QCOMPARE(QImage(file).size(), QSize(1600, 900));
    const auto receipt = receiptOf(file.toStdString());
    QVERIFY(receipt);
    QCOMPARE(receipt->command, std::string("render"));
    const auto layout = std::ranges::find(receipt->options, "--layout");
    QVERIFY(layout != receipt->options.end());
    QVERIFY((layout + 1)->find("probability") != std::string::npos);
    QCOMPARE(receipt->model, std::string("stand-in"));
  }

  void panesOfTheWindowAreMadeAgainByTheCommandLine() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    DeskState state;
    state.layout = PaneLayout({{PaneSource::Observed}, {}, {}});
    state.hatching = true;
    writeSessionFile(folder_.filePath("one pane.stormloom").toStdString(), state);
    window.openPaths({folder_.filePath("one pane.stormloom")});
    QTRY_COMPARE_WITH_TIMEOUT(wall(window)->count(), 1, 20'000);
    QTRY_VERIFY_WITH_TIMEOUT(window.picture(0).grid, 20'000);
    auto* dialog = opened(window);
    choose(*dialog, "format", "PNG picture");
    const QString whole = folder_.filePath("observed pane.png");
    line(*dialog, "file")->setText(whole);
    QVERIFY(clickWrite(*dialog));
    const LonLat aside = window.picture(0).sequence->geo.lonLatFromCell({40.0, 90.0});
    wall(window)->setView({aside, 0.2});
    const QString part = folder_.filePath("part of the pane.png");
    dialog = opened(window);
    line(*dialog, "file")->setText(part);
    QVERIFY(clickWrite(*dialog));
    for (const QString& file : {whole, part}) {
      const CliRun run = runCli({"rerun", file, "--json"});
      QVERIFY2(run.code == 0 && run.json()["identical"].toBool(), run.err + run.out);
      const auto receipt = receiptOf(file.toStdString());
      QCOMPARE(receipt->mapSha256, mapDataHash());
      const auto layout = std::ranges::find(receipt->options, "--layout");
      QVERIFY(layout != receipt->options.end());
      QCOMPARE((layout + 1)->find("\"seen\"") != std::string::npos, file == part);
    }
    QVERIFY(QImage(part) != QImage(whole));
    QTest::mouseClick(dialog->findChild<QCheckBox*>("zoomed"), Qt::LeftButton, {}, {8, 8});
    const QString again = folder_.filePath("the whole pane.png");
    line(*dialog, "file")->setText(again);
    QVERIFY(clickWrite(*dialog));
    QCOMPARE(QImage(again), QImage(whole));
  }

  void whatIsChosenInTheDialogIsSeenInTheFile() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    auto* dialog = opened(window);
    choose(*dialog, "content", "Observed and scenarios");
    choose(*dialog, "format", "GIF");
    dialog->findChild<QComboBox*>("from")->setCurrentIndex(3);
    dialog->findChild<QComboBox*>("to")->setCurrentIndex(6);
    dialog->findChild<QComboBox*>("size")->setEditText("640 x 480");
    line(*dialog, "note")->setText("for the flood desk");
    const QString file = folder_.filePath("part.gif");
    line(*dialog, "file")->setText(file);
    QVERIFY(clickWrite(*dialog));
    QCOMPARE(countAnimationFrames(file.toStdString()), 4);
    const QImage with(file);
    QCOMPARE(with.size(), QSize(640, 480));
    for (auto* box : dialog->findChildren<QCheckBox*>())
      if (box->isVisible()) QTest::mouseClick(box, Qt::LeftButton, {}, {8, box->height() / 2});
    const QString bare = folder_.filePath("bare.gif");
    line(*dialog, "file")->setText(bare);
    QVERIFY(clickWrite(*dialog));
    QVERIFY(QImage(bare) != with);
    const auto receipt = receiptOf(bare.toStdString());
    for (const char* word : {"--from", "4", "--to", "7", "--note", "for the flood desk", "--without",
                             "legend,clock,title,scale"})
      QVERIFY2(std::ranges::find(receipt->options, word) != receipt->options.end(), word);
    dialog->findChild<QComboBox*>("size")->setEditText("wide");
    QVERIFY(!clickWrite(*dialog));
    for (auto* box : dialog->findChildren<QCheckBox*>()) box->setChecked(true);
  }

  void millimetresDotsAndLogoAreTypedAndSeen() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    auto* dialog = opened(window);
    const auto type = [](QWidget* field, const QString& text) {
      QTest::mouseClick(field, Qt::LeftButton);
      QTest::keyClick(field, Qt::Key_A, Qt::ControlModifier);
      QTest::keyClicks(field, text);
    };
    choose(*dialog, "format", "Figure: mean intensity over time, PDF");
    for (auto* box : dialog->findChildren<QSpinBox*>())
      if (box->isVisible()) type(box, box->suffix().contains("mm") ? "90" : "150");
    const QString figure = folder_.filePath("a fan.pdf");
    type(line(*dialog, "file"), figure);
    QVERIFY(clickWrite(*dialog));
    const auto receipt = receiptOf(figure.toStdString());
    QVERIFY(receipt);
    for (const char* word : {"--mm", "90", "--dpi", "150", "--kind", "fan"})
      QVERIFY2(std::ranges::find(receipt->options, word) != receipt->options.end(), word);
    QFile pdf(figure);
    QVERIFY(pdf.open(QIODevice::ReadOnly));
    QVERIFY(pdf.readAll().contains("/MediaBox [0 0 255"));  // 90 mm are 255 points

    QImage square(32, 32, QImage::Format_RGB32);
    square.fill(Qt::yellow);
    const QString logo = folder_.filePath("a logo.png");
    QVERIFY(square.save(logo));
    choose(*dialog, "content", "Observed and scenarios");
    choose(*dialog, "format", "PNG picture");
    type(line(*dialog, "logo"), logo);
    const QString picture = folder_.filePath("with a logo.png");
    type(line(*dialog, "file"), picture);
    QVERIFY(clickWrite(*dialog));
    const QImage drawn(picture);
    QCOMPARE(drawn.pixelColor(drawn.width() - 30, 20), QColor(Qt::yellow));
    const auto inputs = receiptOf(picture.toStdString())->inputs;
    QVERIFY(std::ranges::any_of(inputs, [](const auto& input) { return input.option == "--logo"; }));
    type(line(*dialog, "logo"), folder_.filePath("gone.png"));
    type(line(*dialog, "file"), folder_.filePath("without.png"));
    QVERIFY(!clickWrite(*dialog));
    QVERIFY(!QFile::exists(folder_.filePath("without.png")));
    line(*dialog, "logo")->clear();
    choose(*dialog, "format", "GIF");
    line(*dialog, "file")->setText(folder_.filePath("last.gif"));
    QVERIFY(clickWrite(*dialog));  // remembered for the tests below
  }

  void theFormatIsAlwaysThereToBeChosen() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    auto* dialog = opened(window);
    auto* format = dialog->findChild<QComboBox*>("format");
    for (const char* beginning : {"Figure: all members, SVG", "GeoTIFF", "Folder of PNG", "MP4"}) {
      choose(*dialog, "format", beginning);
      QTest::qWait(50);
      QVERIFY2(format->isVisible() && format->height() > 10, beginning);
      QVERIFY2(dialog->childAt(format->mapTo(dialog, format->rect().center())) == format, beginning);
    }
  }

  void aFolderOfMapsIsWrittenUnderItsProposedName() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    auto* dialog = opened(window);
    for (const char* beginning : {"GeoTIFF, a file for each map", "Folder of PNG"}) {
      choose(*dialog, "format", beginning);
      QVERIFY(QFileInfo(line(*dialog, "file")->text()).fileName().contains("_n+0.0"));
      line(*dialog, "file")->setText(folder_.filePath(QString(beginning).left(3) + "_n+0.0"));
      QVERIFY(clickWrite(*dialog));
      QVERIFY(QFileInfo(line(*dialog, "file")->text()).isDir());
    }
  }

  void theActivePaneAloneIsWritten() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    auto* dialog = opened(window);
    choose(*dialog, "content", "The active pane");
    choose(*dialog, "format", "PNG picture");
    line(*dialog, "file")->setText(folder_.filePath("alone"));  // gets its ending
    QVERIFY(clickWrite(*dialog));
    const auto receipt = receiptOf(folder_.filePath("alone.png").toStdString());
    QVERIFY(receipt);
    const auto layout = std::ranges::find(receipt->options, "--layout");
    QVERIFY(layout != receipt->options.end());
    QCOMPARE(int(DeskState::fromJson(Json::parse(*(layout + 1), {}, "")).layout.count()), 1);
    choose(*dialog, "content", "All panes");
  }

  void aNameThatDoesNotFitTheFormatIsRefused() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    auto* dialog = opened(window);
    choose(*dialog, "format", "CSV, series");
    line(*dialog, "file")->setText(folder_.filePath("series.mp4"));
    QVERIFY(!clickWrite(*dialog));
    QVERIFY(!QFile::exists(folder_.filePath("series.mp4")));
  }

  void anOpenDialogFollowsTheDesk() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    auto* dialog = opened(window);
    choose(*dialog, "format", "Report, PDF");
    ExportSubject before = observed();  // as it is before scenarios are there
    dialog->open(before);
    line(*dialog, "file")->setText(folder_.filePath("typed.pdf"));
    QVERIFY(!dialog->findChild<QPushButton*>("write")->isEnabled());
    window.actions().find("on")->trigger();  // any change of what is shown
    QTRY_VERIFY_WITH_TIMEOUT(dialog->findChild<QPushButton*>("write")->isEnabled(), 20'000);
    QCOMPARE(line(*dialog, "file")->text(), folder_.filePath("typed.pdf"));
  }

  void theEqualCommandIsOneThatWritesTheFile() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    auto* dialog = opened(window);
    const auto command = [&] { return dialog->findChild<QPlainTextEdit*>("command")->toPlainText(); };
    choose(*dialog, "format", "NetCDF, all values");
    line(*dialog, "file")->setText(folder_.filePath("mine.nc"));
    QVERIFY2(command().endsWith("--out mine.nc") && !command().contains("forecast"),
             qPrintable(command()));
    choose(*dialog, "format", "NetCDF, maps of a product");
    choose(*dialog, "values", "Chance to reach");
    dialog->findChild<QSpinBox*>("threshold")->setValue(181);
    line(*dialog, "file")->setText(folder_.filePath("chance.nc"));
    QVERIFY2(command().contains(".nc --product exceedance --threshold 181 --out chance.nc"),
             qPrintable(command()));
    QVERIFY(clickWrite(*dialog));
    const auto receipt = receiptOf(folder_.filePath("chance.nc").toStdString());
    QVERIFY(receipt && std::ranges::count(receipt->options, "exceedance") == 1);
    choose(*dialog, "values", "Every map");
  }

  void whatIsTypedWhilePanesAreCollectedIsOfTheNextExport() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    auto* dialog = opened(window);
    choose(*dialog, "format", "GIF");
    const QString first = folder_.filePath("asked for.gif"), second = folder_.filePath("not asked.gif");
    line(*dialog, "file")->setText(first);
    QSignalSpy done(&dialog->job(), &ExportJob::done);
    QTest::mouseClick(dialog->findChild<QPushButton*>("write"), Qt::LeftButton);
    line(*dialog, "file")->setText(second);
    QTRY_COMPARE_WITH_TIMEOUT(done.count(), 1, 300'000);
    QVERIFY(QFile::exists(first) && !QFile::exists(second));
  }

  void anExportWhoseDialogIsClosedIsToldInTheWindow() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    auto* dialog = opened(window);
    choose(*dialog, "format", "GIF");
    line(*dialog, "file")->setText(folder_.filePath("aside.gif"));
    QSignalSpy said(dialog, &ExportDialog::said);
    QTest::mouseClick(dialog->findChild<QPushButton*>("write"), Qt::LeftButton);
    dialog->reject();  // as Escape does
    QVERIFY(!dialog->isVisible());
    QTRY_COMPARE_WITH_TIMEOUT(said.count(), 2, 300'000);  // that it goes on, and its end
    QVERIFY2(said[1][0].toString().contains("aside.gif"), qPrintable(said[1][0].toString()));
  }

  void choicesOutliveTheProgram() {
    FakeEngine engine;
    {
      MainWindow window(engine.functions());
      openDemo(window);
      auto* dialog = opened(window);
      choose(*dialog, "format", "GIF");
      dialog->findChild<QComboBox*>("size")->setEditText("800 × 600");
      line(*dialog, "note")->setText("kept");
      line(*dialog, "file")->setText(folder_.filePath("kept.gif"));
      QVERIFY(clickWrite(*dialog));
    }
    MainWindow window(engine.functions());
    openDemo(window);
    auto* dialog = opened(window);
    QVERIFY(dialog->findChild<QComboBox*>("format")->currentText().contains("GIF"));
    QCOMPARE(dialog->findChild<QComboBox*>("size")->currentText(), QString("800 × 600"));
    QCOMPARE(line(*dialog, "note")->text(), QString("kept"));
    QCOMPARE(QFileInfo(line(*dialog, "file")->text()).absolutePath(), folder_.path());
  }

  void theLastExportIsMadeAgainByItsKey() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    auto* dialog = window.findChild<ExportDialog*>();
    QSignalSpy done(&dialog->job(), &ExportJob::done), failed(&dialog->job(), &ExportJob::failed);
    QTest::keyClick(&window, Qt::Key_E, Qt::ControlModifier | Qt::AltModifier);
    QTRY_VERIFY_WITH_TIMEOUT(done.count() + failed.count() == 1, 300'000);
    QVERIFY2(failed.isEmpty(), qPrintable(failed.value(0).value(0).toString()));
    QCOMPARE(QFileInfo(done[0][0].toString()).absolutePath(), folder_.path());
    QVERIFY(countAnimationFrames(done[0][0].toString().toStdString()) > 6);
  }

  void valuesAndPictureAreCopiedByTheirKeys() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QTest::keyClick(&window, Qt::Key_V, Qt::ControlModifier | Qt::AltModifier);
    QStringList rows = QApplication::clipboard()->text().split('\n', Qt::SkipEmptyParts);
    const QString head = rows.takeFirst();
    QVERIFY2(head.contains("\t2019-07-01T") && head.contains("0-254"), qPrintable(head));
    QVERIFY2(head.contains("\tobserved, synthetic\tObserved"), qPrintable(head));  // the active pane
    const RadarGrid& grid = *window.picture(0).grid;
    QCOMPARE(int(rows.size()), grid.height());
    QCOMPARE(int(rows[0].split('\t').size()), grid.width());
    QCOMPARE(rows[64].split('\t')[64].toFloat(), grid.at(64, 64));
    QTest::keyClick(&window, Qt::Key_C, Qt::ControlModifier);
    const QMimeData* data = QApplication::clipboard()->mimeData();
    QVERIFY(data->hasImage());
    QCOMPARE(qvariant_cast<QImage>(data->imageData()).size(), wall(window)->size());
    QCOMPARE(data->urls().size(), 1);
    const auto receipt = receiptOf(data->urls()[0].toLocalFile().toStdString());
    QVERIFY(receipt && receipt->inputs.size() == 1);
    QCOMPARE(receipt->inputs[0].sha256.size(), std::size_t(64));
  }

  void thePictureIsDraggedOutOfTheWindow() {
    FakeEngine engine;
    MainWindow window(engine.functions());
    openDemo(window);
    QToolButton* handle = nullptr;
    for (auto* button : window.findChildren<QToolButton*>())
      if (button->property("rail").toBool() && button->text() == "Picture") handle = button;
    QVERIFY(handle);
    QImage dragged;
    QString file;
    QTimer look;  // the drag has its own event loop
    connect(&look, &QTimer::timeout, this, [&] {
      const auto* drag = window.findChild<QDrag*>();
      if (!drag) return;
      dragged = qvariant_cast<QImage>(drag->mimeData()->imageData());
      file = drag->mimeData()->urls().value(0).toLocalFile();
      look.stop();
      QDrag::cancel();
    });
    look.start(50);
    const QPoint middle = handle->rect().center();
    QTest::mousePress(handle, Qt::LeftButton, {}, middle);
    QTest::mouseMove(handle, middle + QPoint(3, 0));
    QVERIFY(dragged.isNull());  // a trembling hand drags nothing
    QTest::mouseMove(handle, middle + QPoint(60, 40));
    QTRY_VERIFY_WITH_TIMEOUT(!dragged.isNull(), 20'000);
    QCOMPARE(dragged.size(), wall(window)->size());
    QVERIFY(file.endsWith(".png") && receiptOf(file.toStdString()));
    QCOMPARE(QImage(file).size(), dragged.size());
  }

  void whatTheCommandLineWritesIsWrittenByIt() {
    ExportJob job;
    QSignalSpy done(&job, &ExportJob::done), failed(&job, &ExportJob::failed);
    const QString file = folder_.filePath("a storm's series.csv");
    job.start(observed(), {.file = file, .command = {"export"}});
    QTRY_VERIFY_WITH_TIMEOUT(done.count() + failed.count() == 1, 300'000);
    QVERIFY2(failed.isEmpty(), qPrintable(failed.value(0).value(0).toString()));
    QVERIFY(QFile::exists(file));
    job.start(observed(), {.file = file + "/series.csv", .command = {"export"}});  // no folder
    QTRY_VERIFY_WITH_TIMEOUT(failed.count() == 1, 300'000);
    QVERIFY2(failed[0][0].toString().contains("folder"), qPrintable(failed[0][0].toString()));
  }

  void scenariosOfSeveralNAreOneResultByRisingN() {
    const auto one = [](double n, int members) {
      auto forecast = std::make_shared<ScenarioForecast>();
      forecast->request.nSigma = {n};
      for (int m = 0; m < members; ++m)
        forecast->members.push_back({n, m, *observed().observed, {}, {}});
      return std::shared_ptr<const ScenarioForecast>(forecast);
    };
    const auto together = scenariosTogether({one(2.0, 4), nullptr, one(-2.0, 3), one(2.0, 4)});
    QCOMPARE(together->request.nSigma, (std::vector<double>{-2.0, 2.0}));
    QCOMPARE(together->request.members, 3);
    QCOMPARE(together->members.size(), std::size_t(6));
    QCOMPARE(together->members[3].nSigma, 2.0);
    QVERIFY(!scenariosTogether({nullptr}));
  }
};

int main(int argc, char** argv) {
  MapWall::setDefaultFormat();
  QTemporaryDir settings;  // folders remembered by whoever runs the test stay out
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
  QApplication app(argc, argv);
  QApplication::setOrganizationName("StormloomTest");
  applyTheme(app, Theme::Choice::Dark);
  TestWindowExport test;
  return QTest::qExec(&test, argc, argv);
}
#include "tst_window_export.moc"
