// Everything the window can do, with its keys.
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QToolButton>
#include <algorithm>
#include <cmath>

#include "app/gui/actions.h"
#include "app/gui/attention_actions.h"
#include "app/gui/export_subject.h"
#include "app/gui/export_tools.h"
#include "app/gui/main_window.h"
#include "app/gui/map_wall.h"
#include "app/gui/overlays.h"
#include "app/gui/rail_icons.h"
#include "app/gui/readout.h"
#include "app/gui/scenario_controller.h"
#include "app/gui/scenario_panel.h"
#include "app/gui/time_bar.h"

namespace stormloom {
namespace {

constexpr int kMembersForChances = 8;

QKeySequence key(const char* text) { return QKeySequence(QString::fromLatin1(text)); }

/// What stands under an action's picture in the rail.
void nameShort(QAction* action, const QString& text) { action->setProperty("short", text); }

}  // namespace

void MainWindow::addFileActions() {
  const QString group = tr("Files");
  actions_->add("open", group, tr("Open radar files…"), key("Ctrl+O"),
                [this] { openDialog(false); });
  actions_->add("openFolder", group, tr("Open a folder…"), key("Ctrl+Shift+O"),
                [this] { openDialog(true); });
  actions_->add("sevir", group, tr("Browse the events of SEVIR…"), key("Ctrl+Alt+S"), [this] { browseSevir({}); });
  actions_->addSwitch("watch", group, tr("Watch the folder for new files"), key("Ctrl+Alt+W"),
                      [this](bool on) { switchWatching(on); });
  actions_->add("demo", group, tr("Open the built-in event"), {}, [this] { openSyntheticEvent(); });
  actions_->add("saveSession", group, tr("Save the session"), key("Ctrl+S"),
                [this] { saveSession(); });
  nameShort(actions_->add("picture", group, tr("Save the picture"), key("Ctrl+E"),
                          [this] { savePicture(); }),
            tr("Picture"));
  actions_->add("export", group, tr("Export an animation or data…"), key("Ctrl+Shift+E"),
                [this] { exports_->exportNow(); });
  actions_->add("exportAgain", group, tr("The last export again"), key("Ctrl+Alt+E"),
                [this] { exports_->exportAgain(); });
  actions_->add("copyValues", group, tr("Copy the values"), key("Ctrl+Alt+V"),
                [this] { exports_->copyValues(); });
  actions_->add("copyPicture", group, tr("Copy the picture"), key("Ctrl+C"),
                [this] { exports_->copyPicture(); });
  actions_->add("copyCommand", group, tr("Copy as a command"), key("Ctrl+Shift+C"),
                [this] { copyCommand(); });
  const QString edit = tr("Steps");
  actions_->add("undo", edit, tr("Undo"), key("Ctrl+Z"), [this] {
    if (history_.canUndo()) goTo(history_.undo());
  });
  actions_->add("redo", edit, tr("Redo"), key("Ctrl+Shift+Z"), [this] {
    if (history_.canRedo()) goTo(history_.redo());
  });
  actions_->add("note", edit, tr("Note at the cursor"), key("M"), [this] {
    const LonLat place = cursor_.value_or(
        desk_.context ? desk_.context->frames.geo.lonLatFromCell({64, 64}) : LonLat{});
    asker_->ask(tr("Note for %1 UTC at %2")
                    .arg(QString::fromStdString(clockText(desk_.time)), placeText(place)),
                [this, place](const QString& text) {
                  change(tr("Note"), [&](DeskState& state) {
                    state.notes.push_back({desk_.time, place, text.toStdString()});
                  });
                });
  });
}

void MainWindow::addTimeActions() {
  const QString group = tr("Time");
  actions_->add("play", group, tr("Play or pause"), key("Space"),
                [this] { play(!playing_.isActive()); });
  actions_->add("back", group, tr("One frame back"), key("Left"), [this] { step(-1); });
  actions_->add("on", group, tr("One frame on"), key("Right"), [this] { step(1); });
  actions_->add("first", group, tr("First frame"), key("Home"), [this] { seek(0); });
  actions_->add("last", group, tr("Last frame"), key("End"),
                [this] { seek(int(times_->cells().size()) - 1); });
  actions_
      ->addSwitch("loop", group, tr("Begin again at the end"), key("L"),
                  [this](bool on) { looping_ = on; })
      ->setChecked(true);
  actions_->add("slower", group, tr("Slower"), key(","),
                [this] { speed_->setCurrentIndex(std::max(0, speed_->currentIndex() - 1)); });
  actions_->add("faster", group, tr("Faster"), key("."), [this] {
    speed_->setCurrentIndex(std::min(speed_->count() - 1, speed_->currentIndex() + 1));
  });
  actions_->add("fromHere", group, tr("Forecast from the time shown"), key("F"), [this] {
    if (!desk_.observed || desk_.isForecastTime()) return;
    change(tr("Forecast from %1").arg(QString::fromStdString(clockText(desk_.time))),
           [this](DeskState& state) {
             state.runTime = desk_.time;
             state.time.reset();
           });
  });
}

void MainWindow::addDialActions() {
  const QString group = tr("Intensity");
  const auto nudge = [this](double by) {
    panel_->setIntensity(std::clamp(panel_->intensity() + by, -4.0, 4.0));
  };
  const auto turn = [this, nudge](double by) {
    nudge(by);
    Q_EMIT panel_->intensityChanged(panel_->intensity());
  };
  actions_->add("weaker", group, tr("A tenth σ weaker"), key("["), [turn] { turn(-0.1); });
  actions_->add("stronger", group, tr("A tenth σ stronger"), key("]"), [turn] { turn(0.1); });
  actions_->add("muchWeaker", group, tr("One σ weaker"), key("{"), [turn] { turn(-1.0); });
  actions_->add("muchStronger", group, tr("One σ stronger"), key("}"), [turn] { turn(1.0); });
  const auto setTo = [this](double n) {
    panel_->setIntensity(n);
    Q_EMIT panel_->intensityChanged(n);
  };
  actions_->add("typeIntensity", group, tr("Type the intensity"), key("="), [this, setTo] {
        asker_->ask(tr("Intensity in σ, from −4 to +4"), [this, setTo](const QString& text) {
          bool isNumber = false;
          const double n =
              QString(text).replace(u'−', u'-').replace(u',', u'.').remove(u'σ').toDouble(&isNumber);
          if (!isNumber || std::abs(n) > 4.0)
            return banner_->say(tr("“%1” is no intensity from −4 to +4 σ.").arg(text));
          setTo(n);
        });
      });
  actions_->add("goOn", group, tr("Go on computing"), key("Ctrl+G"), [this] { controller_->goOn(); });
  actions_->add("expected", group, tr("As expected (0 σ)"), key("0"), [setTo] { setTo(0.0); });
  for (int digit = 1; digit <= 9; ++digit)
    actions_->add(QString("n%1").arg(digit), group,
                  tr("Intensity %1 σ").arg(signedText(digit - 5, 0)),
                  QKeySequence(QString::number(digit)), [setTo, digit] { setTo(digit - 5); });
  actions_->add("straighten", group, tr("One intensity for all lead times"), key("U"),
                [this] { straighten(-1); });
  actions_->addSwitch("controlArea", group, tr("Command only inside the drawn area"), key("K"),
                      [this](bool) { limitControl(); });
  actions_->addSwitch("alongDial", group, tr("Chance along the dial"), key("P"), [this](bool on) {
    change(on ? tr("Chance along the dial") : tr("Without chance along the dial"),
           [on](DeskState& state) {
             state.alongDial = on;
             if (on && state.members < 2) state.members = kMembersForChances;
           });
  });
  actions_->add("stop", group, tr("Stop computing or loading"), key("Esc"), [this] {
    if (asker_->isVisible()) return asker_->hide();
    if (keys_->isVisible()) return keys_->hide();
    if (palette_->isVisible()) return palette_->hide();
    if (wall_->tool() != MapWall::Tool::Look) return wall_->setTool(MapWall::Tool::Look);
    if (briefing_) return setBriefing(false);
    controller_->cancel();
    if (loading_->isVisible()) endLoading();
  });
}

void MainWindow::addLayoutActions() {
  const QString group = tr("Panes");
  addContentActions();
  for (int i = 0; i < 7; ++i) {
    const auto preset = LayoutPreset(i);
    actions_->add(QString("preset%1").arg(i), group, tr("Layout: %1").arg(tr(presetName(preset))),
                  QKeySequence(QString("Ctrl+%1").arg(i + 1)),
                  [this, preset] { usePreset(preset); });
  }
  nameShort(actions_->add("layouts", group, tr("Choose a layout"), key("V"),
                          [this] { showPaneMenu(-1, wall_->mapToGlobal(QPoint(8, 8))); }),
            tr("Layout"));
  actions_->add("paneMenu", group, tr("What this pane shows"), key("Ctrl+Return"), [this] {
    const int pane = wall_->activePane();
    showPaneMenu(pane, wall_->mapToGlobal(wall_->paneRect(pane).topLeft() + QPoint(20, 40)));
  });
  const auto edit = [this](const QString& label, std::function<void(PaneLayout&, int)> act) {
    return [this, label, act = std::move(act)] {
      change(label, [&](DeskState& state) { act(state.layout, wall_->activePane()); });
    };
  };
  actions_->add(
      "splitRight", group, tr("Split side by side"), key("Ctrl+D"),
      edit(tr("Pane split"), [](PaneLayout& l, int pane) { l.split(pane, PaneLayout::Way::Row); }));
  actions_->add("splitBelow", group, tr("Split one above the other"), key("Ctrl+Shift+D"),
                edit(tr("Pane split"),
                     [](PaneLayout& l, int pane) { l.split(pane, PaneLayout::Way::Column); }));
  actions_->add("closePane", group, tr("Close the pane"), key("Ctrl+W"),
                edit(tr("Pane closed"), [](PaneLayout& l, int pane) { l.close(pane); }));
  actions_->add("swapPane", group, tr("Swap with the next pane"), key("Ctrl+Shift+X"),
                edit(tr("Panes swapped"),
                     [](PaneLayout& l, int pane) { l.swap(pane, (pane + 1) % l.count()); }));
  actions_->add("nextPane", group, tr("Next pane"), key("Ctrl+Tab"),
                [this] { wall_->setActivePane((wall_->activePane() + 1) % wall_->count()); });
  actions_->add("saveLayout", group, tr("Keep this layout"), key("Ctrl+L"),
                [this] { saveLayout(); });
}

void MainWindow::addMapActions() {
  const QString group = tr("Map");
  const auto move = [this](double dx, double dy) {
    return [this, dx, dy] {
      wall_->setView(wall_->scene(0).panned(dx, dy));
      Q_EMIT wall_->viewChanged();
    };
  };
  const auto zoom = [this](double factor) {
    return [this, factor] {
      const PictureSize& size = wall_->scene(0).size();
      wall_->setView(wall_->scene(0).zoomed(factor, 0.5 * size.width / size.scale,
                                            0.5 * size.height / size.scale));
      Q_EMIT wall_->viewChanged();
    };
  };
  actions_->add("zoomIn", group, tr("Nearer"), key("+"), zoom(1.25));
  actions_->add("zoomOut", group, tr("Farther"), key("-"), zoom(0.8));
  actions_->add("north", group, tr("Move north"), key("W"), move(0, 60));
  actions_->add("south", group, tr("Move south"), key("S"), move(0, -60));
  actions_->add("west", group, tr("Move west"), key("A"), move(60, 0));
  actions_->add("east", group, tr("Move east"), key("D"), move(-60, 0));
  actions_->add("whole", group, tr("The whole map"), key("R"), [this] {
    wall_->resetView();
    Q_EMIT wall_->viewChanged();
  });
  actions_->add("boxHere", group, tr("Put the models' box around the cursor"), key("Ctrl+B"),
                [this] {
                  if (cursor_) moveBox(*cursor_);
                  history_.endMerging();
                });
  actions_->add("boxPlace", group, tr("Put the models' box around the place asked about"),
                key("Ctrl+Alt+B"), [this] {
                  if (!desk_.state.region.isPlace()) return banner_->say(tr("Ask about a place first: click on a map, or Ctrl+F."));
                  const LonLat place = desk_.state.region.outline.front();
                  if (desk_.observed && !isSeenByRadar(place))
                    return banner_->say(tr("No radar of these files sees this place: a box around it would be empty."));
                  moveBox(place);
                  history_.endMerging();
                });
  actions_->add(
      "boxAuto", group, tr("Put the models' box where it rains most"), key("Ctrl+Shift+B"), [this] {
        change(tr("Box where it rains most"), [](DeskState& state) { state.box.reset(); });
      });
  actions_->add("placeHere", group, tr("Ask about the place at the cursor"), key("G"), [this] {
    if (cursor_) Q_EMIT wall_->placeChosen(cursor_->lon, cursor_->lat);
  });
  actions_->add("drawArea", group, tr("Draw an area on the map"), key("Q"), [this] {
    wall_->setTool(MapWall::Tool::Area);
    banner_->tell(tr("Draw around the area with the left button held. Esc gives it up."));
  });
  actions_->add("town", group, tr("Ask about a town by its name"), key("Ctrl+F"),
                [this] { askAboutTown(); });
  actions_->add("clearPlace", group, tr("Forget the place or area"), key("Backspace"),
                [this] { change(tr("No place"), [](DeskState& state) { state.region = {}; }); });
}

void MainWindow::addViewActions() {
  const QString group = tr("View");
  const auto flag = [this, group](const char* id, const QString& text, const char* shortcut,
                                  bool DeskState::*member) {
    actions_->addSwitch(id, group, text, key(shortcut), [this, text, member](bool on) {
      change(on ? text : tr("Without: %1").arg(text),
             [=](DeskState& state) { state.*member = on; });
    });
  };
  flag("contours", tr("Line around the threshold"), "C", &DeskState::contours);
  flag("hatching", tr("Hatch what is above the threshold"), "H", &DeskState::hatching);
  flag("towns", tr("Names of towns"), "N", &DeskState::towns);
  flag("outlines", tr("Outlines of every member"), "O", &DeskState::outlines);
  flag("modelScale", tr("Observed rain on the models' scale"), "Ctrl+Alt+M", &DeskState::modelScale);
  flag("truth", tr("Show what was observed afterwards"), "T", &DeskState::showTruth);
  flag("interpolate", tr("Compute frames between observed ones"), "Ctrl+Alt+I",
       &DeskState::interpolate);
  flag("safeColors", tr("Colours for all eyes"), "Ctrl+Alt+C", &DeskState::safeColors);
  const std::tuple<const char*, QString, QString, Drawer::Page, const char*> pages[] = {
      {"events", tr("Events"), tr("Events"), Drawer::Page::Events, "E"},
      {"layers", tr("Layers and colours"), tr("Layers"), Drawer::Page::Layers, "Y"},
      {"scores", tr("Scores"), tr("Scores"), Drawer::Page::Scores, "X"},
      {"journal", tr("Steps, notes, session"), tr("Journal"), Drawer::Page::Journal, "J"}};
  for (const auto& [id, text, brief, page, shortcut] : pages)
    nameShort(actions_->add(id, group, text, key(shortcut),
                            [this, page = page] {
                              drawer_->open(page);
                              showChoices();
                            }),
              brief);
  addAttentionActions(*actions_, desk_, [this] { return exportSubject(); }, this);
  actions_->addSwitch("panel", group, tr("The dial"), key("I"), [this](bool) { arrange(); });
  actions_->add("theme", group, tr("Theme: system, dark, light"), key("Ctrl+T"),
                [this] { cycleTheme(); });
  actions_->add("scale", group, tr("Size of everything"), {}, [this] { chooseScale(); });
  actions_->add("briefing", group, tr("Briefing: large and clean"), key("B"),
                [this] { setBriefing(!briefing_); });
  actions_->add("fullScreen", group, tr("Full screen"), key("F11"),
                [this] { isFullScreen() ? showNormal() : showFullScreen(); });
}

void MainWindow::addHelpActions() {
  const QString group = tr("Help");
  actions_->add("palette", group, tr("Do anything by name"), key("Ctrl+K"),
                [this] { palette_->toggle(); });
  nameShort(actions_->add("keys", group, tr("Keys"), key("?"), [this] { keys_->toggle(); }),
            tr("Keys"));
}

void MainWindow::cycleTheme() {
  theme_ = Theme::Choice((int(theme_) + 1) % 3);
  QSettings().setValue("theme", int(theme_));
  applyTheme(*qApp, theme_);
  for (auto* button : rail_->findChildren<QToolButton*>())
    button->setIcon(railIcon(RailIcon(button->property("railIcon").toInt()), Theme::of(*this).text));
  const QString names[] = {tr("as the system"), tr("dark"), tr("light")};
  banner_->tell(tr("Theme: %1").arg(names[int(theme_)]));
  showLights();
}

void MainWindow::setBriefing(bool on) {
  briefing_ = on;
  actions_->find("panel")->setChecked(false);
  MapStyle style = Theme::of(*this).map;
  if (on) style.textScale = 1.5;
  wall_->setStyle(style);
  wall_->setChromeShown(!on);
  top_->setStyleSheet(
      on ? "QLabel { font-size: 20px } QLabel#validTime { font-size: 32px }" : QString());
  arrange();
  if (on)
    banner_->tell(tr("Briefing. %1 shows the dial and what is asked, too; Esc or %2 goes back, %3 fills the screen.")
                      .arg(actions_->find("panel")->shortcut().toString(),
                           actions_->find("briefing")->shortcut().toString(),
                           actions_->find("fullScreen")->shortcut().toString()));
}

void MainWindow::chooseScale() {
  asker_->ask(tr("Size of everything in percent, 100 to 200; from the next start"),
              [this](const QString& text) {
                const int percent = QString(text).remove('%').trimmed().toInt();
                if (percent < 100 || percent > 200)
                  return banner_->say(tr("“%1” is no size between 100 and 200 percent.").arg(text));
                QSettings().setValue("scalePercent", percent);
                banner_->tell(tr("Everything is drawn at %1 % from the next start.").arg(percent));
              });
}

}  // namespace stormloom
