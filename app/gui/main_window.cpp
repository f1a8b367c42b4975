#include "app/gui/main_window.h"

#include <QComboBox>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QKeyEvent>
#include <QLabel>
#include <QListWidget>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>

#include <algorithm>

#include "app/gui/file_loader.h"
#include "app/gui/overlays.h"
#include "app/gui/palette.h"
#include "app/gui/scenario_controller.h"
#include "app/gui/scenario_panel.h"

namespace stormloom {
namespace {

QString eventName(const FrameSequence& sequence) {
  const std::string& text = sequence.event.empty() || sequence.synthetic ? sequence.product : sequence.event;
  QString name = QString::fromStdString(text);
  if (name.isEmpty()) name = QString::fromUtf8(quantityName(sequence.quantity).data());
  return name;
}

QString colored(const QColor& color, const QString& text) {
  return QString("<span style='color:%1'>%2</span>").arg(color.name(), text);
}

}  // namespace

MainWindow::MainWindow(ForecastFunctions functions, QWidget* parent)
    : QMainWindow(parent), loader_(new FileLoader(this)), source_(new ForecastSource(std::move(functions), this)) {
  controller_ = new ScenarioController(
      [source = source_](const ScenarioRequest& request, std::stop_token stop) { return source->answer(request, stop); }, this);
  setWindowTitle(tr("Stormloom"));
  setAcceptDrops(true);
  setMinimumSize(1100, 700);
  buildLayout();
  wireFiles();
  wireForecasts();
  connect(&playing_, &QTimer::timeout, this, [this] { step(1); });
  for (QWidget* widget : findChildren<QWidget*>()) widget->installEventFilter(this);
}

// The worker calls into source_: it must be gone first, whatever the order of children is.
MainWindow::~MainWindow() { delete controller_; }

void MainWindow::wireFiles() {
  connect(loader_, &FileLoader::progress, this, [this](int done, int total) {
    loading_->setRange(0, total);
    loading_->setValue(done);
  });
  connect(loader_, &FileLoader::loaded, this, &MainWindow::takeFiles);
  connect(loader_, &FileLoader::failed, this, [this](const QString& sentence) {
    loading_->hide();
    cancelLoading_->hide();
    banner_->say(sentence);
  });
  connect(loader_, &FileLoader::contextReady, this, &MainWindow::takeContext);
  connect(loader_, &FileLoader::noContext, this, [this](const QString& sentence) {
    banner_->say(tr("No forecast can start here: %1").arg(sentence));
  });
}

void MainWindow::wireForecasts() {
  connect(panel_, &ScenarioPanel::anticipatedIntensityChanged, controller_, &ScenarioController::setIntensity);
  connect(panel_, &ScenarioPanel::seedChanged, controller_, &ScenarioController::setSeed);
  connect(panel_, &ScenarioPanel::stopAsked, controller_, &ScenarioController::cancel);
  connect(controller_, &ScenarioController::forecastReady, this, &MainWindow::takeScenario);
  connect(controller_, &ScenarioController::failed, this, [this](const QString& sentence) { explain("scenario", sentence); });
  connect(controller_, &ScenarioController::busyChanged, this, [this](bool busy) {
    panel_->setBusy(busy);
    for (MapPane* pane : panes_) pane->setBusy(busy);
  });
  connect(source_, &ForecastSource::deterministicReady, this,
          [this](const QString& hash, const QString& model, std::shared_ptr<const DeterministicForecast> forecast) {
            if (!desk_.context || hash.toStdString() != desk_.context->hash) return;
            desk_.deterministic[model.toStdString()] = std::move(forecast);
            rebuildTimes();
          });
  connect(source_, &ForecastSource::deterministicFailed, this,
          [this](const QString& hash, const QString& model, const QString& sentence) {
            if (desk_.context && hash.toStdString() == desk_.context->hash) explain(model, sentence);
          });
}

void MainWindow::openPaths(const QStringList& paths) {
  loading_->setRange(0, 0);
  loading_->show();
  cancelLoading_->show();
  loader_->load(paths);
}

void MainWindow::openSyntheticEvent() { loader_->loadSyntheticEvent(); }

void MainWindow::openDialog() {
  const QStringList paths = QFileDialog::getOpenFileNames(this, tr("Open radar files"));
  if (!paths.isEmpty()) openPaths(paths);
}

void MainWindow::takeFiles(std::shared_ptr<const RadarFiles> files) {
  loading_->hide();
  cancelLoading_->hide();
  if (files->sequences.empty()) return;
  banner_->hide();
  if (!files->passedOver.empty())
    banner_->say(tr("%n file(s) passed over. %1", nullptr, int(files->passedOver.size()))
                     .arg(QString::fromStdString(files->passedOver.front())));
  files_ = std::move(files);
  {
    const QSignalBlocker quiet(events_);
    events_->clear();
    for (const FrameSequence& sequence : files_->sequences) {
      const QString from = sequence.frames.empty() ? QString() : QString::fromStdString(isoText(sequence.frames.front().validTime).substr(0, 16)).replace('T', ' ');
      events_->addItem(tr("%1\n%2 UTC, %n frame(s)", nullptr, int(sequence.frames.size())).arg(eventName(sequence), from));
    }
    events_->setCurrentRow(0);
  }
  events_->setVisible(files_->sequences.size() > 1);
  chooseSequence(0);
}

void MainWindow::chooseSequence(int row) {
  if (!files_ || row < 0 || row >= int(files_->sequences.size())) return;
  controller_->cancel();
  controller_->setContext(nullptr);
  desk_ = {};
  desk_.observed = std::shared_ptr<const FrameSequence>(files_, &files_->sequences[std::size_t(row)]);
  panel_->setContext(nullptr);
  if (desk_.observed->frames.empty()) return;
  desk_.time = desk_.observed->frames.back().validTime;
  // The built-in event knows its future: start in its middle, so that forecasts can be compared with it.
  std::optional<ValidTime> runTime;
  if (desk_.observed->synthetic && desk_.observed->frames.size() > 6) runTime = desk_.observed->frames[6].validTime;
  rebuildTimes();
  startForecastAt(runTime);
}

void MainWindow::startForecastAt(std::optional<ValidTime> runTime) {
  if (desk_.observed) loader_->cut(desk_.observed, runTime);
}

void MainWindow::takeContext(std::shared_ptr<const ModelContext> context) {
  desk_.context = std::move(context);
  desk_.scenario.reset();
  desk_.deterministic.clear();
  desk_.failures.clear();
  desk_.time = desk_.context->runTime;
  panel_->setContext(desk_.context);
  controller_->setContext(desk_.context);
  if (!desk_.context->note.empty()) banner_->say(QString::fromStdString(desk_.context->note));
  rebuildTimes();
}

void MainWindow::takeScenario(std::shared_ptr<const ScenarioForecast> forecast) {
  const bool first = !desk_.scenario;
  desk_.scenario = std::move(forecast);
  desk_.failures.erase("scenario");
  panel_->setForecast(desk_.scenario);
  rebuildTimes();
  if (first && desk_.time == desk_.context->runTime) step(2);  // the forecast is what one came for
}

void MainWindow::explain(const QString& model, const QString& sentence) {
  desk_.failures[model.toStdString()] = sentence;
  banner_->say(model == "scenario" ? tr("No scenario: %1").arg(sentence) : tr("No %1 forecast: %2").arg(model, sentence));
  showDesk();
}

void MainWindow::rebuildTimes() {
  std::vector<TimeCell> cells;
  std::vector<ValidTime> leads;
  const ValidTime now = desk_.context ? desk_.context->runTime : desk_.observed->frames.back().validTime;
  if (desk_.context) {
    for (int i = 1; i <= desk_.context->grid.targetFrames; ++i)
      leads.push_back(now + seconds(std::lround(60.0 * desk_.context->grid.stepMinutes * i)));
    if (desk_.scenario && !desk_.scenario->members.empty()) {
      leads.clear();
      for (const Frame& frame : desk_.scenario->members.front().frames.frames) leads.push_back(frame.validTime);
    }
  }
  for (const Frame& frame : desk_.observed->frames) {
    const bool covered = !leads.empty() && frame.validTime > now && frame.validTime <= leads.back() + seconds(60);
    if (!covered) cells.push_back({frame.validTime, false, desk_.observed->synthetic, frame.standsStill});
  }
  for (const ValidTime time : leads) cells.push_back({time, true, false, false});
  std::sort(cells.begin(), cells.end(), [](const TimeCell& a, const TimeCell& b) { return a.time < b.time; });
  times_->setCells(std::move(cells), now);
  const auto& shown = times_->cells();
  const auto nearest = std::min_element(shown.begin(), shown.end(), [this](const TimeCell& a, const TimeCell& b) {
    return std::chrono::abs(a.time - desk_.time) < std::chrono::abs(b.time - desk_.time);
  });
  seek(int(nearest - shown.begin()));
}

void MainWindow::seek(int index) {
  if (times_->cells().empty()) return;
  index = std::clamp(index, 0, int(times_->cells().size()) - 1);
  times_->setCurrent(index);
  desk_.time = times_->cells()[std::size_t(index)].time;
  showDesk();
}

void MainWindow::step(int by) {
  const int count = int(times_->cells().size());
  if (count == 0) return;
  int next = times_->current() + by;
  if (playing_.isActive() && next >= count) {
    if (!loopButton_->isChecked()) return play(false);
    next = 0;
  }
  seek(next);
}

void MainWindow::play(bool on) {
  playButton_->setChecked(on);
  playButton_->setText(on ? tr("Pause") : tr("Play"));
  if (on) playing_.start(1000 / std::max(1, speed_->currentData().toInt()));
  else playing_.stop();
}

void MainWindow::showDesk() {
  for (MapPane* pane : panes_) pane->present(desk_);
  int lead = -1;
  if (desk_.context && desk_.time > desk_.context->runTime) {
    for (const TimeCell& cell : times_->cells())
      if (cell.forecast && cell.time <= desk_.time) ++lead;
  }
  panel_->setLead(lead);
  showFacts();
}

void MainWindow::showFacts() {
  const FrameSequence& observed = *desk_.observed;
  QString facts = QString("<b>%1</b>").arg(eventName(observed).toHtmlEscaped());
  facts += colored(palette::kQuiet, QString("&nbsp;&nbsp;%1, every %2 min")
                                       .arg(QString::fromUtf8(unitText(observed.quantity).data()))
                                       .arg(stepMinutes(observed), 0, 'g', 3));
  if (observed.synthetic) facts += colored(palette::kSynthetic, tr("&nbsp;&nbsp;synthetic"));
  eventText_->setText(facts);
  runText_->setText(desk_.context ? tr("run %1 UTC").arg(QString::fromStdString(clockText(desk_.context->runTime))) : QString());
  validText_->setText(QString::fromStdString(clockText(desk_.time)) + " UTC");
  const bool forecast = desk_.context && desk_.time > desk_.context->runTime;
  const auto lead = desk_.context ? std::chrono::duration_cast<minutes>(desk_.time - desk_.context->runTime).count() : 0;
  kindText_->setText(forecast ? colored(palette::kForecast, tr("forecast %1 min").arg(signedText(double(lead), 0)))
                     : observed.synthetic ? colored(palette::kSynthetic, tr("observed (synthetic)"))
                                          : colored(palette::kObserved, tr("observed")));
  fromHere_->setEnabled(!forecast);
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
  if (!handleKey(event->key(), event->text())) QMainWindow::keyPressEvent(event);
}

// Keys mean the same wherever the focus is, but in a list or a number somebody types.
bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() != QEvent::KeyPress) return false;
  if (watched->inherits("QSpinBox") || watched->inherits("QLineEdit") || watched->inherits("QAbstractItemView")) return false;
  auto* key = static_cast<QKeyEvent*>(event);
  return handleKey(key->key(), key->text());
}

bool MainWindow::handleKey(int key, const QString& text) {
  const auto nudge = [this](double by) { panel_->setIntensity(std::clamp(panel_->intensity() + by, -4.0, 4.0)); };
  if (text == "[") return nudge(-0.1), true;
  if (text == "]") return nudge(0.1), true;
  if (text == "?") return keys_->toggle(), true;
  switch (key) {
    case Qt::Key_Space: return play(!playing_.isActive()), true;
    case Qt::Key_Left: return step(-1), true;
    case Qt::Key_Right: return step(1), true;
    case Qt::Key_Home: return seek(0), true;
    case Qt::Key_End: return seek(int(times_->cells().size()) - 1), true;
    case Qt::Key_0: return panel_->setIntensity(0.0), true;
    case Qt::Key_F: return fromHere_->click(), true;
    case Qt::Key_L: return loopButton_->toggle(), true;
    case Qt::Key_R:
      for (MapPane* pane : panes_) pane->scene()->resetView();
      return true;
    case Qt::Key_Escape:
      if (keys_->isVisible()) keys_->hide();
      else {
        controller_->cancel();
        loader_->cancel();
        loading_->hide();
        cancelLoading_->hide();
      }
      return true;
    default: return false;
  }
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  QStringList paths;
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile()) paths << url.toLocalFile();
  if (!paths.isEmpty()) openPaths(paths);
}

}  // namespace stormloom
