#pragma once

#include <QMainWindow>
#include <map>
#include <memory>

#include "app/attention/attention_worker.h"
#include "core/frame_sequence.h"

class QComboBox;
class QLabel;
class QListWidget;
class QProgressBar;
class QPushButton;
class QSlider;
class QSpinBox;

namespace stormloom {

class AttentionMaps;

/// What a forecast at a place looked at: maps, layers, heads, and the test that tells looking from
/// causing.
class AttentionWindow : public QMainWindow {
  Q_OBJECT
public:
  explicit AttentionWindow(const EngineOptions& options = {}, QWidget* parent = nullptr);
  ~AttentionWindow() override;

  /// The context to look into; `coming` are its extrapolation and a forecast, for the radar below.
  void setContext(std::shared_ptr<const ModelContext> context,
                  const std::vector<FrameSequence>& coming);
  /// Asks for one pixel of the model's grid; frame -1 keeps the frame that asks.
  void ask(int frame, int row, int col);
  /// What a lesson asks for: "model prediff", "layer PATH", "head 2", "step 3", "n 2", "ask
  /// 5,64,64", "rollout". UsageError for anything else.
  void act(const std::vector<std::string>& words);

Q_SIGNALS:
  void patternLabAsked();
  void lessonsAsked();

private:
  QWidget* buildControls();
  QWidget* buildFoot();
  void wire();
  void lookAgain();
  void takeScene(std::shared_ptr<const AttentionScene> scene);
  void takeView(std::shared_ptr<const AttentionView> view);
  void askAgain();
  void testByOcclusion();
  void savePicture();
  const AttentionLayer* chosenLayer() const;
  QString commandLine() const;
  void chooseLayer(const QString& path);

  AttentionWorker* worker_;
  std::shared_ptr<const ModelContext> context_;
  std::shared_ptr<const AttentionScene> scene_;
  QString wantedLayer_;                   ///< of a lesson, until the pass is there
  int frame_ = -1, row_ = -1, col_ = -1;  ///< pixel that asks; -1: not chosen yet

  AttentionMaps* maps_ = nullptr;
  QComboBox* model_ = nullptr;
  QSpinBox* step_ = nullptr;
  QSpinBox* intensity_ = nullptr;
  QListWidget* layers_ = nullptr;
  QComboBox* head_ = nullptr;
  QSlider* askingFrame_ = nullptr;
  QPushButton* rollout_ = nullptr;
  QPushButton* occlude_ = nullptr;
  QLabel* readout_ = nullptr;
  QLabel* elsewhere_ = nullptr;
  QLabel* sentence_ = nullptr;
  QProgressBar* work_ = nullptr;
};

}  // namespace stormloom
