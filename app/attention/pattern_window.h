#pragma once

#include <QMainWindow>
#include <array>

#include "core/pattern_lab.h"

class QComboBox;
class QLabel;
class QSpinBox;

namespace stormloom {

class PatternView;

/// The pattern lab: two patterns side by side, their cuboids, how the receptive field of one
/// element grows through the layers, and what each costs beside full attention.
class PatternWindow : public QMainWindow {
  Q_OBJECT
public:
  explicit PatternWindow(QWidget* parent = nullptr);

  /// What a lesson asks for: "left PRESET", "right PRESET", and for both sides "layer 2", "grown
  /// 3", "globals 8", "element 2,1,1". UsageError for anything else.
  void act(const std::vector<std::string>& words);

private:
  /// One side: what it shows and what chooses it.
  struct Side {
    PatternView* view = nullptr;
    QComboBox* preset = nullptr;
    QComboBox* layer = nullptr;
    QLabel* cost = nullptr;
    std::array<QSpinBox*, 3> field{}, size{}, shift{};
    std::array<QComboBox*, 3> strategy{};
    QComboBox* padding = nullptr;
    QSpinBox* globals = nullptr;
    QSpinBox* grown = nullptr;
  };
  QWidget* buildSide(Side& side, int preset);
  void fillPresets(Side& side);
  void takePreset(Side& side);
  void takeNumbers(Side& side);
  void show(Side& side, const LabPattern& pattern);
  void tellCost(Side& side);

  std::array<Side, 2> sides_;
  std::vector<LabPattern> presets_;
  bool filling_ = false;
};

}  // namespace stormloom
