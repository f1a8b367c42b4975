#pragma once

#include <QImage>
#include <QWidget>
#include <optional>
#include <vector>

#include "core/pattern_lab.h"

namespace stormloom {

/// One layer of a pattern as a block of cells and frame by frame below it: cuboids in colours, or
/// the receptive field of one element.
class PatternView : public QWidget {
  Q_OBJECT
public:
  explicit PatternView(QWidget* parent = nullptr);

  void setPattern(const LabPattern& pattern);
  void setLayer(int layer);  ///< counted from 0
  /// Shows what reaches the chosen element through the first layers; 0: cuboids of the layer
  /// instead.
  void setGrownLayers(int layers);
  void setElement(const Thw& element);
  const LabPattern& pattern() const { return pattern_; }
  /// 1 for each cell that is lit: the chosen element's cuboid or its receptive field.
  const std::vector<std::uint8_t>& lit() const { return lit_; }

  QImage picture(QSize size) const;
  QSize sizeHint() const override { return {460, 560}; }

Q_SIGNALS:
  void elementChosen(const stormloom::Thw& element);
  void hovered(const QString& text);

protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;

private:
  struct Places {
    QRectF block;                ///< room for the block of cells
    std::vector<QRectF> frames;  ///< one square for each frame
  };
  Places places(QSize size) const;
  void drawAll(QPainter& painter, QSize size) const;
  void drawBlock(QPainter& painter, const QRectF& room) const;
  void drawFrame(QPainter& painter, const QRectF& room, std::int64_t frame) const;
  QColor colorOf(const Thw& at) const;
  std::optional<Thw> cellAt(const QPointF& place) const;
  void recompute();

  LabPattern pattern_;
  int layer_ = 0;
  int grown_ = 0;
  Thw element_ = {0, 0, 0};
  std::vector<std::int64_t> numbers_;
  std::int64_t cuboids_ = 1;
  std::vector<std::uint8_t> lit_;
};

}  // namespace stormloom
