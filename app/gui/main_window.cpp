#include "app/gui/main_window.h"

#include <QCloseEvent>
#include <QDir>
#include <QDragEnterEvent>
#include <QLockFile>
#include <QMimeData>

#include "app/gui/actions.h"
#include "app/gui/map_wall.h"
#include "app/gui/overlays.h"
#include "app/gui/scenario_controller.h"
#include "app/gui/scenario_panel.h"
#include "core/errors.h"

namespace stormloom {

namespace {

/// Files of other programs; a picture that was dragged out of this one is no radar file.
bool isFromElsewhere(const QDropEvent& event) {
  return event.mimeData()->hasUrls() && !event.source();
}

}  // namespace

MainWindow::MainWindow(ForecastFunctions functions, const WindowOptions& options, QWidget* parent)
    : QMainWindow(parent),
      actions_(new ActionTable(this)),
      places_(loadPlaceNames()),
      loader_(new FileLoader(places_, this)),
      source_(new ForecastSource(std::move(functions), this)) {
  controller_ = new ScenarioController(
      [source = source_](const ScenarioRequest& request, std::stop_token stop) {
        return source->answer(request, stop);
      },
      this);
  desk_.scenarios = controller_;
  setWindowTitle(tr("Stormloom"));
  setAcceptDrops(true);
  setMinimumSize(860, 480);  // a small laptop at 150 %
  addFileActions();
  addTimeActions();
  addDialActions();
  addLayoutActions();
  addMapActions();
  addViewActions();
  addHelpActions();
  buildLayout();
  wireFiles();
  wireDesk();
  wireForecasts();
  if (!options.journalFolder.isEmpty()) {
    try {
      QDir().mkpath(options.journalFolder);
      const QString file = options.journalFolder + "/journal.jsonl";
      journalLock_ = std::make_unique<QLockFile>(file + ".lock");
      // A second window of the program leaves the journal to the first.
      if (journalLock_->tryLock(0)) {
        found_ = DeskJournal::read(file.toStdString());
        if (found_ && found_->ended) found_.reset();
        journal_ = std::make_unique<DeskJournal>(file.toStdString());
        if (!found_) journal_->restart(desk_.state);
      }
    } catch (const IoError& error) {
      banner_->say(QString::fromUtf8(error.what()));
    }
  }
  wall_->setLayoutOfPanes(desk_.state.layout);
  showChoices();
}

// The worker calls into source_: it must be gone first, whatever the order of children is.
MainWindow::~MainWindow() {
  scoring_.waitForFinished();
  delete controller_;
}

bool MainWindow::restoreAfterCrash() {
  if (!found_ || found_->steps < 2) return false;
  DeskHistory history = found_->history;
  const int steps = found_->steps;
  found_.reset();
  history_ = history;
  wantedLook_ = history_.state().look;
  goTo(history_.state());
  banner_->tell(tr("The program did not end in order last time. Its %1 steps are back, as they "
                   "were; Ctrl+Z goes back through them.")
                    .arg(steps));
  return true;
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (isFromElsewhere(*event)) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  if (!isFromElsewhere(*event)) return;
  QStringList paths;
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile()) paths << url.toLocalFile();
  if (paths.isEmpty()) return;
  event->acceptProposedAction();
  openPaths(paths);
}

void MainWindow::changeEvent(QEvent* event) {
  QMainWindow::changeEvent(event);
  if (event->type() != QEvent::PaletteChange || !wall_) return;
  MapStyle style = Theme::of(*this).map;
  if (briefing_) style.textScale = 1.5;
  wall_->setStyle(style);
  if (desk_.observed) showDesk();
}

void MainWindow::resizeEvent(QResizeEvent* event) {
  QMainWindow::resizeEvent(event);
  arrange();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (journal_) journal_->close();
  QMainWindow::closeEvent(event);
}

}  // namespace stormloom
