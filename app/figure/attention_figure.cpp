#include "app/figure/attention_figure.h"

#include <QImage>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <set>

#include "app/figure/figure_drawing.h"
#include "app/figure/figure_layout.h"
#include "app/figure/figure_map.h"
#include "app/figure/figure_style.h"

namespace stormloom {

namespace {

namespace style = figure_style;

constexpr double kFaintest = 0.10,
                 kBrightest = 0.92;  // opacity of a cell without and with the largest weight
constexpr const char* kWarning =
    "Attention says where a layer looked, not what caused the forecast; occlusion tests that.";

QColor frameColor(LevelFrame::Kind kind) {
  return kind == LevelFrame::Kind::Observed ? style::kDark.past : style::kDark.forecast;
}

QString percent(double share) {
  return QString::number(100.0 * share, 'f', share < 0.1 ? 1 : 0) + QString::fromUtf8(" %");
}

QString timeText(ValidTime time) {
  return QString::fromStdString(isoText(time)).mid(11, 5) + " UTC";
}

/// The cell of a level as a rectangle of a map.
QRectF cellRect(const QRect& map, const Thw& level, std::int64_t row, std::int64_t col) {
  const double width = double(map.width()) / double(level[2]);
  const double height = double(map.height()) / double(level[1]);
  return {map.left() + double(col) * width, map.top() + double(row) * height, width, height};
}

class AttentionDrawing {
public:
  AttentionDrawing(QPainter& painter, const AttentionPicture& picture, const FigureLayout& layout)
      : painter_(painter),
        picture_(picture),
        layout_(layout),
        map_(picture.geo, colorTableFor(Quantity::VilDigital), style::kDark) {
    for (const AttentionCell& cell : picture.view.cells) most_ = std::max(most_, cell.weight);
  }

  void draw(const std::vector<int>& frames) {
    heading();
    queryPane(layout_.panes[0]);
    for (std::size_t i = 0; i < frames.size() && i + 1 < layout_.panes.size(); ++i)
      framePane(layout_.panes[i + 1], frames[i]);
    legend();
  }

private:
  int text() const { return layout_.textHeight; }

  void heading() {
    const AttentionView& view = picture_.view;
    QRect room = layout_.heading.adjusted(text(), 0, -text(), 0);
    room = figure_drawing::putText(painter_, room, QString::fromStdString(view.model),
                                   figure_drawing::font(text() * 3 / 2, true), style::kDark.text);
    const QString head =
        view.head == kMeanOfHeads ? "mean of the heads" : "head " + QString::number(view.head);
    room = figure_drawing::putText(painter_, room, head, figure_drawing::font(text()),
                                   style::kDark.quietText, true);
    figure_drawing::putText(painter_, room, QString::fromStdString(view.layer.words),
                            figure_drawing::font(text()), style::kDark.quietText);
  }

  void strip(const QRect& place, const QColor& color, const QString& title, const QString& right,
             const QString& detail) {
    painter_.fillRect(place, style::kDark.strip);
    painter_.fillRect(QRect(place.topLeft(), QSize(place.width(), 3)), color);
    const QRect inner = place.adjusted(text() / 2, 3, -text() / 2, 0);
    QRect upper(inner.left(), inner.top(), inner.width(), inner.height() / 2);
    const QRect lower(inner.left(), upper.bottom(), inner.width(), inner.height() - upper.height());
    upper = figure_drawing::putText(painter_, upper, right, figure_drawing::font(text() * 9 / 10),
                                    color, true);
    figure_drawing::putText(painter_, upper, title, figure_drawing::font(text(), true),
                            style::kDark.text);
    figure_drawing::putText(painter_, lower, detail, figure_drawing::font(text() * 9 / 10),
                            style::kDark.quietText);
  }

  void ground(const QRect& map, const std::shared_ptr<const RadarGrid>& grid, int veil) {
    painter_.fillRect(map, style::kDark.mapGround);
    if (grid) map_.draw(painter_, map, *grid, figure_drawing::font(text() * 8 / 10));
    QColor color = style::kDark.ground;
    color.setAlpha(veil);
    painter_.fillRect(map, color);
  }

  void queryPane(const FigureLayout::Pane& place) {
    const AttentionView& view = picture_.view;
    const Thw& level = view.layer.query.data;
    const LevelFrame& frame = view.layer.queryFrames[std::size_t(view.query[0])];
    strip(place.strip, frameColor(frame.kind), "asks: " + timeText(frame.validTime),
          levelFrameWord(frame.kind),
          QString("frame %1, row %2, column %3 of %4 x %5")
              .arg(view.query[0])
              .arg(view.query[1])
              .arg(view.query[2])
              .arg(level[1])
              .arg(level[2]));
    painter_.save();
    painter_.setClipRect(place.map);
    ground(place.map, picture_.asked, 0);
    const QRectF cell = cellRect(place.map, level, view.query[1], view.query[2]);
    painter_.setPen(QPen(style::kDark.ground, 4.0));
    painter_.setBrush(Qt::NoBrush);
    painter_.drawRect(cell.adjusted(-2, -2, 2, 2));
    painter_.setPen(QPen(Qt::white, 2.0));
    painter_.drawRect(cell.adjusted(-2, -2, 2, 2));
    painter_.restore();
  }

  void framePane(const FigureLayout::Pane& place, int index) {
    const AttentionView& view = picture_.view;
    const LevelFrame& frame = view.layer.attendedFrames[std::size_t(index)];
    double share = 0.0;
    for (const AttentionCell& cell : view.cells)
      if (cell.at[0] == index) share += cell.weight;
    strip(place.strip, frameColor(frame.kind), timeText(frame.validTime),
          levelFrameWord(frame.kind), percent(share) + " of the attention");
    painter_.save();
    painter_.setClipRect(place.map);
    ground(place.map, picture_.frames[std::size_t(index)], 120);
    painter_.setRenderHint(QPainter::Antialiasing, false);
    cells(place.map, index);
    outline(place.map, index);
    painter_.restore();
  }

  void cells(const QRect& map, int index) {
    for (const AttentionCell& cell : picture_.view.cells) {
      if (cell.at[0] != index) continue;
      const double bright = most_ > 0.0 ? cell.weight / most_ : 0.0;
      QColor color(Qt::white);
      color.setAlphaF(float(kFaintest + (kBrightest - kFaintest) * bright));
      painter_.fillRect(cellRect(map, picture_.view.layer.attended.data, cell.at[1], cell.at[2])
                            .adjusted(0.5, 0.5, -0.5, -0.5),
                        color);
    }
  }

  /// Edges between cells inside the cuboid and outside it.
  void outline(const QRect& map, int index) {
    std::set<std::pair<std::int64_t, std::int64_t>> inside;
    for (const AttentionCell& cell : picture_.view.cells)
      if (cell.at[0] == index) inside.emplace(cell.at[1], cell.at[2]);
    painter_.setPen(QPen(style::kDark.forecast, 1.5));
    for (const auto& [row, col] : inside) {
      const QRectF r = cellRect(map, picture_.view.layer.attended.data, row, col);
      if (!inside.contains({row - 1, col})) painter_.drawLine(r.topLeft(), r.topRight());
      if (!inside.contains({row + 1, col})) painter_.drawLine(r.bottomLeft(), r.bottomRight());
      if (!inside.contains({row, col - 1})) painter_.drawLine(r.topLeft(), r.bottomLeft());
      if (!inside.contains({row, col + 1})) painter_.drawLine(r.topRight(), r.bottomRight());
    }
  }

  void legend() {
    const QRect room = layout_.legend.adjusted(text(), text() / 2, -text(), -text() / 4);
    constexpr int kSteps = 6;
    const int cell = text() * 2;
    painter_.fillRect(QRect(room.left(), room.top(), cell * kSteps, text()),
                      style::kDark.mapGround);
    for (int i = 0; i < kSteps; ++i) {
      QColor color(Qt::white);
      color.setAlphaF(float(kFaintest + (kBrightest - kFaintest) * i / (kSteps - 1)));
      painter_.fillRect(QRect(room.left() + i * cell, room.top(), cell - 1, text()), color);
    }
    const QFont small = figure_drawing::font(text() * 9 / 10);
    const QRect below(room.left(), room.top() + text(), cell * kSteps, room.height() - text());
    figure_drawing::putText(painter_, below, "0", small, style::kDark.quietText);
    figure_drawing::putText(painter_, below, percent(most_) + " a cell", small,
                            style::kDark.quietText, true);
    const QRect beside = room.adjusted(cell * kSteps + text(), 0, 0, 0);
    const QRect upper(beside.left(), beside.top(), beside.width(), text() * 3 / 2);
    figure_drawing::putText(painter_, upper, elsewhere() + kWarning, small, style::kDark.text);
    figure_drawing::putText(
        painter_, QRect(beside.left(), upper.bottom(), beside.width(), text() * 3 / 2),
        QString::fromStdString(picture_.footnote), small, style::kDark.quietText);
  }

  /// What went to global vectors and padding.
  QString elsewhere() const {
    double globals = 0.0;
    for (const double weight : picture_.view.globals) globals += weight;
    QString words;
    if (!picture_.view.globals.empty())
      words += QString("%1 went to %2 global vectors. ")
                   .arg(percent(globals))
                   .arg(picture_.view.globals.size());
    if (picture_.view.padding > 0.0005)
      words += percent(picture_.view.padding) + " went to padding. ";
    return words;
  }

  QPainter& painter_;
  const AttentionPicture& picture_;
  const FigureLayout& layout_;
  FigureMap map_;
  double most_ = 0.0;
};

std::vector<int> touchedFrames(const AttentionView& view) {
  std::set<int> frames;
  for (const AttentionCell& cell : view.cells) frames.insert(int(cell.at[0]));
  return {frames.begin(), frames.end()};
}

}  // namespace

RgbImage drawAttention(const AttentionPicture& picture, const FigureOptions& options) {
  const auto application = figure_drawing::applicationIfNone();
  const std::vector<int> frames = touchedFrames(picture.view);
  const FigureLayout layout = layOutFigure(figure_drawing::checkedSize(options),
                                           int(frames.size()) + 1, groundAspect(picture.geo));
  QImage image(layout.size, QImage::Format_RGB888);
  image.fill(style::kDark.ground);
  {
    QPainter painter(&image);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    AttentionDrawing(painter, picture, layout).draw(frames);
  }
  return figure_drawing::pixelsOf(image);
}

}  // namespace stormloom
