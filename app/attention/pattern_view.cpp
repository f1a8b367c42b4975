#include "app/attention/pattern_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <tuple>

#include "app/figure/block_drawing.h"
#include "app/figure/figure_style.h"

namespace stormloom {

PatternView::PatternView(QWidget* parent) : QWidget(parent) {
  setObjectName("patternFrames");
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setMinimumSize(300, 84);
  setAccessibleName(tr("Frames of the pattern"));
}

void PatternView::show(std::shared_ptr<const CellBlock> block, std::vector<std::int64_t> numbers,
                       const Thw& element) {
  block_ = std::move(block);
  numbers_ = std::move(numbers);
  element_ = element;
  update();
}

int PatternView::textHeight() const { return std::max(11, fontMetrics().ascent()); }

std::vector<QRectF> PatternView::rooms() const {
  return block_drawing::frameRooms(block_->map.data, QRectF(rect()).adjusted(8, 2, 0, -6),
                                   textHeight());
}

QRectF PatternView::cellRoom(const Thw& cell) const {
  const Thw& field = block_->map.data;
  const QRectF room = rooms().at(std::size_t(cell[0]));
  const double width = room.width() / double(field[2]), height = room.height() / double(field[1]);
  return {room.left() + double(cell[2]) * width, room.top() + double(cell[1]) * height, width,
          height};
}

void PatternView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  if (!block_) return;
  painter.fillRect(rect(), figure_style::toQColor(block_->ink.ground));
  block_drawing::drawFrames(painter, rooms(), *block_, numbers_, textHeight());
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(figure_style::toQColor(block_->ink.asking), hasFocus() ? 3.0 : 2.0));
  painter.drawRect(cellRoom(element_).adjusted(-1, -1, 1, 1));
}

std::optional<Thw> PatternView::cellAt(const QPointF& place) const {
  if (!block_) return std::nullopt;
  const Thw& field = block_->map.data;
  const std::vector<QRectF> all = rooms();
  for (std::size_t t = 0; t < all.size(); ++t) {
    const QRectF& room = all[t];
    if (!room.contains(place)) continue;
    const double h = (place.y() - room.top()) / room.height() * double(field[1]);
    const double w = (place.x() - room.left()) / room.width() * double(field[2]);
    return Thw{std::int64_t(t), std::clamp<std::int64_t>(std::int64_t(h), 0, field[1] - 1),
               std::clamp<std::int64_t>(std::int64_t(w), 0, field[2] - 1)};
  }
  return std::nullopt;
}

void PatternView::mousePressEvent(QMouseEvent* event) {
  if (const auto cell = cellAt(event->position())) Q_EMIT elementChosen(*cell);
}

void PatternView::mouseMoveEvent(QMouseEvent* event) {
  if (const auto cell = cellAt(event->position()))
    Q_EMIT cellHovered(*cell);
  else
    Q_EMIT hoverLeft();
}

void PatternView::leaveEvent(QEvent*) { Q_EMIT hoverLeft(); }

void PatternView::keyPressEvent(QKeyEvent* event) {
  static constexpr std::tuple<int, std::size_t, int> kSteps[] = {
      {Qt::Key_Left, 2, -1}, {Qt::Key_Right, 2, 1},   {Qt::Key_Up, 1, -1},
      {Qt::Key_Down, 1, 1},  {Qt::Key_PageUp, 0, -1}, {Qt::Key_PageDown, 0, 1}};
  for (const auto& [key, axis, by] : kSteps) {
    if (event->key() != key || !block_) continue;
    Thw next = element_;
    next[axis] = std::clamp<std::int64_t>(next[axis] + by, 0, block_->map.data[axis] - 1);
    Q_EMIT elementChosen(next);
    return;
  }
  QWidget::keyPressEvent(event);
}

}  // namespace stormloom
