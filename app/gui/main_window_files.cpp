// Files in and out: radar data, sessions, pictures, commands.
#include <QApplication>
#include <QClipboard>
#include <QDateTime>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QStandardPaths>
#include <algorithm>

#include "app/figure/desk_film.h"
#include "app/gui/export_subject.h"
#include "app/gui/labels.h"
#include "app/gui/main_window.h"
#include "app/gui/map_wall.h"
#include "app/gui/overlays.h"
#include "app/gui/readout.h"
#include "app/gui/scenario_controller.h"
#include "app/gui/sevir_browser.h"
#include "app/gui/time_bar.h"
#include "core/base_map.h"
#include "core/control_command.h"
#include "core/errors.h"
#include "core/model_box.h"
#include "core/radar_paths.h"

namespace stormloom {
namespace {

constexpr qsizetype kMostPassedOver = 200;  // of a folder that is watched for days
constexpr std::size_t kKeptFiles = 3;
constexpr std::size_t kKeptContexts = 12;
constexpr int kKeptRecent = 12;

QString eventName(const FrameSequence& sequence) {
  const std::string& text =
      sequence.event.empty() || sequence.synthetic ? sequence.product : sequence.event;
  const QString name = QString::fromStdString(text);
  return name.isEmpty() ? QString::fromUtf8(quantityName(sequence.quantity).data()) : name;
}

QString eventLine(const FrameSequence& sequence) {
  const QString from =
      sequence.frames.empty()
          ? QString()
          : QString::fromStdString(isoText(sequence.frames.front().validTime).substr(0, 16))
                .replace('T', ' ');
  return QObject::tr("%1\n%2 UTC, frames: %3")
      .arg(eventName(sequence), from)
      .arg(sequence.frames.size());
}

/// "Frames in memory: 1.2 of 6.3 GB", and what had to be averaged for that.
QString memoryText(const RadarFiles& files) {
  if (files.memoryBudget == 0) return {};
  QString text = QObject::tr("Frames in memory: %1 of %2 GB.")
                     .arg(double(files.heldBytes) / 1e9, 0, 'f', 1)
                     .arg(double(files.memoryBudget) / 1e9, 0, 'f', 1);
  int coarsest = 1;
  for (const FrameSequence& sequence : files.sequences) coarsest = std::max(coarsest, sequence.reduction);
  if (coarsest > 1)
    text += QObject::tr(" To stay within, cells are averages of %1 by %1; the models' box is read at full resolution.")
                .arg(coarsest);
  return text;
}

template <class T>
void keep(std::vector<T>& cache, const T& item, std::size_t most) {
  cache.push_back(item);
  if (cache.size() > most) cache.erase(cache.begin());
}

/// What was opened before is let go, oldest first, while it and what is on the desk (the last) hold
/// more than one budget.
void keepWithinBudget(std::vector<LoadedFiles>& cache) {
  const auto held = [&] {
    std::size_t bytes = 0;
    for (const LoadedFiles& files : cache) bytes += files.files->heldBytes;
    return bytes;
  };
  const std::size_t budget = cache.empty() ? 0 : cache.back().files->memoryBudget;
  while (budget > 0 && cache.size() > 1 && held() > budget) cache.erase(cache.begin());
}

/// Contexts keep their files in memory, and large ones a sequence of their own around the box.
void dropContexts(std::vector<LoadedContext>& contexts, const std::vector<LoadedFiles>& files) {
  const auto isHeld = [&](const LoadedContext& context) {
    return std::ranges::any_of(files, [&](const LoadedFiles& loaded) {
      const auto& sequences = loaded.files->sequences;
      return std::ranges::any_of(
          sequences, [&](const FrameSequence& s) { return &s == context.sequence.get(); });
    });
  };
  std::erase_if(contexts, [&](const LoadedContext& context) { return !isHeld(context); });
  constexpr std::ptrdiff_t kMostNear = 3;
  std::ptrdiff_t large =
      std::ranges::count_if(contexts, [](const LoadedContext& c) { return c.near != nullptr; });
  std::erase_if(contexts,
                [&](const LoadedContext& c) { return c.near != nullptr && large-- > kMostNear; });
}

/// A name that says what is in the file: event, time, n.
QString pictureName(const Desk& desk) {
  QString name = desk.observed ? eventName(*desk.observed) : QString("stormloom");
  name += "_" + QString::fromStdString(isoText(desk.time)).remove(':').remove('-') + "_n" +
          signedText(desk.state.nSigma).replace(QChar(0x2212), '-');
  return name.replace(QRegularExpression("[^A-Za-z0-9_.+-]+"), "-");
}

}  // namespace

void MainWindow::wireFiles() {
  connect(loader_, &FileLoader::progress, this, [this](int done, int total) {
    loading_->setRange(0, total);
    loading_->setValue(done);
  });
  connect(loader_, &FileLoader::loaded, this, &MainWindow::takeFiles);
  connect(loader_, &FileLoader::failed, this, [this](const QString& sentence) {
    loading_->hide();
    cancelLoading_->hide();
    pending_.reset();
    watched_.clear();
    banner_->say(sentence);
    if (!desk_.observed) eventText_->setText(tr("No radar files are open"));
    showChoices();
  });
  connect(loader_, &FileLoader::passedOver, this, [this](const QString& sentence) {
    banner_->say(sentence);
    passedOver_ << sentence;
    if (passedOver_.size() > kMostPassedOver) passedOver_.removeFirst();
    drawer_->setPassedOver(passedOver_);
  });
  connect(loader_, &FileLoader::contextReady, this, [this](const LoadedContext& loaded) {
    keep(contextCache_, loaded, kKeptContexts);
    dropContexts(contextCache_, fileCache_);
    keep(grounds_, loaded.ground, 2 * kKeptContexts);
    takeContext(loaded);
  });
  connect(loader_, &FileLoader::noContext, this, [this](const QString& sentence) {
    const QString why = tr("No forecast can start here: %1").arg(sentence);
    banner_->say(toldOfFiles_.isEmpty() ? why : why + " " + toldOfFiles_);
    if (desk_.observed) showDesk();
  });
  connect(drawer_, &Drawer::eventChosen, this, [this](int row) {
    if (!files_.files || row < 0 || row >= int(files_.files->sequences.size())) return;
    change(tr("Event: %1").arg(eventName(files_.files->sequences[std::size_t(row)])),
           [row](DeskState& state) {
             state.sequence = row;
             state.runTime.reset();
             state.time.reset();
             state.center.reset();
             state.within = {};
           });
  });
  connect(drawer_, &Drawer::recentChosen, this, [this](const QString& paths) { openPaths(paths.split('\n')); });
  drawer_->setRecent(QSettings().value("recent").toStringList());
}

void MainWindow::openPaths(const QStringList& paths) {
  if (paths.size() == 1 && isSessionFile(paths.front().toStdString()))
    return openSession(paths.front());
  if (paths.size() == 1 && SevirBrowser::isFor(paths.front())) return browseSevir(paths.front());
  pending_.reset();
  watched_.clear();
  loading_->setRange(0, 0);
  loading_->show();
  cancelLoading_->show();
  loader_->load(paths);
}

void MainWindow::watchFolder(const QString& folder) {
  pending_.reset();
  watched_ = {QFileInfo(folder).absoluteFilePath()};
  banner_->tell(tr("Watching %1: new files are taken when they are complete.").arg(folder));
  loader_->load(watched_, true);
  showChoices();
}

void MainWindow::switchWatching(bool on) {
  if (!on) {
    if (!desk_.state.watch) loader_->cancel();  // nothing has come yet
    watched_.clear();
    change(tr("Folder no longer watched"), [](DeskState& state) { state.watch = false; });
    return showChoices();
  }
  const std::vector<std::string>& open = desk_.state.paths;
  const bool folderOpen =
      open.size() == 1 && QFileInfo(QString::fromStdString(open.front())).isDir();
  const QString folder =
      folderOpen ? QString::fromStdString(open.front())
                 : QFileDialog::getExistingDirectory(this, tr("Watch a folder for new radar files"),
                                                     QSettings().value("lastFolder").toString());
  if (folder.isEmpty()) return showChoices();
  watchFolder(folder);
}

void MainWindow::openSyntheticEvent() { openPaths({}); }

void MainWindow::openDialog(bool folder) {
  QSettings settings;
  const QString start = settings.value("lastFolder").toString();
  const QStringList paths =
      folder ? QStringList{QFileDialog::getExistingDirectory(
                   this, tr("Open a folder of radar files"), start)}
             : QFileDialog::getOpenFileNames(this, tr("Open radar files or a session"), start);
  if (paths.isEmpty() || paths.front().isEmpty()) return;
  settings.setValue("lastFolder", QFileInfo(paths.front()).absolutePath());
  openPaths(paths);
}

void MainWindow::browseSevir(const QString& path) {
  const std::vector<std::string>& open = desk_.state.paths;
  QString folder = path;
  if (folder.isEmpty() && open.size() == 1 && !eventOfPath(open.front()).empty())
    folder = QString::fromStdString(withoutEvent(open.front()));
  if (folder.isEmpty())
    folder = QFileDialog::getExistingDirectory(this, tr("Folder of SEVIR, with its CATALOG.csv"),
                                               QSettings().value("lastFolder").toString());
  if (folder.isEmpty()) return;
  if (!sevir_) {
    try {
      if (baseMap_.empty()) baseMap_ = loadBaseMap();
    } catch (const IoError&) {  // said when the maps are drawn; the points do without
    }
    sevir_ = new SevirBrowser(baseMap_, this);
    connect(sevir_, &SevirBrowser::eventChosen, this, [this](const QString& event) { openPaths({event}); });
  }
  sevir_->browse(folder);
}

void MainWindow::endLoading() {
  if (watched_.isEmpty()) loader_->cancel();
  pending_.reset();
  loading_->hide();
  cancelLoading_->hide();
  if (!files_.files || files_.complete) return;
  files_.complete = true;  // what was read until now is all there is
  if (desk_.observed) cutContext();
}

/// What a file holds comes at its first frame, and again with more of it; a watched folder's for
/// days.
void MainWindow::takeFiles(const LoadedFiles& loaded) {
  if (pending_ && !loaded.complete) return;  // a session's run time may lie in what is not read yet
  loading_->setVisible(!loaded.complete);
  cancelLoading_->setVisible(!loaded.complete);
  const bool more = std::exchange(shownLoad_, loaded.load) == loaded.load && desk_.observed;
  if (!more) banner_->hide();
  takePassedOver(loaded);
  if (more)
    takeMore(loaded);
  else
    takeFirst(loaded);
  tellOtherSequences(loaded);
}

/// Events are chosen from a list anyway; other products in a folder would go unnoticed.
void MainWindow::tellOtherSequences(const LoadedFiles& loaded) {
  const auto products = std::ranges::count_if(loaded.files->sequences, [](const FrameSequence& one) {
    return isOfThePast(one) && one.event.empty();
  });
  if (!loaded.complete || loaded.watched || products < 2 || !desk_.observed) return;
  const QString here = tr("These files hold %1 sequences; %2 is shown. The others are under Events.")
                           .arg(products)
                           .arg(eventName(*desk_.observed));
  toldOfFiles_ += (toldOfFiles_.isEmpty() ? "" : " ") + here;
  banner_->say(toldOfFiles_);
}

/// Said once all is read, and until it is closed; each file's reason stays in the list of events. A
/// folder that is watched says each by itself.
void MainWindow::takePassedOver(const LoadedFiles& loaded) {
  if (loaded.watched) return;
  passedOver_.clear();
  for (const std::string& sentence : loaded.files->passedOver) passedOver_ << QString::fromStdString(sentence);
  drawer_->setPassedOver(passedOver_);
  toldOfFiles_.clear();
  if (!loaded.complete || passedOver_.isEmpty()) return;
  toldOfFiles_ = tr("Files passed over: %1. %2").arg(passedOver_.size()).arg(passedOver_.front());
  if (passedOver_.size() > 1) toldOfFiles_ += tr(" All of them are listed under Events.");
  banner_->say(toldOfFiles_);
}

void MainWindow::takeFirst(const LoadedFiles& loaded) {
  std::erase_if(fileCache_, [&](const LoadedFiles& older) { return older.paths == loaded.paths; });
  keepFiles(loaded);
  for (const auto& ground : loaded.grounds) keep(grounds_, ground, 2 * kKeptContexts);
  rememberRecent(loaded);
  if (pending_) {
    const DeskState state = *std::exchange(pending_, std::nullopt);
    files_ = {};
    return apply(state);
  }
  DeskState next = desk_.state;
  next.paths.clear();
  for (const QString& path : loaded.paths)
    next.paths.push_back(QFileInfo(path).exists() || !eventOfPath(path.toStdString()).empty() ? QFileInfo(path).absoluteFilePath().toStdString()
                                                  : path.toStdString());
  next.watch = loaded.watched;
  next.sequence = int(mainSequence(*loaded.files).value_or(0));
  next.runTime.reset();
  next.time.reset();
  next.center.reset();
  next.box.reset();
  next.nSigma = 0.0;
  next.bend.clear();
  next.within = {};
  next.region = {};
  next.notes.clear();
  // The cache knows the files by the state's own names for them.
  LoadedFiles known = loaded;
  known.paths.clear();
  for (const std::string& path : next.paths) known.paths << QString::fromStdString(path);
  std::erase_if(fileCache_, [&](const LoadedFiles& older) {
    return older.paths == known.paths || older.files == known.files;
  });
  keepFiles(known);
  files_ = {};
  const QString label = tr("Opened %1").arg(eventName(loaded.files->sequences.front()));
  if (!desk_.observed)
    history_ = DeskHistory(next);  // nothing to go back to before the first event
  else
    history_.record(label.toStdString(), next);
  keepInJournal(true);
  desk_.observed.reset();
  apply(next);
}

void MainWindow::keepFiles(const LoadedFiles& loaded) {
  keep(fileCache_, loaded, kKeptFiles);
  keepWithinBudget(fileCache_);
  dropContexts(contextCache_, fileCache_);
}

/// More of the files on the desk, or newer ones: choices stay, the newest run becomes current, and
/// the forecast of the run before stays on the screen until the new one is there.
void MainWindow::takeMore(const LoadedFiles& loaded) {
  const std::shared_ptr<const FrameSequence> before = desk_.observed;
  const auto& sequences = loaded.files->sequences;
  const auto same = std::ranges::find_if(sequences, [&](const FrameSequence& sequence) {
    return sequence.product == before->product && sequence.quantity == before->quantity &&
           sequence.event == before->event && sequence.provenance == before->provenance;
  });
  const int row = same == sequences.end() ? 0 : int(same - sequences.begin());
  LoadedFiles known = loaded;
  known.paths = files_.paths;
  std::erase_if(fileCache_, [&](const LoadedFiles& older) { return older.paths == known.paths; });
  keepFiles(known);
  for (const auto& ground : loaded.grounds) {
    std::erase(grounds_, ground);
    keep(grounds_, ground, 2 * kKeptContexts);
  }
  std::erase_if(contextCache_,
                [&](const LoadedContext& context) { return context.sequence == before; });
  files_ = known;
  desk_.state.sequence = row;
  if (loaded.watched && !desk_.state.runTime) desk_.state.time.reset();
  desk_.observed = std::shared_ptr<const FrameSequence>(files_.files, &sequences[std::size_t(row)]);
  desk_.drawn = files_.drawn.at(std::size_t(row));
  listEvents(row);
  if (!desk_.context) desk_.time = desk_.observed->frames.back().validTime;
  if (loaded.complete) cutContext();
  rebuildTimes();
}

void MainWindow::listEvents(int current) {
  QStringList names;
  for (const FrameSequence& sequence : files_.files->sequences) names << eventLine(sequence);
  drawer_->setEvents(names, current);
  drawer_->setMemory(memoryText(*files_.files));
}

void MainWindow::useSequence() {
  const auto& sequences = files_.files->sequences;
  const auto row = std::size_t(std::clamp(desk_.state.sequence, 0, int(sequences.size()) - 1));
  controller_->setContext(nullptr);
  desk_.observed = std::shared_ptr<const FrameSequence>(files_.files, &sequences[row]);
  desk_.drawn = files_.drawn.at(row);
  desk_.near.reset();
  desk_.wide = false;
  desk_.context.reset();
  desk_.truth.reset();
  desk_.deterministic.clear();
  desk_.stochastic.reset();
  desk_.failures.clear();
  listEvents(int(row));
  if (desk_.observed->frames.empty()) return;
  desk_.time = desk_.observed->frames.back().validTime;
  wall_->setHome(std::nullopt);
  if (files_.complete) cutContext();
}

ContextChoices MainWindow::contextChoices() const {
  ContextChoices choices{desk_.state.runTime, desk_.state.box, desk_.state.interpolate};
  // The built-in event knows its future: start in its middle, so that forecasts can be compared
  // with it.
  if (!choices.runTime && desk_.observed->synthetic && desk_.observed->frames.size() > 6)
    choices.runTime = desk_.observed->frames[6].validTime;
  return choices;
}

void MainWindow::cutContext() {
  const ContextChoices choices = contextChoices();
  for (const LoadedContext& known : contextCache_)
    if (known.sequence == desk_.observed && known.asked == choices) return takeContext(known);
  loader_->cut(desk_.observed, choices);
}

void MainWindow::moveBox(LonLat middle) {
  const LonLat to = snappedBoxMiddle(middle);
  change(
      tr("Box at %1").arg(placeText(to)), [to](DeskState& state) { state.box = to; }, "box");
}

void MainWindow::takeContext(const LoadedContext& loaded) {
  if (loaded.sequence != desk_.observed) return;
  desk_.context = loaded.context;
  desk_.truth = loaded.truth;
  desk_.near = loaded.near;
  takeForecastsBeside();
  desk_.failures.clear();
  firstForecast_ = !desk_.state.time;
  desk_.time = desk_.state.time.value_or(desk_.context->runTime);
  wall_->setHome(desk_.context->frames.geo);
  if (desk_.state.box) {
    const GridSummary seen =
        summarize(*desk_.context->frames.frames.back().grid, Quantity::VilDigital);
    readout_->setText(tr("The models see: rain on %1 % of the box, no value on %2 %")
                          .arg(100.0 * seen.wetFraction, 0, 'f', 1)
                          .arg(100.0 * desk_.context->missingFraction, 0, 'f', 1));
  }
  const QString note = QString::fromStdString(desk_.context->note);
  const bool stillTold = banner_->isVisible() && !toldOfFiles_.isEmpty() && banner_->text() == toldOfFiles_;
  if (!note.isEmpty() && stillTold)
    banner_->say(toldOfFiles_ + " " + note);
  else if (!note.isEmpty())
    banner_->tell(note);
  updateWishes();
  showChoices();
  controller_->setContext(desk_.context);
  rebuildTimes();
  showPlace();
}

/// Each entry: what the files hold, then their paths, one a line.
void MainWindow::rememberRecent(const LoadedFiles& loaded) {
  constexpr int kMostPaths = 500;
  if (loaded.paths.isEmpty() || loaded.paths.size() > kMostPaths) return;
  QStringList paths;
  for (const QString& path : loaded.paths) paths << QFileInfo(path).absoluteFilePath();
  QString holds = QFileInfo(paths.front()).fileName();
  if (!loaded.files->sequences.empty() && !loaded.files->sequences.front().frames.empty()) {
    const FrameSequence& first = loaded.files->sequences.front();
    holds = QString::fromStdString(first.product + ", " + isoText(first.frames.back().validTime).substr(0, 10)) +
            " (" + holds + ")";
  }
  QSettings settings;
  QStringList recent = settings.value("recent").toStringList();
  const QString entry = paths.join('\n');
  recent.removeIf([&](const QString& other) { return other.section('\n', 1) == entry; });
  recent.prepend(holds + "\n" + entry);
  while (recent.size() > kKeptRecent) recent.removeLast();
  settings.setValue("recent", recent);
  drawer_->setRecent(recent);
}

void MainWindow::savePicture() {
  const QDir folder(QStandardPaths::writableLocation(QStandardPaths::PicturesLocation));
  const QString name = pictureName(desk_);
  QString path = folder.filePath(name + ".png");
  for (int i = 2; QFile::exists(path); ++i)
    path = folder.filePath(QString("%1_%2.png").arg(name).arg(i));  // never over an older one
  QDir().mkpath(folder.path());
  try {
    writeWindowPicture(wall_->grabFramebuffer(), exportSubject(), path.toStdString());
    banner_->tell(tr("Saved as %1").arg(path));
  } catch (const std::exception& error) {
    banner_->say(tr("%1 Then press Ctrl+E again.").arg(QString::fromUtf8(error.what())));
  }
}

/// Nothing while the maps show all there is.
std::optional<SeenPart> MainWindow::seenPart() const {
  const auto view = wall_->view();
  if (!view) return std::nullopt;
  const QSize pane = wall_->paneRect(0).size();
  return SeenPart{view->center, view->kmPerPixel * pane.width(), view->kmPerPixel * pane.height()};
}

ExportSubject MainWindow::exportSubject() const {
  ExportSubject subject{.observed = desk_.observed, .context = desk_.context};
  if (const auto& box = desk_.state.box)
    subject.box = QString::number(box->lon, 'g', 17) + "," + QString::number(box->lat, 'g', 17);
  subject.interpolate = desk_.state.interpolate;
  // Where they hold several sequences, the one on the desk is named by its own files.
  const bool several =
      desk_.observed && files_.files && files_.files->sequences.size() > 1;
  for (const std::string& path : several ? sourcesOf(*desk_.observed) : desk_.state.paths)
    subject.inputs << QString::fromStdString(path);
  subject.time = desk_.time;
  subject.truthIsShown = desk_.truth && !desk_.truth->frames.empty() && desk_.state.showTruth;
  if (desk_.observed) {
    Desk shown = desk_;
    shown.state.seen = seenPart();
    subject.panes = std::make_shared<DeskFilm>(shown);
  }
  ScenarioRequest& wished = subject.wished;
  wished.nSigma = {desk_.state.nSigma};
  wished.members = desk_.state.members;
  wished.seed = desk_.state.seed;
  wished.nSigmaByLead = desk_.dialCommand();
  wished.region = desk_.controlMask;
  if (desk_.controlMask) subject.within = QString::fromStdString(cornersText(desk_.state.within));
  if (!wished.nSigmaByLead.empty()) {  // bent: one command, so the dial's alone
    const auto dial = desk_.scenarios ? desk_.scenarios->ensemble() : nullptr;
    if (dial && dial->request.quality == Quality::Full) subject.scenario = dial;
    return subject;
  }
  for (const PaneSpec& pane : desk_.state.layout.panes())
    if (pane.content.source == PaneSource::Scenario && pane.content.nSigma)
      wished.nSigma.push_back(*pane.content.nSigma);
  std::sort(wished.nSigma.begin(), wished.nSigma.end());
  wished.nSigma.erase(std::unique(wished.nSigma.begin(), wished.nSigma.end()), wished.nSigma.end());
  // Blends and previews are for the moving hand; what leaves the window is exact.
  std::vector<std::shared_ptr<const ScenarioForecast>> exact;
  for (const double n : wished.nSigma)
    if (auto found = desk_.scenarios ? desk_.scenarios->forFixed(n, wished.members) : nullptr;
        found && found->request.quality == Quality::Full)
      exact.push_back(std::move(found));
  subject.scenario = scenariosTogether(std::move(exact));
  return subject;
}

void MainWindow::copyCommand() {
  const QString command = commandText(exportSubject());
  QApplication::clipboard()->setText(command);
  constexpr int kShown = 200;
  banner_->tell(tr("In the clipboard: %1").arg(
      command.size() > kShown ? command.left(kShown) + QString::fromUtf8("…") : command));
}

void MainWindow::saveSession() {
  QSettings settings;
  const QString proposed = QDir(settings.value("lastFolder", QDir::homePath()).toString())
                               .filePath(pictureName(desk_) + ".stormloom");
  QString path = QFileDialog::getSaveFileName(this, tr("Save the session"), proposed,
                                              tr("Sessions (*.stormloom)"));
  if (path.isEmpty()) return;
  if (!path.endsWith(".stormloom")) path += ".stormloom";
  DeskState state = desk_.state;
  state.time = desk_.time;
  state.look = lookOfDesk();
  try {
    writeSessionFile(path.toStdString(), state);
    banner_->tell(tr("The session is saved as %1").arg(path));
  } catch (const StormloomError& error) {
    banner_->say(QString::fromUtf8(error.what()));
  }
}

void MainWindow::openSession(const QString& path) {
  try {
    const DeskState state = readSessionFile(path.toStdString());
    wantedLook_ = state.look;
    history_.record(tr("Session %1").arg(QFileInfo(path).fileName()).toStdString(), state);
    goTo(state);
  } catch (const StormloomError& error) {
    banner_->say(QString::fromUtf8(error.what()));
  }
}

}  // namespace stormloom
