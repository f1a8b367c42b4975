#include "app/figure/block_drawing.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "app/figure/figure_drawing.h"
#include "app/figure/figure_style.h"

namespace stormloom::block_drawing {
namespace {

constexpr double kHaloSize = 1.7;
constexpr int kSmallestNumber = 9;  // pixels of letters that can be read
constexpr BlockSide kSides[kBlockSides] = {BlockSide::Right, BlockSide::Left,  BlockSide::Up,
                                           BlockSide::Down,  BlockSide::Front, BlockSide::Back};

using figure_style::toQColor;

class BlockPainter {
public:
  BlockPainter(QPainter& painter, const QRectF& room, const CellBlock& block, const BlockView& view,
               int text)
      : painter_(painter),
        block_(block),
        shape_(shapeOf(block, view)),
        projection_(view, shape_.radius, room.width(), room.height()),
        middle_(room.center()),
        text_(text) {}

  void draw() {
    drawLines(shape_.frame, true);
    drawBoxes(false);
    drawBoxes(true);
    drawHalos();
    drawLines(shape_.links, false);
    for (const BlockBox& node : shape_.nodes) drawBox(node);
    if (shape_.asking) drawBox(*shape_.asking);
    drawTexts();
  }

private:
  QPointF at(const BlockPoint& point) const {
    const BlockPoint seen = projection_.onScreen(point);
    return {middle_.x() + seen.x, middle_.y() - seen.y};
  }

  // All boxes stand on one lattice, so that whoever is nearer to the eye hides the others.
  void drawBoxes(bool front) {
    std::vector<std::pair<double, const BlockBox*>> order;
    for (const BlockBox& box : shape_.boxes)
      if (box.front == front) order.emplace_back(projection_.onScreen(box.middle).z, &box);
    std::sort(order.begin(), order.end());
    for (const auto& [depth, box] : order) drawBox(*box);
  }

  void drawBox(const BlockBox& box) {
    painter_.setPen(Qt::NoPen);
    for (const BlockSide side : kSides) {
      if (!box.isOpen(side) || !projection_.sees(side)) continue;
      painter_.setBrush(toQColor(shaded(box.color, side)));
      drawFace(box, side);
    }
  }

  void drawFace(const BlockBox& box, BlockSide side) {
    QPointF corners[4];
    int i = 0;
    for (const BlockPoint& corner : cornersOf(box, side)) corners[i++] = at(corner);
    painter_.drawConvexPolygon(corners, 4);
  }

  void drawHalos() {
    painter_.setPen(Qt::NoPen);
    for (const BlockBox& box : shape_.boxes) {
      if (box.glow <= 0.f) continue;
      BlockBox halo = box;
      halo.half = {box.half.x * kHaloSize, box.half.y * kHaloSize, box.half.z * kHaloSize};
      QColor color = toQColor(box.color);
      color.setAlphaF(0.3f * box.glow);
      painter_.setBrush(color);
      for (const BlockSide side : kSides)
        if (projection_.sees(side)) drawFace(halo, side);
    }
  }

  void drawLines(const std::vector<BlockShape::Line>& lines, bool edges) {
    for (const BlockShape::Line& line : lines) {
      QColor color = toQColor(edges         ? block_.ink.edge
                              : line.toNode ? block_.ink.node
                                            : block_.ink.link);
      if (!edges) color.setAlphaF(float(0.25 + 0.75 * std::clamp(line.strength, 0.0, 1.0)));
      painter_.setPen(QPen(color, edges ? 1.0 : 1.5));
      painter_.drawLine(at(line.from), at(line.to));
    }
  }

  void drawTexts() {
    painter_.setFont(figure_drawing::font(text_));
    for (const BlockShape::Text& text : shape_.texts) {
      painter_.setPen(toQColor(text.ofNode ? block_.ink.node : block_.ink.text));
      // Away from the block: to the left of what stands on the left.
      const QString words = QString::fromStdString(text.text);
      const double width = QFontMetricsF(painter_.font()).horizontalAdvance(words);
      const BlockPoint seen = textOnScreen(text, projection_);
      const QPointF place(middle_.x() + seen.x, middle_.y() - seen.y);
      const double shift = text.ofNode              ? -0.5 * width
                           : place.x() < middle_.x() ? -width - 0.4 * text_
                                                     : 0.4 * text_;
      painter_.drawText(place + QPointF(shift, text.ofNode ? -4.0 : 1.1 * text_), words);
    }
  }

  QPainter& painter_;
  const CellBlock& block_;
  BlockShape shape_;
  BlockProjection projection_;
  QPointF middle_;
  int text_;
};

}  // namespace

void drawBlock(QPainter& painter, const QRectF& room, const CellBlock& block, const BlockView& view,
               int text) {
  BlockPainter(painter, room, block, view, text).draw();
}

std::vector<QRectF> frameRooms(const Thw& field, const QRectF& room, int text) {
  constexpr double kGap = 8.0;
  const double strip = 1.5 * text, aspect = double(field[2]) / double(field[1]);
  double best = 0.0;
  int columns = 1;
  for (int tried = 1; tried <= int(field[0]); ++tried) {
    const int rows = (int(field[0]) + tried - 1) / tried;
    const double height = std::min((room.width() / tried - kGap) / aspect,
                                   room.height() / rows - strip - 2.0);
    if (height > best) {
      best = height;
      columns = tried;
    }
  }
  std::vector<QRectF> rooms;
  for (int i = 0; i < int(field[0]); ++i)
    rooms.emplace_back(room.left() + i % columns * (best * aspect + kGap),
                       room.top() + strip + i / columns * (best + strip + 2.0), best * aspect, best);
  return rooms;
}

void drawFrames(QPainter& painter, const std::vector<QRectF>& rooms, const CellBlock& block,
                const std::vector<std::int64_t>& numbers, int text) {
  const Thw& field = block.map.data;
  const bool numbered = numbers.size() == block.cells.size() && !numbers.empty();
  // All numbers or none: those with few digits alone would say nothing.
  const std::size_t digits =
      numbered ? std::to_string(*std::max_element(numbers.begin(), numbers.end())).size() : 1;
  for (std::int64_t t = 0; t < field[0]; ++t) {
    const QRectF& room = rooms[std::size_t(t)];
    const double width = room.width() / double(field[2]), height = room.height() / double(field[1]);
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (std::int64_t h = 0; h < field[1]; ++h)
      for (std::int64_t w = 0; w < field[2]; ++w) {
        const auto index = std::size_t(flatIndex({t, h, w}, field));
        const Rgb color = block.cells[index].color;
        const QRectF cell(room.left() + double(w) * width, room.top() + double(h) * height, width,
                          height);
        painter.fillRect(width > 5.0 ? cell.adjusted(0.5, 0.5, -0.5, -0.5) : cell, toQColor(color));
        if (!numbered) continue;
        const QString number = QString::number(numbers[index]);
        const int letters = std::min(text, int(1.3 * width / double(digits)));
        if (letters < kSmallestNumber || width < kSmallestNumber) continue;
        const bool bright = 3 * color.red + 6 * color.green + color.blue > 1280;
        painter.setPen(bright ? QColor(0, 0, 0, 190) : QColor(255, 255, 255, 200));
        painter.setFont(figure_drawing::font(letters));
        painter.drawText(cell, Qt::AlignCenter, number);
      }
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(toQColor(block.ink.text));
    painter.setFont(figure_drawing::font(text));
    if (t >= std::int64_t(block.frameTexts.size())) continue;
    QString title = QString::fromStdString(block.frameTexts[std::size_t(t)]);
    if (figure_drawing::widthOf(title, painter.font()) > room.width())
      title = title.section(' ', -1);  // of "t = 12" the number
    painter.drawText(QRectF(room.left(), room.top() - 1.5 * text, room.width(), 1.4 * text),
                     int(Qt::AlignLeft) | int(Qt::AlignVCenter), title);
  }
}

}  // namespace stormloom::block_drawing
