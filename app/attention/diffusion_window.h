#pragma once

#include <QMainWindow>
#include <QTimer>
#include <memory>

#include "app/attention/attention_subject.h"
#include "app/attention/attention_worker.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QSlider;
class QSpinBox;

namespace stormloom {

class BackgroundExport;
class DiffusionView;

/// Diffusion made visible: noise becoming rain, what the network expects at every step, and how the
/// command pushes, for two n side by side from the same noise. The steps are a second time axis.
class DiffusionWindow : public QMainWindow {
  Q_OBJECT
public:
  explicit DiffusionWindow(const EngineOptions& options = {}, QWidget* parent = nullptr);
  ~DiffusionWindow() override;

  void setSubject(const AttentionSubject& subject);
  /// What a lesson asks for: "n 0,3", "step 4", "result", "lead 6", "play". UsageError for
  /// anything else.
  void act(const std::vector<std::string>& words);
  DiffusionView& view() { return *view_; }

  enum class Export { Moment, Sheet, Film, Numbers };
  void exportTo(Export what, const QString& file);

Q_SIGNALS:
  void exported(const QString& file);
  void subjectWanted();  ///< there is nothing to watch yet
  void watched();  ///< all steps are there

private:
  QWidget* buildTop();
  QWidget* buildFoot();
  class QMenu* buildExportMenu();
  void wire();
  void watch();
  void take(DiffusionTraces traces);
  void showStep(int step);
  void showLead(int lead);
  void play(bool on);
  CommandOptions options(const QString& file) const;

  AttentionWorker* worker_;
  BackgroundExport* export_;
  AttentionSubject subject_;
  QTimer watchSoon_, playing_;
  QTimer waiting_;  ///< for an event that is not there yet
  int wantedStep_ = 0;

  DiffusionView* view_ = nullptr;
  QDoubleSpinBox* left_ = nullptr;
  QDoubleSpinBox* right_ = nullptr;
  QSpinBox* seed_ = nullptr;
  QSlider* step_ = nullptr;
  QSlider* lead_ = nullptr;
  QLabel* stepText_ = nullptr;
  QLabel* leadText_ = nullptr;
  QPushButton* play_ = nullptr;
  QLabel* readout_ = nullptr;
  QProgressBar* work_ = nullptr;
};

}  // namespace stormloom
