// The hand on the maps: moving, zooming, borders between panes, panes swapped, places and areas
// chosen.
#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "app/gui/map_wall.h"
#include "core/model_box.h"

namespace stormloom {
namespace {

constexpr double kBorderReach = 4;  ///< pixels beside a border that still take hold of it
constexpr double kClickReach = 4;   ///< a press that moves less is a click
constexpr std::size_t kMostCorners = 500;
constexpr double kCornerSpacing = 6;  ///< pixels between corners of an area that is drawn

}  // namespace

int MapWall::paneAt(const QPointF& at) const {
  for (int i = 0; i < count(); ++i)
    if (paneRect(i).contains(at.toPoint())) return i;
  return -1;
}

std::optional<PaneLayout::Border> MapWall::borderAt(const QPointF& at) const {
  for (const PaneLayout::Border& border : layout_.borders()) {
    const bool row = border.way == PaneLayout::Way::Row;
    const double along = row ? at.y() / height() : at.x() / width();
    const double from = row ? border.area.top : border.area.left,
                 length = row ? border.area.height : border.area.width;
    const double away = row ? at.x() - border.at * width() : at.y() - border.at * height();
    if (along >= from && along <= from + length && std::abs(away) <= kBorderReach) return border;
  }
  return std::nullopt;
}

void MapWall::takeView(const MapView& view) {
  if (!scene(0).frame()) return;  // no map yet
  setView(view);
  Q_EMIT viewChanged();
}

void MapWall::mousePressEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  const int pane = paneAt(at);
  if (event->button() == Qt::RightButton && pane >= 0) {
    setActivePane(pane);
    const QPointF in = at - paneRect(pane).topLeft();
    const LonLat place = scene(pane).lonLatFromPixel(in.x(), in.y());
    Q_EMIT placeMenuAsked(pane, event->globalPosition().toPoint(), place.lon, place.lat);
    return;
  }
  if (event->button() != Qt::LeftButton) return;
  pressedAt_ = draggedFrom_ = at;
  border_ = borderAt(at);
  if (border_) {
    drag_ = Drag::Border;
  } else if (pane >= 0) {
    setActivePane(pane);
    dragPane_ = pane;
    const QPointF in = at - paneRect(pane).topLeft();
    if (tool_ == Tool::Look && scene(pane).isOnBox(in.x(), in.y())) {
      const LonLat from = scene(pane).lonLatFromPixel(in.x(), in.y());
      const LonLat middle = middleOf(*scene(pane).box());
      boxHold_ = {middle.lon - from.lon, middle.lat - from.lat};
      drag_ = Drag::Box;
      setView(view_);  // the map stays while the box moves
      setCursor(Qt::SizeAllCursor);
      return;
    }
    const bool area = tool_ == Tool::Area || (event->modifiers() & Qt::ShiftModifier);
    drag_ = area ? Drag::Area : Drag::Map;
    corners_.clear();
    if (area)
      addCorner(at);
    else if (tool_ == Tool::Look)
      setCursor(Qt::ClosedHandCursor);
  }
}

void MapWall::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (drag_ != Drag::None) {
    dragTo(at);
  } else {
    const auto border = borderAt(at);
    const int pane = paneAt(at);
    const QPointF in = pane < 0 ? at : at - paneRect(pane).topLeft();
    const bool onBox = pane >= 0 && tool_ == Tool::Look && scene(pane).isOnBox(in.x(), in.y());
    setCursor(onBox    ? Qt::SizeAllCursor
              : border ? (border->way == PaneLayout::Way::Row ? Qt::SplitHCursor : Qt::SplitVCursor)
              : tool_ == Tool::Look ? Qt::CrossCursor
                                    : Qt::PointingHandCursor);
  }
  sayCursor(at);
}

void MapWall::sayCursorAgain() {
  if (cursorAt_) sayCursor(*cursorAt_);
}

void MapWall::sayCursor(const QPointF& at) {
  cursorAt_ = at;
  const int pane = drag_ == Drag::Map ? dragPane_ : paneAt(at);
  if (pane < 0) return;
  const QRect rect = paneRect(pane);
  const LonLat place = scene(pane).lonLatFromPixel(at.x() - rect.left(), at.y() - rect.top());
  if (std::isfinite(place.lon) && std::isfinite(place.lat))
    Q_EMIT cursorMoved(pane, place.lon, place.lat);
}

void MapWall::dragTo(const QPointF& at) {
  const QPointF by = at - draggedFrom_;
  if (drag_ == Drag::Border) {
    layout_.moveBorder(*border_,
                       border_->way == PaneLayout::Way::Row ? at.x() / width() : at.y() / height());
    placePanes();
  } else if (drag_ == Drag::Map && (at - pressedAt_).manhattanLength() > kClickReach) {
    draggedFrom_ = at;
    takeView(scene(dragPane_).panned(by.x(), by.y()));
  } else if (drag_ == Drag::Box) {
    dragBoxTo(at);
  } else if (drag_ == Drag::Area && by.manhattanLength() > kCornerSpacing) {
    draggedFrom_ = at;
    addCorner(at);
  }
}

/// The frame follows the hand at once, the context as fast as it can be cut.
void MapWall::dragBoxTo(const QPointF& at) {
  const QPointF in = at - paneRect(dragPane_).topLeft();
  const LonLat place = scene(dragPane_).lonLatFromPixel(in.x(), in.y());
  const LonLat middle = snappedBoxMiddle(
      {place.lon + boxHold_.lon, std::clamp(place.lat + boxHold_.lat, -89.0, 89.0)});
  if (!std::isfinite(middle.lon) || !std::isfinite(middle.lat)) return;
  const GeoReference moved = boxMovedTo(*scene(dragPane_).box(), middle);
  for (int i = 0; i < count(); ++i) scene(i).setBox(moved);
  update();
  Q_EMIT boxMoved(middle.lon, middle.lat);
}

void MapWall::addCorner(const QPointF& at) {
  const QRect rect = paneRect(dragPane_);
  const LonLat place = scene(dragPane_).lonLatFromPixel(at.x() - rect.left(), at.y() - rect.top());
  if (!std::isfinite(place.lon) || !std::isfinite(place.lat) || corners_.size() >= kMostCorners)
    return;
  corners_.push_back(place);
  if (corners_.size() < 3) return;
  for (int i = 0; i < count(); ++i) scene(i).setRegion({corners_});
  update();
}

void MapWall::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) finishDrag(event->position());
}

void MapWall::finishDrag(const QPointF& at) {
  const Drag drag = std::exchange(drag_, Drag::None);
  const bool click = (at - pressedAt_).manhattanLength() <= kClickReach;
  setCursor(tool_ == Tool::Look ? Qt::CrossCursor : Qt::PointingHandCursor);
  if (drag == Drag::Border) Q_EMIT layoutEdited(tr("Pane sizes"));
  if (drag == Drag::Box) {
    Q_EMIT viewChanged();
    Q_EMIT boxLetGo();
  }
  if (drag == Drag::Area) {
    setCursor(Qt::CrossCursor);
    tool_ = Tool::Look;  // one area, then the hand moves the map again
    if (corners_.size() >= 3) Q_EMIT areaChosen(std::exchange(corners_, {}));
  }
  if (drag == Drag::Map && click && tool_ != Tool::Area) {
    const QRect rect = paneRect(dragPane_);
    const LonLat place =
        scene(dragPane_).lonLatFromPixel(at.x() - rect.left(), at.y() - rect.top());
    if (std::isfinite(place.lon) && std::isfinite(place.lat))
      Q_EMIT placeChosen(place.lon, place.lat);
  }
}

void MapWall::mouseDoubleClickEvent(QMouseEvent*) {
  resetView();
  Q_EMIT viewChanged();
}

void MapWall::wheelEvent(QWheelEvent* event) {
  const int pane = paneAt(event->position());
  if (pane < 0) return;
  const QRect rect = paneRect(pane);
  const double notches = event->angleDelta().y() / 120.0;
  const QPointF at = event->position() - rect.topLeft();
  takeView(scene(pane).zoomed(std::pow(1.25, notches), at.x(), at.y()));
  event->accept();
}

void MapWall::leaveEvent(QEvent*) {
  cursorAt_.reset();
  Q_EMIT cursorLeft();
}

// A pane's button opens its menu when clicked and carries the pane when dragged.
bool MapWall::eventFilter(QObject* watched, QEvent* event) {
  const auto found = std::find(buttons_.begin(), buttons_.end(), watched);
  if (found == buttons_.end()) return QOpenGLWidget::eventFilter(watched, event);
  const int pane = int(found - buttons_.begin());
  const auto* mouse = dynamic_cast<QMouseEvent*>(event);
  if (!mouse || mouse->button() != Qt::LeftButton || event->type() != QEvent::MouseButtonRelease) {
    if (event->type() == QEvent::MouseMove && mouse && (mouse->buttons() & Qt::LeftButton))
      setCursor(Qt::DragMoveCursor);
    return false;
  }
  const QPoint at = (*found)->mapTo(this, mouse->position().toPoint());
  const int over = paneAt(at);
  (*found)->setDown(false);
  setCursor(Qt::CrossCursor);
  if (over >= 0 && over != pane) {
    layout_.swap(pane, over);
    Q_EMIT layoutEdited(tr("Panes swapped"));
  } else {
    setActivePane(pane);
    Q_EMIT menuAsked(pane, mouse->globalPosition().toPoint());
  }
  return true;
}

}  // namespace stormloom
