#include "app/attention/pattern_view.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "app/figure/figure_style.h"

namespace stormloom {
namespace {

namespace style = figure_style;

constexpr std::int64_t kMostBlockCells = 20000;  // larger blocks are shown frame by frame alone
constexpr double kBlockShare = 0.46;             // of the height

/// A step along time goes to the right and down, as if frames stood one behind the other.
struct Oblique {
  double cell = 1.0;
  QPointF origin;
  QPointF at(double t, double h, double w) const {
    return origin + QPointF(w * cell + t * 0.62 * cell, h * cell - t * 0.42 * cell);
  }
};

Oblique fitted(const Thw& field, const QRectF& room) {
  const double width = double(field[2]) + 0.62 * double(field[0]);
  const double height = double(field[1]) + 0.42 * double(field[0]);
  Oblique view;
  view.cell = std::min(room.width() / width, room.height() / height);
  view.origin = {
      room.left() + (room.width() - width * view.cell) / 2,
      room.top() + (room.height() - height * view.cell) / 2 + 0.42 * double(field[0]) * view.cell};
  return view;
}

void fillQuad(QPainter& painter, const QPointF (&corners)[4], const QColor& color) {
  painter.setBrush(color);
  painter.drawConvexPolygon(corners, 4);
}

}  // namespace

PatternView::PatternView(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setMinimumSize(300, 340);
  setPattern(paperFigure().front());
}

void PatternView::setPattern(const LabPattern& pattern) {
  pattern_ = pattern;
  layer_ = std::clamp(layer_, 0, std::max(0, int(pattern.layers.size()) - 1));
  for (std::size_t a = 0; a < 3; ++a)
    element_[a] = std::clamp<std::int64_t>(element_[a], 0, pattern.field[a] - 1);
  recompute();
}

void PatternView::setLayer(int layer) {
  layer_ = std::clamp(layer, 0, std::max(0, int(pattern_.layers.size()) - 1));
  recompute();
}

void PatternView::setGrownLayers(int layers) {
  grown_ = layers;
  recompute();
}

void PatternView::setElement(const Thw& element) {
  element_ = element;
  setPattern(LabPattern(pattern_));
}

void PatternView::recompute() {
  numbers_ = cuboidNumbers(pattern_, std::size_t(layer_));
  cuboids_ = 1 + *std::max_element(numbers_.begin(), numbers_.end());
  lit_ = grown_ > 0 ? receptiveField(pattern_, std::size_t(grown_), element_)
                    : attendedBy(pattern_, std::size_t(layer_), element_);
  update();
}

// Cuboids follow each other around the colour wheel by the golden ratio, so neighbours differ.
QColor PatternView::colorOf(const Thw& at) const {
  const auto index = std::size_t(flatIndex(at, pattern_.field));
  const bool shone = lit_[index] != 0;
  if (at == element_) return Qt::white;
  if (grown_ > 0) return shone ? style::kDark.forecast : QColor(0x2a, 0x32, 0x3b);
  const double hue = std::fmod(0.58 + 0.61803398875 * double(numbers_[index]), 1.0);
  return QColor::fromHsvF(float(hue), shone ? 0.62f : 0.42f, shone ? 0.98f : 0.50f);
}

PatternView::Places PatternView::places(QSize size) const {
  const Thw& field = pattern_.field;
  const bool block = volumeOf(field) <= kMostBlockCells;
  const double top = block ? kBlockShare * size.height() : 0.0;
  Places places;
  places.block = QRectF(8, 8, size.width() - 16, std::max(0.0, top - 16));
  const auto frames = int(field[0]);
  const double aspect = double(field[2]) / double(field[1]);
  double best = 0.0;
  int columns = 1;
  for (int tried = 1; tried <= frames; ++tried) {
    const int rows = (frames + tried - 1) / tried;
    const double width = (size.width() - 8.0) / tried - 8.0;
    const double height = std::min(width / aspect, (size.height() - top) / rows - 22.0);
    if (height > best) {
      best = height;
      columns = tried;
    }
  }
  for (int i = 0; i < frames; ++i)
    places.frames.emplace_back(8 + i % columns * (best * aspect + 8),
                               top + 16 + i / columns * (best + 22), best * aspect, best);
  return places;
}

void PatternView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  drawAll(painter, size());
}

QImage PatternView::picture(QSize size) const {
  QImage image(size, QImage::Format_RGB32);
  QPainter painter(&image);
  drawAll(painter, size);
  return image;
}

void PatternView::drawAll(QPainter& painter, QSize size) const {
  painter.fillRect(QRect(QPoint(), size), style::kDark.ground);
  const Places where = places(size);
  if (volumeOf(pattern_.field) <= kMostBlockCells) drawBlock(painter, where.block);
  for (std::size_t frame = 0; frame < where.frames.size(); ++frame)
    drawFrame(painter, where.frames[frame], std::int64_t(frame));
}

/// From the back to the front, of every cell the three faces that can be seen.
void PatternView::drawBlock(QPainter& painter, const QRectF& room) const {
  const Thw& field = pattern_.field;
  const Oblique view = fitted(field, room);
  painter.setRenderHint(QPainter::Antialiasing, volumeOf(field) < 2000);
  const QColor edge = view.cell > 7.0 ? style::kDark.ground : QColor(Qt::transparent);
  painter.setPen(QPen(edge, 1.0));
  for (std::int64_t t = field[0]; t-- > 0;)
    for (std::int64_t h = field[1]; h-- > 0;)
      for (std::int64_t w = 0; w < field[2]; ++w) {
        const bool front = t == 0, top = h == 0, right = w + 1 == field[2];
        if (!front && !top && !right) continue;
        const QColor color = colorOf({t, h, w});
        const auto d = [&](double dt, double dh, double dw) {
          return view.at(double(t) + dt, double(h) + dh, double(w) + dw);
        };
        if (top)
          fillQuad(painter, {d(0, 0, 0), d(0, 0, 1), d(1, 0, 1), d(1, 0, 0)}, color.lighter(112));
        if (right)
          fillQuad(painter, {d(0, 0, 1), d(1, 0, 1), d(1, 1, 1), d(0, 1, 1)}, color.darker(128));
        if (front) fillQuad(painter, {d(0, 0, 0), d(0, 0, 1), d(0, 1, 1), d(0, 1, 0)}, color);
      }
}

void PatternView::drawFrame(QPainter& painter, const QRectF& room, std::int64_t frame) const {
  const Thw& field = pattern_.field;
  const double width = room.width() / double(field[2]), height = room.height() / double(field[1]);
  painter.setRenderHint(QPainter::Antialiasing, false);
  for (std::int64_t h = 0; h < field[1]; ++h)
    for (std::int64_t w = 0; w < field[2]; ++w) {
      const QRectF cell(room.left() + double(w) * width, room.top() + double(h) * height, width,
                        height);
      painter.fillRect(width > 5.0 ? cell.adjusted(0.5, 0.5, -0.5, -0.5) : cell,
                       colorOf({frame, h, w}));
      if (width < 22.0 || grown_ > 0) continue;
      painter.setPen(QColor(0, 0, 0, 150));
      painter.drawText(cell, Qt::AlignCenter,
                       QString::number(numbers_[std::size_t(flatIndex({frame, h, w}, field))]));
    }
  painter.setPen(style::kDark.quietText);
  painter.drawText(QRectF(room.left(), room.top() - 14, room.width(), 13), Qt::AlignLeft,
                   tr("t = %1").arg(frame));
}

std::optional<Thw> PatternView::cellAt(const QPointF& place) const {
  const Places where = places(size());
  const Thw& field = pattern_.field;
  for (std::size_t t = 0; t < where.frames.size(); ++t) {
    const QRectF& room = where.frames[t];
    if (!room.contains(place)) continue;
    const double h = (place.y() - room.top()) / room.height() * double(field[1]);
    const double w = (place.x() - room.left()) / room.width() * double(field[2]);
    return Thw{std::int64_t(t), std::clamp<std::int64_t>(std::int64_t(h), 0, field[1] - 1),
               std::clamp<std::int64_t>(std::int64_t(w), 0, field[2] - 1)};
  }
  return std::nullopt;
}

void PatternView::mousePressEvent(QMouseEvent* event) {
  if (const auto cell = cellAt(event->position())) {
    setElement(*cell);
    Q_EMIT elementChosen(*cell);
  }
}

void PatternView::mouseMoveEvent(QMouseEvent* event) {
  const auto cell = cellAt(event->position());
  if (!cell) {
    Q_EMIT hovered(QString());
    return;
  }
  Q_EMIT hovered(tr("frame %1, row %2, column %3: cuboid %4 of %5")
                     .arg((*cell)[0])
                     .arg((*cell)[1])
                     .arg((*cell)[2])
                     .arg(numbers_[std::size_t(flatIndex(*cell, pattern_.field))])
                     .arg(cuboids_));
}

}  // namespace stormloom
