#pragma once

#include <QTimer>
#include <QWidget>
#include <array>
#include <vector>

#include "core/attention_block.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QGridLayout;

namespace stormloom {

class BlockPanel;
class PatternView;

/// One pattern of the lab: what chooses it, its block, its frames, what it costs.
class PatternSide : public QWidget {
  Q_OBJECT
public:
  PatternSide(std::vector<LabPattern> presets, int preset, QWidget* parent = nullptr);

  const LabPattern& pattern() const { return pattern_; }
  PatternLook look() const;
  BlockPanel& block() { return *block_; }
  PatternView& frames() { return *frames_; }
  QString costText() const;

  bool usePreset(const QString& name);
  void setLayer(int layer);  ///< counted from 1
  void setGrown(int layers);
  void showOnlyLit();
  /// Without the boxes of numbers and with the lines of cost that lessons speak of.
  void setProjected(bool projected);
  void showUsual();  ///< first layer, its cuboids, the whole block
  void setGlobals(int count);
  void setElement(const Thw& element);
  /// What one layer takes on this machine; negative: not run.
  void setTiming(int layer, double milliseconds, int threads);
  /// What full attention on the same field takes.
  void setFullTiming(double milliseconds);
  /// The field's pattern of one layer of full attention.
  LabPattern fullPattern() const;

Q_SIGNALS:
  void patternChanged();  ///< another cut: times are not known any more
  void said(const QString& text);

protected:
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

private:
  void buildNumbers(QGridLayout* grid);
  void buildChoices(QGridLayout* grid);
  void wire();
  void takePreset();
  void takeNumbers();
  void showNumbers();
  void showPattern();
  void grow();
  void tellCost();
  void keepCostWhole();
  void tellCell(const Thw& cell);
  QString growthText() const;
  QString timingText() const;

  std::vector<LabPattern> presets_;
  LabPattern pattern_;
  Thw element_ = {0, 0, 0};
  std::vector<double> times_;  ///< of each layer; NaN: not known yet
  double fullTime_ = 0.0;
  int threads_ = 0;
  QTimer growing_;
  bool filling_ = false;

  bool projected_ = false;
  QWidget* numbers_ = nullptr;  ///< field, cuboid, strategy, shift
  QComboBox* preset_ = nullptr;
  QLabel* meaning_ = nullptr;
  QComboBox* layer_ = nullptr;
  std::array<QSpinBox*, 3> field_{}, size_{}, shift_{};
  std::array<QComboBox*, 3> strategy_{};
  QComboBox* padding_ = nullptr;
  QSpinBox* globals_ = nullptr;
  QSpinBox* grown_ = nullptr;
  QPushButton* grow_ = nullptr;
  QCheckBox* onlyLit_ = nullptr;
  BlockPanel* block_ = nullptr;
  PatternView* frames_ = nullptr;
  QLabel* cost_ = nullptr;
};

}  // namespace stormloom
