#include "app/attention/block_canvas.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "app/attention/view_theme.h"

namespace stormloom {
namespace {

constexpr double kDegreesPerPixel = 0.4;
constexpr double kDegreesPerKey = 5.0;
constexpr double kDegreesPerTick = 0.6;
constexpr int kTickMilliseconds = 33;
constexpr double kClickReach = 4.0;

}  // namespace

BlockCanvas::BlockCanvas(QWidget* parent) : SceneWidget(parent) {
  setObjectName("blockCanvas");
  setMinimumSize(240, 140);
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Block of cells in space and time"));
  setToolTip(tr("Drag or arrow keys: turn. Wheel, + and −: zoom. Click: choose a cell. Space: turn "
                "by itself. Home: as at first."));
  addRenderer(scene_.renderer());
  addRenderer(scene_.frontRenderer());
  scene_.setGround(BlockInk::of(isDark(*this)).ground);
  turning_.setInterval(kTickMilliseconds);
  connect(&turning_, &QTimer::timeout, this, [this] { turnBy(kDegreesPerTick, 0.0); });
}

BlockCanvas::~BlockCanvas() { releaseGl(); }

void BlockCanvas::setBlock(std::shared_ptr<const CellBlock> block) {
  scene_.setBlock(std::move(block));
  update();
}

void BlockCanvas::setView(const BlockView& view) {
  if (view == scene_.view()) return;
  scene_.setView(view);
  update();
  Q_EMIT viewChanged();
}

void BlockCanvas::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) {
    scene_.setGround(BlockInk::of(isDark(*this)).ground);
    update();
  }
  SceneWidget::changeEvent(event);
}

void BlockCanvas::setTurning(bool on) {
  if (on)
    turning_.start();
  else
    turning_.stop();
}

void BlockCanvas::resizeGL(int width, int height) {
  SceneWidget::resizeGL(width, height);
  const double scale = devicePixelRatioF();
  scene_.setSize({std::max(1, int(std::lround(width * scale))),
                  std::max(1, int(std::lround(height * scale))), scale});
}

void BlockCanvas::turnBy(double turn, double tilt) {
  BlockView next = view();
  next.turn = std::fmod(next.turn + turn + 540.0, 360.0) - 180.0;
  next.tilt = std::clamp(next.tilt + tilt, -89.0, 89.0);
  setView(next);
}

void BlockCanvas::zoomBy(double factor) {
  BlockView next = view();
  next.zoom = std::clamp(next.zoom * factor, 0.3, 12.0);
  setView(next);
}

void BlockCanvas::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  setTurning(false);
  pressedAt_ = draggedFrom_ = event->position();
}

void BlockCanvas::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (draggedFrom_) {
    const QPointF by = at - *draggedFrom_;
    draggedFrom_ = at;
    return turnBy(-kDegreesPerPixel * by.x(), kDegreesPerPixel * by.y());
  }
  if (const auto cell = scene_.cellAt(at.x(), at.y()))
    Q_EMIT cellHovered(*cell);
  else
    Q_EMIT hoverLeft();
}

void BlockCanvas::mouseReleaseEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  const bool click =
      pressedAt_ && std::hypot(at.x() - pressedAt_->x(), at.y() - pressedAt_->y()) <= kClickReach;
  pressedAt_.reset();
  draggedFrom_.reset();
  if (!click) return;
  if (const auto cell = scene_.cellAt(at.x(), at.y())) Q_EMIT cellChosen(*cell);
}

void BlockCanvas::wheelEvent(QWheelEvent* event) {
  zoomBy(std::pow(1.2, event->angleDelta().y() / 120.0));
  event->accept();
}

void BlockCanvas::leaveEvent(QEvent*) { Q_EMIT hoverLeft(); }

void BlockCanvas::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Left:
      return turnBy(kDegreesPerKey, 0.0);
    case Qt::Key_Right:
      return turnBy(-kDegreesPerKey, 0.0);
    case Qt::Key_Up:
      return turnBy(0.0, kDegreesPerKey);
    case Qt::Key_Down:
      return turnBy(0.0, -kDegreesPerKey);
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      return zoomBy(1.2);
    case Qt::Key_Minus:
      return zoomBy(1.0 / 1.2);
    case Qt::Key_Space:
      return setTurning(!isTurning());
    case Qt::Key_Home: {
      BlockView usual;
      usual.apart = view().apart;
      usual.slice = view().slice;
      return setView(usual);
    }
    default:
      SceneWidget::keyPressEvent(event);
  }
}

}  // namespace stormloom
