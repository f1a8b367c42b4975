#pragma once

#include <QWidget>
#include <memory>
#include <optional>
#include <vector>

#include "core/attention_block.h"

namespace stormloom {

/// One layer of a pattern frame by frame: cuboids in colours with their numbers, or the receptive
/// field of one element. A click or the arrow keys choose the element, Page Up and Page Down its
/// frame.
class PatternView : public QWidget {
  Q_OBJECT
public:
  explicit PatternView(QWidget* parent = nullptr);

  /// `numbers`: the cuboid of each cell; empty where the receptive field is shown.
  void show(std::shared_ptr<const CellBlock> block, std::vector<std::int64_t> numbers,
            const Thw& element);

  QSize sizeHint() const override { return {460, 220}; }
  /// Where a cell is drawn.
  QRectF cellRoom(const Thw& cell) const;

Q_SIGNALS:
  void elementChosen(const stormloom::Thw& element);
  void cellHovered(const stormloom::Thw& cell);
  void hoverLeft();

protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void leaveEvent(QEvent* event) override;

private:
  int textHeight() const;
  std::vector<QRectF> rooms() const;
  std::optional<Thw> cellAt(const QPointF& place) const;

  std::shared_ptr<const CellBlock> block_;
  std::vector<std::int64_t> numbers_;
  Thw element_ = {0, 0, 0};
};

}  // namespace stormloom
