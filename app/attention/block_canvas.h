#pragma once

#include <QPointF>
#include <QTimer>
#include <memory>
#include <optional>

#include "app/scene/scene_widget.h"
#include "render/cell_block_scene.h"

namespace stormloom {

/// A block of cells that turns under the hand: dragging turns it, the wheel zooms, a click chooses
/// a cell. Arrow keys turn, plus and minus zoom, Space lets it turn by itself, Home looks from the
/// usual side.
class BlockCanvas : public SceneWidget {
  Q_OBJECT
public:
  explicit BlockCanvas(QWidget* parent = nullptr);
  ~BlockCanvas() override;

  void setBlock(std::shared_ptr<const CellBlock> block);
  const std::shared_ptr<const CellBlock>& block() const { return scene_.block(); }
  void setView(const BlockView& view);
  const BlockView& view() const { return scene_.view(); }
  void setTurning(bool on);
  bool isTurning() const { return turning_.isActive(); }

  QSize sizeHint() const override { return {520, 420}; }

Q_SIGNALS:
  void viewChanged();
  void cellChosen(const stormloom::Thw& cell);
  void cellHovered(const stormloom::Thw& cell);
  void hoverLeft();

protected:
  void changeEvent(QEvent* event) override;
  void resizeGL(int width, int height) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void leaveEvent(QEvent* event) override;

private:
  void turnBy(double turn, double tilt);
  void zoomBy(double factor);

  CellBlockScene scene_;
  QTimer turning_;
  std::optional<QPointF> pressedAt_, draggedFrom_;
};

}  // namespace stormloom
