#pragma once

#include <QVariantAnimation>
#include <QWidget>
#include <memory>

#include "app/attention/block_canvas.h"

class QCheckBox;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QSlider;

namespace stormloom {

/// A block of cells and below it what takes it apart: cuboids away from each other, slices along
/// time, rows or columns.
class BlockPanel : public QWidget {
  Q_OBJECT
public:
  /// Where there is little width, the choice of a slice stands on the line of its slider.
  explicit BlockPanel(bool narrow = false, QWidget* parent = nullptr);

  BlockCanvas& canvas() { return *canvas_; }
  void setBlock(std::shared_ptr<const CellBlock> block);
  /// What is shown belongs to another question than the one that was asked.
  void setPending(bool pending);
  /// A widget beside the sliders.
  void addControl(QWidget* control);
  /// What a lesson asks for: "apart 1", "turn 40,20", "slice frame 3", "from row 4", "whole", and
  /// "usual" for the whole block as it stands at first.
  /// False for anything else.
  bool act(const std::vector<std::string>& words);

private:
  enum class Cut { Whole, Frame, Row, Column };
  void takeSlice();
  void setApart(double share);
  bool setSlice(const QString& axis, int index, bool behind);

  BlockCanvas* canvas_;
  QSlider* apart_;
  QComboBox* axis_;
  QSlider* index_;
  QCheckBox* behind_;
  QLabel* where_;
  QHBoxLayout* row_;
  QWidget* slice_;  ///< slider and words of a slice
  QLabel* pending_;
  QVariantAnimation going_;
};

}  // namespace stormloom
