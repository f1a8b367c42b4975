#pragma once

#include <QMainWindow>
#include <QTimer>
#include <vector>

#include "app/gui/forecast_source.h"
#include "app/gui/map_pane.h"
#include "app/gui/time_bar.h"

class QComboBox;
class QLabel;
class QListWidget;
class QProgressBar;
class QPushButton;
class QSplitter;
class QToolButton;

namespace stormloom {

class Banner;
class FileLoader;
struct RadarFiles;
class KeyList;
class ScenarioController;
class ScenarioPanel;

/// Wires maps, time, dial and files; holds what is on the desk.
class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  explicit MainWindow(ForecastFunctions functions, QWidget* parent = nullptr);
  ~MainWindow() override;
  void openPaths(const QStringList& paths);
  void openSyntheticEvent();
  const Desk& desk() const { return desk_; }

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  void buildLayout();
  QWidget* buildTop();
  QWidget* buildMaps();
  QWidget* buildTime();
  void wireFiles();
  void wireForecasts();
  void linkPane(MapPane* pane);
  bool handleKey(int key, const QString& text);

  void takeFiles(std::shared_ptr<const RadarFiles> files);
  void chooseSequence(int row);
  void startForecastAt(std::optional<ValidTime> runTime);
  void takeContext(std::shared_ptr<const ModelContext> context);
  void takeScenario(std::shared_ptr<const ScenarioForecast> forecast);
  void explain(const QString& model, const QString& sentence);
  void rebuildTimes();
  void seek(int index);
  void step(int by);
  void play(bool on);
  void showDesk();
  void showFacts();
  void openDialog();

  Desk desk_;
  std::shared_ptr<const RadarFiles> files_;
  FileLoader* loader_;
  ForecastSource* source_;
  ScenarioController* controller_;
  ScenarioPanel* panel_;
  std::vector<MapPane*> panes_;
  TimeBar* times_;
  QListWidget* events_;
  Banner* banner_;
  KeyList* keys_;
  QLabel* eventText_;
  QLabel* runText_;
  QLabel* validText_;
  QLabel* kindText_;
  QLabel* readout_;
  QProgressBar* loading_;
  QPushButton* cancelLoading_;
  QToolButton* playButton_;
  QToolButton* loopButton_;
  QComboBox* speed_;
  QPushButton* fromHere_;
  QTimer playing_;
};

}  // namespace stormloom
