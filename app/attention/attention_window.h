#pragma once

#include <QElapsedTimer>
#include <QMainWindow>
#include <QTimer>
#include <map>
#include <memory>
#include <optional>

#include "app/attention/attention_subject.h"
#include "app/attention/attention_worker.h"
#include "core/attention_block.h"

class QComboBox;
class QLabel;
class QListWidget;
class QProgressBar;
class QPushButton;
class QSlider;
class QSpinBox;

namespace stormloom {

class AttentionMaps;
class BackgroundExport;
class BlockPanel;

/// What a forecast at a place looked at: maps and a block in space and time, layers, heads, and the
/// test that tells looking from causing.
class AttentionWindow : public QMainWindow {
  Q_OBJECT
public:
  explicit AttentionWindow(const EngineOptions& options = {}, QWidget* parent = nullptr);
  ~AttentionWindow() override;

  void setSubject(const AttentionSubject& subject);
  /// Asks for one pixel of the model's grid; frame -1 keeps the frame that asks.
  void ask(int frame, int row, int col);
  /// What a lesson asks for: "model prediff", "layer PATH", "head 2", "step 3", "n 2", "ask
  /// 5,64,64", "wettest", "rollout", "dry", "ground rain", "usual" (nothing followed back or dried
  /// out, mean of the heads, the whole block), and of the block "apart 1", "turn 40,20", "slice
  /// frame 3", "from row 4", "whole". UsageError for anything else.
  void act(const std::vector<std::string>& words);

  /// What can be taken away.
  enum class Export { Maps, Block, BlockTurning, BlockApart, BlockFrames, Layers, Weights, Dry };
  /// Writes it in the background, in the form that the file's ending names.
  void exportTo(Export what, const QString& file);

Q_SIGNALS:
  void patternLabAsked();
  void lessonsAsked();
  void diffusionAsked();
  void subjectWanted();  ///< the desk may have changed, or a forecast may have come
  void exported(const QString& file);

protected:
  void changeEvent(QEvent* event) override;

private:
  // attention_window.cpp
  QWidget* buildControls();
  QWidget* buildButtons();
  QWidget* buildViews();
  QWidget* buildFoot();
  void wire();
  void wireWorker();
  // attention_window_ask.cpp
  void choosePlace();
  void lookAgain();
  void takeScene(std::shared_ptr<const AttentionScene> scene);
  void takeView(std::shared_ptr<const AttentionView> view);
  void takeOcclusion(std::shared_ptr<const OcclusionMap> map);
  void giveRowsRoom();
  void chooseRow();
  void askLayer();
  void askFromMaps(int frame, int row, int col);
  void askAgain();
  void forgetDry();
  void setPending(bool pending);
  void askNeighbour(const Thw& cell);
  void testByOcclusion();
  void tellDrying(double share, const QString& what);
  QElapsedTimer drying_;  ///< valid while patches are dried out
  void showBlock();
  void tellCell(const Thw& cell);
  const AttentionLayer* chosenLayer() const;
  int forecastFrame() const;
  QString askedElsewhere(const AttentionView& view) const;
  RadarAt radar() const;
  void chooseLayer(const QString& path);
  // attention_window_export.cpp
  class QMenu* buildExportMenu();
  void askForFile(Export what, const QString& name, const QString& forms);
  CommandOptions options(const QString& file) const;
  void writeMaps(const QString& file);
  void writeBlock(Export what, const QString& file);
  void writeWeights(const QString& file);
  void writeDry(const QString& file);
  void writeLayers(std::vector<std::shared_ptr<const AttentionView>> views);
  std::string footnote() const;

  AttentionWorker* worker_;
  BackgroundExport* export_;
  AttentionSubject subject_;
  std::shared_ptr<const AttentionScene> scene_;
  QTimer waiting_;  ///< for forecasts that are not there yet
  AttentionPass pass_;         ///< that was asked for last
  bool looking_ = false;       ///< it is not there yet
  bool placeOutside_ = false;  ///< pinned where no forecast is made
  bool wantedDry_ = false;     ///< of a lesson, until the weights are there
  /// The frame that the person asked for; a layer that lacks it is asked at the nearest one.
  std::optional<LevelFrame> asked_;
  QString wantedLayer_;                   ///< of a lesson, until the pass is there
  QString layersFile_;                    ///< where the film of all layers goes
  int frame_ = -1, row_ = -1, col_ = -1;  ///< pixel that asks; -1: not chosen yet

  AttentionMaps* maps_ = nullptr;
  BlockPanel* block_ = nullptr;
  QComboBox* ground_ = nullptr;
  QComboBox* model_ = nullptr;
  QSpinBox* step_ = nullptr;
  QSpinBox* intensity_ = nullptr;
  QListWidget* layers_ = nullptr;
  QComboBox* head_ = nullptr;
  QSlider* askingFrame_ = nullptr;
  QLabel* askingFrameText_ = nullptr;
  QPushButton* rollout_ = nullptr;
  QPushButton* occlude_ = nullptr;
  QPushButton* copy_ = nullptr;
  QLabel* readout_ = nullptr;
  QLabel* elsewhere_ = nullptr;
  QLabel* sentence_ = nullptr;
  QProgressBar* work_ = nullptr;
};

}  // namespace stormloom
