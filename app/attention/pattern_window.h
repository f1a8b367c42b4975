#pragma once

#include <QMainWindow>
#include <QTimer>
#include <array>

#include "app/attention/attention_subject.h"
#include "core/pattern_lab.h"

class QLabel;

namespace stormloom {

class AttentionWorker;
class BackgroundExport;
class PatternSide;

/// The pattern lab: two patterns side by side, their cuboids, how the receptive field of one
/// element grows through the layers, and what each costs beside full attention, computed and
/// measured.
class PatternWindow : public QMainWindow {
  Q_OBJECT
public:
  explicit PatternWindow(QWidget* parent = nullptr);
  ~PatternWindow() override;

  /// What a lesson asks for: "left PRESET", "right PRESET", "right globals 8", and for both sides
  /// "layer 2", "grown 3", "globals 8", "element 2,1,1", "apart 1", "turn 40,20", "slice frame 2",
  /// "from row 1", "whole", "lit" (all other cells small), "usual" (as patterns stand at first). UsageError for anything else.
  void act(const std::vector<std::string>& words);
  /// What a hall does not need is hidden.
  void setProjected(bool projected);
  PatternSide& side(int index) { return *sides_[std::size_t(index)]; }
  enum class Film { Turn, Apart, Growth };
  /// Block, frames and cost of one side: .png, .svg, .nc, .csv, or a film.
  void exportTo(int side, const QString& file, Film film = Film::Turn);

Q_SIGNALS:
  void exported(const QString& file);

private:
  class QMenu* buildExportMenu();
  void measure();
  void takeTiming(int pattern, int layer, double milliseconds, int threads);

  std::array<PatternSide*, 2> sides_{};
  AttentionWorker* worker_;
  BackgroundExport* export_;
  QTimer measureSoon_;
  QLabel* readout_ = nullptr;
};

}  // namespace stormloom
