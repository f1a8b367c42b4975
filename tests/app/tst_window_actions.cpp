#include <QApplication>
#include <QFile>
#include <QLineEdit>
#include <QMainWindow>
#include <QPointer>
#include <QProcess>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTemporaryDir>
#include <fstream>
#include <random>

#include "app/gui/actions.h"
#include "app/gui/command_chart.h"
#include "app/gui/export_dialog.h"
#include "app/gui/theme.h"
#include "core/desk_journal.h"
#include "core/scenario_file.h"
#include "core/synthetic_event.h"
#include "fake_engine.h"

using namespace stormloom;

namespace {

/// Memory the program holds now, in MB.
double residentMegabytes() {
  std::ifstream pages("/proc/self/statm");
  double all = 0, resident = 0;
  pages >> all >> resident;
  return resident * 4096 / 1e6;
}

/// Somebody who does anything, in any order: opens, drags, bends, undoes, lays out, exports,
/// cancels and closes. The same seed does the same again.
class Somebody {
public:
  Somebody(FakeEngine& engine, const QString& folder, unsigned seed)
      : engine_(engine), folder_(folder), chance_(seed) {
    // Whatever asks a question gets no answer.
    QObject::connect(&closing_, &QTimer::timeout, [] {
      if (QWidget* menu = QApplication::activePopupWidget()) menu->close();
      if (QWidget* asking = QApplication::activeModalWidget()) asking->close();
    });
    closing_.start(50);
    const FrameSequence event = syntheticEvent();
    SyntheticEventOptions other;
    other.seed = 5;
    writeSequenceFile(file("one.nc").toStdString(), event, {});
    writeSequenceFile(file("two.nc").toStdString(), syntheticEvent(other), {});
    QFile bad(file("bad.nc"));
    if (bad.open(QIODevice::WriteOnly)) bad.write("this is no radar file");
    open();
  }

  /// What was done last, for whoever looks for the reason.
  QString lately() const { return lately_.join(", "); }

  void act() {
    const int what = upTo(15);
    lately_ << QString::number(what);
    if (lately_.size() > 12) lately_.removeFirst();
    switch (what) {
      case 0:
      case 1:
        return dragDial();
      case 2:
        return bend();
      case 3:
      case 4:
        return dragOnMaps();
      case 5:
        return trigger(upTo(2) ? "undo" : "redo");
      case 6:
        return trigger(QString("preset%1").arg(upTo(7)));
      case 7:
        if (upTo(8) == 0) openSomething();
        return;
      case 8:
        if (upTo(6) == 0) exportSomething();
        return;
      case 9:
        if (upTo(40) == 0) closeAndStartAgain();
        return;
      case 10:
        return trigger("stop");
      case 11:
        return inAnotherWindow();
      default:
        return anyAction();
    }
  }

  /// Empty while every picture is what its caption says it is.
  QString stalePicture() {
    const Desk& desk = window_->desk();
    if (!desk.observed || !desk.context || !desk.isForecastTime()) return {};
    const auto panes = desk.state.layout.panes();
    for (std::size_t i = 0; i < panes.size() && int(i) < wall(*window_)->count(); ++i)
      if (const QString wrong = wrongIn(panes[i], window_->picture(int(i))); !wrong.isEmpty())
        return QString("pane %1: %2").arg(i).arg(wrong);
    return {};
  }

  MainWindow& window() { return *window_; }
  int upTo(int end) { return int(chance_() % unsigned(end)); }

private:
  QString file(const char* name) const { return folder_ + "/" + name; }

  void open() {
    window_ = std::make_unique<MainWindow>(engine_.functions(), WindowOptions{folder_ + "/kept"});
    window_->resize(1400, 900);
    window_->show();
    if (!window_->restoreAfterCrash()) window_->openSyntheticEvent();
  }

  void trigger(const QString& id) {
    lately_.back() += " " + id;
    window_->actions().find(id)->trigger();
  }

  void dragDial() {
    QSlider* dial = slider(*window_);
    dial->setSliderDown(true);
    for (int i = 0; i < 3; ++i) dial->setValue(upTo(81) - 40);
    dial->setSliderDown(false);
  }

  void bend() {
    auto* chart = window_->findChild<CommandChart*>("intensityChart");
    if (chart->content().handles.empty()) return;
    const QPoint at = chart->handlePosition(upTo(int(chart->content().handles.size()))).toPoint();
    QTest::mousePress(chart, Qt::LeftButton, {}, at);
    QTest::mouseMove(chart, at + QPoint(0, upTo(61) - 30));
    QTest::mouseRelease(chart, Qt::LeftButton, {}, at);
    if (upTo(4) == 0) QTest::mouseDClick(chart, Qt::LeftButton, {}, at);
  }

  void dragOnMaps() {
    MapWall* maps = wall(*window_);
    const QPoint at(upTo(maps->width()), upTo(maps->height()));
    QTest::mousePress(maps, Qt::LeftButton, upTo(5) ? Qt::NoModifier : Qt::ShiftModifier, at);
    for (int move = 0; move < 4; ++move)
      QTest::mouseMove(maps, at + QPoint(upTo(90) - 45, upTo(90) - 45));
    QTest::mouseRelease(maps, Qt::LeftButton, {}, at + QPoint(upTo(30), 3));
  }

  void openSomething() {
    switch (upTo(5)) {
      case 0:
        return window_->openSyntheticEvent();
      case 1:
        return window_->openPaths({file("bad.nc")});
      case 2: {
        DeskState state = window_->desk().state;
        writeSessionFile(file("kept.stormloom").toStdString(), state);
        return window_->openPaths({file("kept.stormloom")});
      }
      default:
        return window_->openPaths({file(upTo(2) ? "one.nc" : "two.nc")});
    }
  }

  void exportSomething() {
    trigger("export");
    auto* dialog = window_->findChild<ExportDialog*>();
    if (!dialog->job().isRunning()) {
      const QString ending = upTo(2) ? ".png" : ".gif";
      dialog->findChild<QLineEdit*>()->setText(folder_ +
                                               QString("/export%1%2").arg(++exports_).arg(ending));
      for (auto* button : dialog->findChildren<QPushButton*>())
        if (button->isDefault()) button->click();
    }
    if (upTo(2)) dialog->job().cancel();
    dialog->hide();
  }

  void closeAndStartAgain() {
    window_->close();
    window_.reset();
    open();
  }

  void anyAction() {
    static const QStringList dialogs{"open", "openFolder", "saveSession", "fullScreen", "palette",
                                     "keys", "layouts",    "paneMenu",    "saveLayout", "scale",
                                     "note", "watch",      "export",      "exportAgain"};
    const auto& all = window_->actions().all();
    QAction* action = all[std::size_t(upTo(int(all.size())))];
    if (!dialogs.contains(action->objectName())) trigger(action->objectName());
  }

  /// Attention, diffusion, patterns and lessons: opened, clicked, turned, resized and closed.
  void inAnotherWindow() {
    std::vector<QMainWindow*> open;
    for (QMainWindow* other : window_->findChildren<QMainWindow*>())
      if (other->isVisible()) open.push_back(other);
    if (open.empty() || upTo(4) == 0) {
      static const char* const ids[] = {"attention", "diffusion", "patterns", "lessons"};
      return trigger(ids[upTo(4)]);
    }
    QMainWindow* other = open[std::size_t(upTo(int(open.size())))];
    lately_.back() += QString(" in ") + other->metaObject()->className();
    switch (upTo(5)) {
      case 0:
        other->close();
        return;
      case 1:
        static const Qt::Key keys[] = {Qt::Key_Right, Qt::Key_Left, Qt::Key_Space,
                                       Qt::Key_A,     Qt::Key_F,    Qt::Key_2};
        return QTest::keyClick(other, keys[upTo(6)]);
      case 2:
        return other->resize(500 + upTo(900), 400 + upTo(500));
      default:
        return clickSomewhere(other);
    }
  }

  void clickSomewhere(QWidget* window) {
    std::vector<QWidget*> there;
    for (QWidget* child : window->findChildren<QWidget*>())
      if (child->isVisible() && child->isEnabled() && child->width() > 8 && child->height() > 8)
        there.push_back(child);
    if (there.empty()) return;
    const QPointer<QWidget> on = there[std::size_t(upTo(int(there.size())))];
    const QPoint at(upTo(on->width()), upTo(on->height()));
    const QPoint to = at + QPoint(upTo(60) - 30, upTo(60) - 30);
    QTest::mousePress(on, Qt::LeftButton, {}, at);  // may close what was clicked
    if (on) QTest::mouseMove(on, to);
    if (on) QTest::mouseRelease(on, Qt::LeftButton, {}, at);
  }

  QString wrongIn(const PaneSpec& pane, const PanePicture& picture) {
    const Desk& desk = window_->desk();
    const PaneContent& content = pane.content;
    const bool exact = picture.grid && picture.caption.kind == PictureCaption::Kind::Forecast &&
                       !picture.caption.dimmed;
    if (!exact || pane.minus || pane.frame || content.source != PaneSource::Scenario ||
        content.product != PaneProduct::Member)
      return {};
    const std::size_t lead = std::size_t(desk.leadMinutes() / 10) - 1;
    const std::vector<double> bent = content.nSigma ? std::vector<double>() : desk.dialCommand();
    const double n = bent.empty() ? content.nSigma.value_or(desk.state.nSigma) : bent.at(lead);
    const float last = desk.context->frames.frames.back().grid->at(64, 64);
    const float due =
        std::max(0.f, last + float(FakeEngine::addedBy(n, content.member, desk.state.seed)));
    const float is = picture.grid->at(64, 64);
    if (std::abs(is - due) < 0.01f) return {};
    return QString("%1 shows %2, not %3, for n = %4, seed %5")
        .arg(QString::fromStdString(picture.caption.title))
        .arg(is)
        .arg(due)
        .arg(n)
        .arg(desk.state.seed);
  }

  FakeEngine& engine_;
  QString folder_;
  std::mt19937 chance_;
  QStringList lately_;
  QTimer closing_;
  int exports_ = 0;
  std::unique_ptr<MainWindow> window_;
};

}  // namespace

/// STORMLOOM_ACTIONS=10000 STORMLOOM_SEED=7 for the long walk.
class TestWindowActions : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void anyActionsInAnyOrderLeaveTheDeskWhole() {
    QTemporaryDir folder;
    FakeEngine engine;
    engine.previewTakes = engine.fullTakes = std::chrono::milliseconds(1);
    Somebody somebody(engine, folder.path(),
                      unsigned(qEnvironmentVariableIntValue("STORMLOOM_SEED")) + 5u);
    const int actions = std::max(600, qEnvironmentVariableIntValue("STORMLOOM_ACTIONS"));  // caches fill before
    std::vector<double> memory;
    for (int i = 0; i < actions; ++i) {
      somebody.act();
      if (somebody.upTo(3) == 0) QCoreApplication::processEvents();
      MainWindow& window = somebody.window();
      QVERIFY(wall(window)->count() >= 1);
      QVERIFY2(wall(window)->layoutOfPanes() == window.desk().state.layout,
               qPrintable(somebody.lately()));
      const QString stale = somebody.stalePicture();
      QVERIFY2(
          stale.isEmpty(),
          qPrintable(QString("after %1 actions, %2; %3").arg(i).arg(stale, somebody.lately())));
      if (i % 20 == 0) {
        const QImage stands = wall(window)->grabFramebuffer();
        wall(window)->drawAllAgain();
        QVERIFY2(stands == wall(window)->grabFramebuffer(), qPrintable(somebody.lately()));
      }
      if (i % (actions / 10) != 0) continue;
      memory.push_back(residentMegabytes());
      qInfo("%d actions: %.0f MB", i, memory.back());
    }
    MainWindow& window = somebody.window();
    window.actions().find("stop")->trigger();
    const auto before = window.desk().observed;
    window.openSyntheticEvent();
    QTRY_VERIFY_WITH_TIMEOUT(window.desk().observed != before && window.desk().context, 30000);
    window.findChild<QSpinBox*>("members")->setValue(2);
    slider(window)->setValue(13);
    QTRY_VERIFY_WITH_TIMEOUT(showsFull(window, 1.3), 30000);
    QVERIFY(DeskState::fromJson(window.desk().state.toJson()) == window.desk().state);
    QVERIFY2(memory.back() < 1.25 * memory[memory.size() / 2] + 40,
             qPrintable(QString::number(memory.back())));
  }
};

int main(int argc, char** argv) {
  QTemporaryDir home, models;
  QProcess make;  // for the windows that look into the networks
  make.start(STORMLOOM_MAKE_TINY_MODELS, {models.path()});
  if (!make.waitForFinished(120'000) || make.exitCode() != 0) return 1;
  qputenv("STORMLOOM_MODELS", models.path().toUtf8());
  qputenv("HOME", home.path().toUtf8());  // pictures are saved there
  MapWall::setDefaultFormat();
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, home.path());
  QApplication app(argc, argv);
  QApplication::setOrganizationName("StormloomTest");
  applyTheme(app, Theme::Choice::Dark);
  TestWindowActions test;
  return QTest::qExec(&test, argc, argv);
}
#include "tst_window_actions.moc"
