#include <QApplication>
#include <QImage>
#include <QLineEdit>
#include <QPushButton>
#include <QClipboard>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>

#include "app/gui/actions.h"
#include "app/gui/export_dialog.h"
#include "app/gui/export_job.h"
#include "app/gui/theme.h"
#include "core/animation_file.h"
#include "core/receipt_in_file.h"
#include "core/synthetic_event.h"
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

private Q_SLOTS:
  void anAnimationIsWrittenInTheBackgroundAndSaysHowItWasMade() {
    const QString file = folder_.filePath("storm.gif");
    ExportJob job;
    QSignalSpy done(&job, &ExportJob::done), failed(&job, &ExportJob::failed);
    job.start(observed(), {.file = file, .width = 640, .height = 480, .between = 1});
    QTRY_VERIFY_WITH_TIMEOUT(done.count() + failed.count() == 1, 60'000);
    QVERIFY2(failed.isEmpty(), qPrintable(failed.value(0).value(0).toString()));
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
    job.start(observed(), {.file = folder_.filePath("never.mp4"), .width = 1920, .height = 1080});
    QTRY_VERIFY_WITH_TIMEOUT(moved.count() > 0, 60'000);
    job.cancel();
    QTRY_COMPARE_WITH_TIMEOUT(cancelled.count(), 1, 60'000);
    QCOMPARE(QDir(folder_.path()).entryList({"*never*"}, QDir::AllEntries | QDir::Hidden),
             QStringList());
  }

  void aFolderThatIsLostEndsInASentence() {
    ExportJob job;
    QSignalSpy failed(&job, &ExportJob::failed);
    job.start(observed(), {.file = folder_.filePath("lost/storm.mp4")});
    QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, 60'000);
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
    const QString file = qEnvironmentVariable("STORMLOOM_PICTURES", folder_.path()) + "/panes.png";
    QPushButton* write = nullptr;
    for (auto* button : dialog->findChildren<QPushButton*>())
      if (button->isDefault()) write = button;
    for (auto* line : dialog->findChildren<QLineEdit*>())
      if (line->text().endsWith(".mp4")) line->setText(file);
    QSignalSpy done(&dialog->job(), &ExportJob::done), failed(&dialog->job(), &ExportJob::failed);
    QTest::mouseClick(write, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(done.count() + failed.count() == 1, 60'000);
    QVERIFY2(failed.isEmpty(), qPrintable(failed.value(0).value(0).toString()));
    QCOMPARE(QImage(file).size(), QSize(1600, 900));
    const auto receipt = receiptOf(file.toStdString());
    QVERIFY(receipt);
    QCOMPARE(receipt->command, std::string("window"));
    QVERIFY(receipt->options[1].find("Probability") != std::string::npos ||
            receipt->options[1].find("probability") != std::string::npos);
  }

  void whatTheCommandLineWritesIsWrittenByIt() {
    ExportJob job;
    QSignalSpy done(&job, &ExportJob::done), failed(&job, &ExportJob::failed);
    const QString file = folder_.filePath("a storm's series.csv");
    job.start(observed(), {.file = file, .command = {"export"}});
    QTRY_VERIFY_WITH_TIMEOUT(done.count() + failed.count() == 1, 60'000);
    QVERIFY2(failed.isEmpty(), qPrintable(failed.value(0).value(0).toString()));
    QVERIFY(QFile::exists(file));
    job.start(observed(), {.file = file + "/series.csv", .command = {"export"}});  // no folder
    QTRY_VERIFY_WITH_TIMEOUT(failed.count() == 1, 60'000);
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
