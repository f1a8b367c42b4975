#include "app/gui/command_chart.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "app/gui/theme.h"

namespace stormloom {
namespace {

constexpr double kReach = 12;  ///< pixels around a handle that still take hold of it
constexpr double kRadius = 4;

bool isOfHandles(int key) {
  switch (key) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
      return true;
    default:
      return false;
  }
}

}  // namespace

CommandChart::CommandChart(QWidget* parent) : CurveChart(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::TabFocus);  // a drag must not take the arrow keys away from time
  setAccessibleName(tr("Command over lead time"));
}

QPointF CommandChart::handlePosition(int handle) const {
  return at(content().handles.at(std::size_t(handle)));
}

int CommandChart::handleAt(const QPointF& place) const {
  int nearest = -1;
  double least = kReach;
  for (int i = 0; i < int(content().handles.size()); ++i) {
    const QPointF away = handlePosition(i) - place;
    const double distance = std::hypot(away.x(), away.y());
    if (distance > least) continue;
    least = distance;
    nearest = i;
  }
  return nearest;
}

void CommandChart::paintEvent(QPaintEvent* event) {
  CurveChart::paintEvent(event);
  const Theme& theme = Theme::of(*this);
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  for (int i = 0; i < int(content().handles.size()); ++i) {
    const bool chosen = i == held_ || (hasFocus() && i == selected_);
    painter.setPen(QPen(chosen ? theme.text : theme.ground, chosen ? 2 : 1.5));
    painter.setBrush(theme.forecast);
    painter.drawEllipse(handlePosition(i), kRadius + (chosen ? 2 : 0), kRadius + (chosen ? 2 : 0));
  }
}

void CommandChart::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  held_ = handleAt(event->position());
  if (held_ < 0) return;
  selected_ = held_;
  update();
  Q_EMIT handHeld(true);
}

void CommandChart::mouseMoveEvent(QMouseEvent* event) {
  if (held_ < 0)
    return setCursor(handleAt(event->position()) >= 0 ? Qt::SizeVerCursor : Qt::ArrowCursor);
  Q_EMIT handleMoved(held_, valueAt(event->position().y()));
}

void CommandChart::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton || held_ < 0) return;
  held_ = -1;
  update();
  Q_EMIT handHeld(false);
}

void CommandChart::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) Q_EMIT handleReset(handleAt(event->position()));
}

// The window's shortcuts would take the arrow keys.
bool CommandChart::event(QEvent* event) {
  if (event->type() == QEvent::ShortcutOverride) {
    auto* key = static_cast<QKeyEvent*>(event);
    if (key->modifiers() == Qt::NoModifier && isOfHandles(key->key())) event->accept();
  }
  return CurveChart::event(event);
}

void CommandChart::focusInEvent(QFocusEvent* event) {
  CurveChart::focusInEvent(event);
  update();
}

void CommandChart::keyPressEvent(QKeyEvent* event) {
  const int count = int(content().handles.size());
  if (count == 0 || !isOfHandles(event->key())) return CurveChart::keyPressEvent(event);
  selected_ = std::clamp(selected_, 0, count - 1);
  switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
      selected_ = std::clamp(selected_ + (event->key() == Qt::Key_Right ? 1 : -1), 0, count - 1);
      return update();
    case Qt::Key_Up:
    case Qt::Key_Down:
      return Q_EMIT handleNudged(selected_, event->key() == Qt::Key_Up ? 0.1 : -0.1);
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
      return Q_EMIT handleNudged(selected_, event->key() == Qt::Key_PageUp ? 1.0 : -1.0);
    default:
      return Q_EMIT handleReset(selected_);
  }
}

}  // namespace stormloom
