// Steps: what the person chose, how it is kept, undone and shown.
#include <QAction>
#include <algorithm>
#include <utility>

#include "app/gui/actions.h"
#include "app/gui/main_window.h"
#include "app/gui/map_wall.h"
#include "app/gui/overlays.h"
#include "app/gui/scenario_controller.h"
#include "app/gui/scenario_panel.h"
#include "core/control_command.h"
#include "core/errors.h"

namespace stormloom {
namespace {

constexpr std::size_t kLongJournal = std::size_t(16) << 20;

}  // namespace

void MainWindow::wireDesk() {
  connect(panel_, &ScenarioPanel::intensityChanged, this, [this](double n) {
    change(
        tr("Intensity %1 σ").arg(signedText(n)), [n](DeskState& state) { state.nSigma = n; }, "n");
  });
  connect(panel_, &ScenarioPanel::handOnDial, this, [this](bool down) {
    controller_->setHandOnDial(down);
    if (down) history_.endMerging();
  });
  connect(panel_, &ScenarioPanel::seedChanged, this, [this](quint64 seed) {
    change(
        tr("Seed %1").arg(seed), [seed](DeskState& state) { state.seed = seed; }, "seed");
  });
  connect(panel_, &ScenarioPanel::membersChanged, this, [this](int members) {
    change(
        members == 1 ? tr("One member") : tr("%1 members").arg(members),
        [members](DeskState& state) { state.members = members; }, "members");
  });
  connect(panel_, &ScenarioPanel::thresholdChanged, this, [this](double level) {
    change(
        tr("Threshold %1").arg(level), [level](DeskState& state) { state.threshold = level; },
        "threshold");
  });
  connect(panel_, &ScenarioPanel::leadBent, this, &MainWindow::bendLead);
  connect(panel_, &ScenarioPanel::leadReset, this, &MainWindow::straighten);
  connect(panel_, &ScenarioPanel::areaAsked, actions_->find("drawArea"), &QAction::trigger);
  connect(panel_, &ScenarioPanel::insideAsked, this, &MainWindow::limitControl);
  connect(panel_, &ScenarioPanel::alongDialAsked, actions_->find("alongDial"), &QAction::trigger);
  connect(panel_, &ScenarioPanel::placeCleared, this,
          [this] { change(tr("No place"), [](DeskState& state) { state.region = {}; }); });
  connect(panel_, &ScenarioPanel::exportAsked, actions_->find("picture"), &QAction::trigger);
  connect(panel_, &ScenarioPanel::commandAsked, actions_->find("copyCommand"), &QAction::trigger);
  connect(panel_, &ScenarioPanel::undoAsked, actions_->find("undo"), &QAction::trigger);
  connect(panel_, &ScenarioPanel::stopAsked, controller_, &ScenarioController::cancel);
  connect(panel_, &ScenarioPanel::numberAsked, actions_->find("typeIntensity"), &QAction::trigger);
  connect(panel_, &ScenarioPanel::goOnAsked, controller_, &ScenarioController::goOn);
  connect(wall_, &MapWall::layoutEdited, this, [this](const QString& what) {
    change(
        what, [this](DeskState& state) { state.layout = wall_->layoutOfPanes(); }, "layout");
  });
  connect(wall_, &MapWall::viewChanged, this, [this] {
    const bool wide = desk_.wide;
    chooseObservation();
    if (wide != desk_.wide) showPanes();
    if (isBoxOutOfSight())
      banner_->tell(tr("The models' box is out of sight. %1 shows the whole map again.")
                        .arg(actions_->find("whole")->shortcut().toString()));
    const auto view = wall_->view();
    change(
        tr("Map moved"),
        [&](DeskState& state) {
          state.center = view ? std::optional(view->center) : std::nullopt;
          state.kmPerPixel = view ? view->kmPerPixel : 1.0;
        },
        "view");
  });
  connect(wall_, &MapWall::placeChosen, this, [this](double lon, double lat) {
    change(tr("Place %1").arg(nameOf({lon, lat})), [=](DeskState& state) {
      state.region = {{LonLat{lon, lat}}};
    });
  });
  connect(wall_, &MapWall::areaChosen, this, [this](const std::vector<LonLat>& outline) {
    change(tr("Area"), [&](DeskState& state) { state.region = {outline}; });
  });
  connect(wall_, &MapWall::boxMoved, this, [this](double lon, double lat) { moveBox({lon, lat}); });
  connect(wall_, &MapWall::boxLetGo, this, [this] { history_.endMerging(); });
  connect(wall_, &MapWall::menuAsked, this,
          [this](int pane, const QPoint& at) { showPaneMenu(pane, at); });
  connect(wall_, &MapWall::placeMenuAsked, this,
          [this](int pane, const QPoint& at, double lon, double lat) {
            showPaneMenu(pane, at, LonLat{lon, lat});
          });
  connect(drawer_, &Drawer::stepChosen, this,
          [this](int index) { goTo(history_.goTo(std::size_t(index))); });
  connect(drawer_, &Drawer::noteChosen, this, [this](int index) {
    if (index >= int(desk_.state.notes.size())) return;
    const DeskNote note = desk_.state.notes[std::size_t(index)];
    change(tr("To a note"), [&](DeskState& state) { state.time = note.time; });
  });
  connect(drawer_, &Drawer::noteRemoved, this, [this](int index) {
    change(tr("Note removed"),
           [index](DeskState& state) { state.notes.erase(state.notes.begin() + index); });
  });
  connect(drawer_, &Drawer::colorVisionChosen, this, [this](int vision) {
    desk_.seenBy = ColorVision(vision);
    showChoices();
    if (desk_.observed) showPanes();
  });
}

void MainWindow::change(const QString& label, const std::function<void(DeskState&)>& edit,
                        const std::string& merge) {
  const bool nothingOpen = !files_.files;
  const DeskState& from = nothingOpen && pending_ ? *pending_ : desk_.state;
  DeskState next = from;
  next.look = lookOfDesk();
  edit(next);
  if (next == from) return;
  const bool newStep = history_.record(label.toStdString(), next, merge);
  keepInJournal(newStep);
  const bool newPlace = !(next.region == from.region) && !next.region.outline.empty();
  const bool newChances = next.alongDial && !from.alongDial;
  if (nothingOpen)
    chooseAhead(next);
  else
    apply(next);
  if (newPlace) panel_->revealPlace();
  if (newChances) panel_->revealChances();
}

/// What is chosen while the first files are still read.
void MainWindow::chooseAhead(const DeskState& next) {
  if (pending_) pending_ = next;
  const std::vector<std::string> paths = desk_.state.paths;
  desk_.state = next;
  desk_.state.paths = paths;
  wall_->setLayoutOfPanes(next.layout);
  updateWishes();
  showChoices();
}

// Every change is on its way to the disk before it is shown: some 50 microseconds.
void MainWindow::keepInJournal(bool newStep) {
  if (!journal_) return;
  const auto& step = history_.entries()[history_.position()];
  journal_->append(step.label, step.state, !newStep);
  if (journal_->bytes() > kLongJournal) journal_->shorten(history_);
}

void MainWindow::goTo(const DeskState& state) {
  const DeskState next = state;
  if (journal_) journal_->append(tr("Back and forth").toStdString(), next);
  apply(next);
}

// Only what differs is done again; what was computed is found by what was asked.
void MainWindow::apply(const DeskState& next) {
  const DeskState before = desk_.state;
  QStringList paths;
  for (const std::string& path : next.paths) paths << QString::fromStdString(path);
  const bool startsToWatch = next.watch && watched_ != paths;
  if (!files_.files || next.paths != before.paths || startsToWatch) {
    const auto known = std::ranges::find_if(fileCache_, [&](const LoadedFiles& files) {
      return files.paths == paths && (files.complete || files.load == shownLoad_);
    });
    if (known == fileCache_.end() || startsToWatch) {
      pending_ = next;
      watched_ = next.watch ? paths : QStringList();
      loading_->show();
      cancelLoading_->show();
      loader_->load(paths, next.watch);
      return;
    }
    files_ = *known;
    if (std::exchange(shownLoad_, files_.load) != files_.load) endLoading();
  }
  if (!next.watch && before.watch) {
    watched_.clear();
    loader_->cancel();
  }
  desk_.state = next;
  wall_->setLayoutOfPanes(next.layout);
  const bool otherSequence =
      next.paths != before.paths || next.sequence != before.sequence || !desk_.observed;
  if (otherSequence)
    useSequence();
  else if (!(ContextChoices{next.runTime, next.box, next.interpolate} ==
             ContextChoices{before.runTime, before.box, before.interpolate}))
    cutContext();
  if (next.center)
    wall_->setView({*next.center, next.kmPerPixel});
  else if (before.center)
    wall_->resetView();
  if (next.time && desk_.observed) desk_.time = *next.time;
  updateWishes();
  showChoices();
  if (desk_.observed) rebuildTimes();
  if (wantedLook_) lookAs(*std::exchange(wantedLook_, std::nullopt));
}

DeskLook MainWindow::lookOfDesk() const {
  return {panel_->scrolledTo(), drawer_->page(), wall_->activePane()};
}

void MainWindow::lookAs(const DeskLook& look) {
  panel_->scrollTo(look.panelScroll);
  wall_->setActivePane(look.activePane);
  if (look.drawerPage >= 0 && drawer_->page() != look.drawerPage)
    drawer_->open(Drawer::Page(look.drawerPage));
}

void MainWindow::bendLead(int lead, double nSigma) {
  const auto leads = std::size_t(desk_.context ? desk_.context->grid.targetFrames : 0);
  if (std::size_t(lead) >= leads) return;
  const QString when = signedText(desk_.context->grid.stepMinutes * (lead + 1), 0) + tr(" min");
  change(
      tr("Command at %1: %2 σ").arg(when, signedText(nSigma)),
      [&](DeskState& state) {
        state.bend = bendWith(state.bend, leads, std::size_t(lead), state.nSigma, nSigma);
      },
      "bend" + std::to_string(lead));
}

void MainWindow::straighten(int lead) {
  if (lead >= 0) return bendLead(lead, desk_.state.nSigma);
  change(tr("Command straightened"), [](DeskState& state) { state.bend.clear(); });
}

// What was drawn to ask about becomes what the command is limited to; asked again, everywhere.
void MainWindow::limitControl() {
  if (desk_.state.within.isArea())
    return change(tr("Control everywhere"), [](DeskState& state) { state.within = {}; });
  const MapRegion area = controlArea(desk_.state.region);
  const bool covers = desk_.context && controlMask(area, desk_.context->frames.geo);
  if (covers)
    return change(tr("Control inside the area"), [&](DeskState& state) { state.within = area; });
  banner_->tell(area.isArea()
                    ? tr("The area lies outside the models' box. Draw it inside the dashed frame.")
                    : tr("Draw an area first: press Q, or hold Shift, and drag on the map."));
  showChoices();
}

/// The same cells stay the same pointer, by which results are told apart.
void MainWindow::cutControlMask() {
  const MapRegion& within = desk_.state.within;
  const std::string about =
      desk_.context && within.isArea() ? desk_.context->hash + cornersText(within) : std::string();
  if (about == maskOf_) return;
  maskOf_ = about;
  desk_.controlMask = about.empty() ? nullptr : controlMask(within, desk_.context->frames.geo);
  if (!about.empty() && !desk_.controlMask)
    banner_->tell(
        tr("The area of control lies outside the models' box here: the command is for "
           "all of the box."));
}

void MainWindow::updateWishes() {
  cutControlMask();
  const DeskState& state = desk_.state;
  const FixedScenarios fixed = fixedScenariosOf(state);
  const ScenarioWishes wishes{.nSigma = state.nSigma,
                        .curve = desk_.dialCommand(),
                        .region = desk_.controlMask,
                        .seed = state.seed,
                        .members = state.members,
                        .fixed = fixed.nSigma,
                        .fixedMembers = fixed.members,
                        .alongDial = state.alongDial && state.members > 1};
  controller_->setWishes(wishes);
}

void MainWindow::showChoices() {
  const DeskState& state = desk_.state;
  panel_->setIntensity(state.nSigma);
  panel_->setControl(state.bend, desk_.controlMask != nullptr);
  panel_->setChoices(state.seed, state.members, state.threshold);
  const auto& entries = history_.entries();
  panel_->setUndo(history_.canUndo(), QString::fromStdString(entries[history_.position()].label));
  actions_->find("undo")->setEnabled(history_.canUndo());
  actions_->find("redo")->setEnabled(history_.canRedo());
  const std::pair<const char*, bool> flags[] = {{"contours", state.contours},
                                                {"hatching", state.hatching},
                                                {"towns", state.towns},
                                                {"outlines", state.outlines},
                                                {"modelScale", state.modelScale},
                                                {"truth", state.showTruth},
                                                {"alongDial", state.alongDial},
                                                {"controlArea", state.within.isArea()},
                                                {"watch", state.watch || !watched_.isEmpty()},
                                                {"interpolate", state.interpolate},
                                                {"safeColors", state.safeColors}};
  for (const auto& [id, on] : flags) actions_->find(id)->setChecked(on);
  if (drawer_->isShowing(Drawer::Page::Journal)) drawer_->setHistory(history_);
  drawer_->setNotes(state.notes);
  const ClosestSteps closest =
      closestSteps(fieldTable(FieldKind::Radar, Quantity::VilDigital, {state.safeColors, ColorVision::Usual, isOnLight()}),
                   ColorVision::Deuteranopia);
  drawer_->setColorCheck(
      closest.distance < 10
          ? tr("Without green, the steps from %1 and %2 look nearly alike (difference %3). Colours "
               "for all eyes keep them apart.")
                .arg(closest.lowerLevel)
                .arg(closest.upperLevel)
                .arg(closest.distance, 0, 'f', 0)
          : tr("Neighbouring steps stay apart without green: least difference %1.")
                .arg(closest.distance, 0, 'f', 0));
}

}  // namespace stormloom
