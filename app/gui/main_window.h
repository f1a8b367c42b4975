#pragma once

#include <QFutureWatcher>
#include <QMainWindow>
#include <QTimer>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/figure/desk.h"
#include "app/gui/drawer.h"
#include "app/gui/file_loader.h"
#include "app/gui/forecast_source.h"
#include "app/gui/theme.h"
#include "core/desk_journal.h"

class QBoxLayout;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QLockFile;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace stormloom {

class ActionTable;
class Banner;
class CommandPalette;
class ExportTools;
struct ExportSubject;
class FactsLabel;
class KeyList;
class LineAsker;
class MapWall;
class ScenarioController;
class ScenarioPanel;
class SevirBrowser;
class TimeBar;

/// Where the window keeps what outlives it; empty: nothing is kept (tests, pictures).
struct WindowOptions {
  QString journalFolder;
};

/// Wires maps, time, dial and files; holds what is on the desk. Every choice of the person goes
/// through `change`: it is a step one can undo, a line in the journal, and only then something that
/// is shown.
class MainWindow : public QMainWindow {
  Q_OBJECT
public:
  explicit MainWindow(ForecastFunctions functions, const WindowOptions& options = {},
                      QWidget* parent = nullptr);
  ~MainWindow() override;

  void openPaths(const QStringList& paths);
  /// Opens the newest run of a folder, and each newer one as its files come.
  void watchFolder(const QString& folder);
  void openSyntheticEvent();
  /// Goes on with what the journal holds after a crash; false when there is nothing to go on with.
  bool restoreAfterCrash();
  const Desk& desk() const { return desk_; }
  const DeskHistory& history() const { return history_; }
  ActionTable& actions() { return *actions_; }
  /// The pane as last drawn.
  const PanePicture& picture(int pane) const { return shown_.at(std::size_t(pane)); }
  QString lookNow() const;  ///< what is on the screen, in words

protected:
  void resizeEvent(QResizeEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void changeEvent(QEvent* event) override;
  void closeEvent(QCloseEvent* event) override;

private:
  // main_window_layout.cpp
  void buildLayout();
  QWidget* buildTop();
  void buildChips();
  QWidget* buildRail();
  QWidget* buildTime();
  QWidget* buildStatus();
  void arrange();
  // main_window_actions.cpp
  void addFileActions();
  void addTimeActions();
  void addDialActions();
  void addLayoutActions();
  void addMapActions();
  void addViewActions();
  void addHelpActions();
  void cycleTheme();
  void setBriefing(bool on);
  void chooseScale();
  // main_window_panes.cpp
  void showPaneMenu(int pane, const QPoint& at, const std::optional<LonLat>& place = {});
  void addPlaceMenu(QMenu* menu, const LonLat& place);
  void addContentActions();
  void addContentMenu(class QMenu* menu, int pane, bool minus = false);
  void setPaneContent(int pane, const PaneContent& content, bool minus = false);
  void askPercentile(int pane, bool minus);
  void saveLayout();
  void askAboutTown();
  bool isSeenByRadar(LonLat at) const;
  void showIfOutside(const PlaceName& town);
  bool isBoxOutOfSight() const;
  /// What is forecast of one context besides scenarios.
  struct ForecastsBeside {
    std::map<std::string, std::shared_ptr<const DeterministicForecast>> deterministic;
    std::shared_ptr<const ScenarioForecast> stochastic;
  };
  ForecastsBeside& forecastsBeside(const std::string& context);
  void takeForecastsBeside();
  void onForecastBeside(const std::string& context);
  QString supposition(const std::optional<PanePictures::StandIn>& standIn) const;
  QString nameOf(LonLat at) const;  ///< by the town near it, else by its coordinates
  void usePreset(LayoutPreset preset);
  // main_window_files.cpp
  void wireFiles();
  void takeFiles(const LoadedFiles& loaded);
  void takePassedOver(const LoadedFiles& loaded);
  void tellOtherSequences(const LoadedFiles& loaded);
  void takeFirst(const LoadedFiles& loaded);
  void takeMore(const LoadedFiles& loaded);
  void keepFiles(const LoadedFiles& loaded);
  void useSequence();
  void listEvents(int current);
  void switchWatching(bool on);
  void moveBox(LonLat middle);
  ContextChoices contextChoices() const;
  void cutContext();
  void takeContext(const LoadedContext& loaded);
  void endLoading();
  void openDialog(bool folder);
  void browseSevir(const QString& path);
  void rememberRecent(const LoadedFiles& loaded);
  void savePicture();
  std::optional<SeenPart> seenPart() const;
  ExportSubject exportSubject() const;
  void copyCommand();
  void saveSession();
  void openSession(const QString& path);
  // main_window_state.cpp
  void wireDesk();
  void change(const QString& label, const std::function<void(DeskState&)>& edit,
              const std::string& merge = {});
  void apply(const DeskState& next);
  DeskLook lookOfDesk() const;
  void lookAs(const DeskLook& look);
  void chooseAhead(const DeskState& next);
  void goTo(const DeskState& state);
  void keepInJournal(bool newStep);
  void showChoices();
  void updateWishes();
  void cutControlMask();
  void bendLead(int lead, double nSigma);
  void straighten(int lead);
  void limitControl();
  // main_window_show.cpp
  void wireForecasts();
  void rebuildTimes();
  void seek(int index, bool byHand = true);
  void step(int by);
  void play(bool on);
  void showDesk();
  void showPanes();
  void chooseObservation();
  void showFacts();
  void showPanel();
  int leadShown() const;
  void showLights();
  void showPlace();
  struct DialChance {
    double nSigma = 0.0, percent = 0.0;
    int members = 0;
  };
  const std::vector<DialChance>& chancesAlongDial();
  void showAlongDial();
  void showScores();
  void showCursor(int pane, LonLat place);
  void explain(const QString& model, const QString& sentence);
  QString lastDevice_;  ///< what computed last
  bool isOnLight() const;  ///< whether maps are drawn on light ground
  const GeoReference& plane() const;  ///< what all panes are drawn on
  std::shared_ptr<const MapGround> groundOf(const GeoReference& geo);

  ActionTable* actions_;
  ExportTools* exports_ = nullptr;
  Desk desk_;
  DeskHistory history_;
  std::optional<DeskState> pending_;  ///< to be shown once its files are read
  std::optional<DeskLook> wantedLook_;  ///< of a session, until its files are there
  PanePictures pictures_;
  std::vector<PanePicture> shown_;
  std::optional<LonLat> cursor_;
  LoadedFiles files_;
  QStringList passedOver_;    ///< sentences about files that are not there
  QString toldOfFiles_;    ///< what the banner says of them
  int shownLoad_ = -1;   ///< number of what files_ came of
  QStringList watched_;  ///< the folder the loader looks at again and again
  std::vector<LoadedFiles> fileCache_;
  std::vector<LoadedContext> contextCache_;
  std::vector<std::shared_ptr<const MapGround>> grounds_;
  std::vector<MapLine> baseMap_;
  const std::vector<PlaceName> places_;

  std::unique_ptr<QLockFile> journalLock_;
  std::unique_ptr<DeskJournal> journal_;
  std::optional<DeskJournal::Found> found_;  ///< of a program that did not end in order

  FileLoader* loader_;
  ForecastSource* source_;
  ScenarioController* controller_;
  ScenarioPanel* panel_;
  SevirBrowser* sevir_ = nullptr;  ///< made when somebody first asks
  MapWall* wall_;
  TimeBar* times_;
  Drawer* drawer_;
  Banner* banner_;
  KeyList* keys_;
  CommandPalette* palette_;
  LineAsker* asker_;
  QWidget *top_, *rail_, *strip_, *status_, *right_;
  std::deque<std::pair<std::string, ForecastsBeside>> beside_;  ///< by the hash of their context
  QHBoxLayout* middle_;
  QBoxLayout *topRow_, *secondTopRow_;  ///< the second where the first is too short for all facts
  QWidget* chips_;
  FactsLabel* eventText_;
  QLabel *runText_, *validText_, *kindText_, *dialChip_, *modelChip_, *deviceChip_,
      *seedChip_;
  QToolButton *panelButton_, *paletteButton_;
  QLabel* readout_;
  QLabel* words_;
  QProgressBar* loading_;
  QPushButton* cancelLoading_;
  QToolButton* playButton_;
  QComboBox* speed_;
  QPushButton* fromHere_;
  QTimer playing_;
  QTimer lightsTimer_;
  QString lightsOf_;  ///< what the lights are about, so that they are not worked out again
  std::vector<DialChance> chances_;
  QString chancesOf_;   ///< what they are about
  std::string maskOf_;  ///< what the desk's control mask was cut of
  QFutureWatcher<std::vector<ScoreRow>> scoring_;
  bool looping_ = true;
  bool briefing_ = false;
  bool firstForecast_ = true;
  Theme::Choice theme_ = Theme::Choice::System;
};

}  // namespace stormloom
