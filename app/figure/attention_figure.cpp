#include "app/figure/attention_figure.h"

#include <QImage>
#include <QPainter>
#include <QStringList>
#include <algorithm>
#include <cmath>
#include <set>

#include "app/figure/block_figure.h"
#include "app/figure/figure_drawing.h"
#include "app/figure/figure_layout.h"
#include "app/figure/figure_map.h"
#include "app/figure/figure_style.h"
#include "app/figure/flat_figure.h"

namespace stormloom {

namespace {

namespace style = figure_style;

constexpr const char* kWarning =
    "Attention says where a layer looked, not what caused the forecast; occlusion tests that.";

const style::Theme& themeOf(bool dark) { return dark ? style::kDark : style::kLight; }

/// The same steps without colours, as light as they were.
ColorTable greyTable(const ColorTable& colors) {
  std::vector<ColorTable::Step> steps = colors.steps();
  for (ColorTable::Step& step : steps) {
    const auto grey = std::uint8_t(qGray(step.color.red, step.color.green, step.color.blue));
    step.color = {grey, grey, grey};
  }
  return ColorTable(colors.name() + ", grey", colors.unit(), std::move(steps));
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
        theme_(themeOf(picture.dark)),
        map_(picture.geo, colorTableFor(Quantity::VilDigital), theme_) {
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
  const QColor& frameColor(LevelFrame::Kind kind) const { return style::colorOf(kind, theme_); }
  QColor asks() const { return picture_.dark ? QColor(Qt::white) : QColor(Qt::black); }

  void heading() {
    const AttentionView& view = picture_.view;
    QRect room = layout_.heading.adjusted(text(), 0, -text(), 0);
    room = figure_drawing::putText(painter_, room, QString::fromStdString(view.model),
                                   figure_drawing::font(text() * 3 / 2, true), theme_.text);
    const QString head =
        view.head == kMeanOfHeads ? "mean of the heads" : "head " + QString::number(view.head);
    room = figure_drawing::putText(painter_, room, head, figure_drawing::font(text()),
                                   theme_.quietText, true);
    figure_drawing::putText(painter_, room, QString::fromStdString(view.layer.words),
                            figure_drawing::font(text()), theme_.quietText);
  }

  /// The longest of the words that fits, else the last.
  static QString fitting(int width, const QStringList& words, const QFont& font) {
    for (const QString& each : words)
      if (figure_drawing::widthOf(each, font) <= width) return each;
    return words.back();
  }

  /// Time, kind of frame and detail; of time and detail several forms, the longest first.
  void strip(const QRect& place, const QColor& color, const QStringList& titles,
             const QString& right, const QStringList& details) {
    painter_.fillRect(place, theme_.strip);
    painter_.fillRect(QRect(place.topLeft(), QSize(place.width(), 3)), color);
    const QRect inner = place.adjusted(text() / 2, 3, -text() / 2, 0);
    QRect upper(inner.left(), inner.top(), inner.width(), inner.height() / 2);
    QRect lower(inner.left(), upper.bottom(), inner.width(), inner.height() - upper.height());
    const QFont bold = figure_drawing::font(text(), true),
                small = figure_drawing::font(text() * 9 / 10);
    // The time is what tells frames apart: where both do not fit, the kind goes below.
    const int kind = figure_drawing::widthOf(right, small) + text();
    const bool beside = figure_drawing::widthOf(titles.front(), bold) + kind <= upper.width();
    // The colour tells the kind, too: it makes room for what nothing else tells.
    const bool below =
        figure_drawing::widthOf(details.back(), small) + kind <= lower.width();
    if (beside || below)
      (beside ? upper : lower) =
          figure_drawing::putText(painter_, beside ? upper : lower, right, small, color, true);
    figure_drawing::putText(painter_, upper, fitting(upper.width(), titles, bold), bold,
                            theme_.text);
    figure_drawing::putText(painter_, lower, fitting(lower.width(), details, small), small,
                            theme_.quietText);
  }

  void ground(const QRect& map, const std::shared_ptr<const RadarGrid>& grid, int veil) {
    painter_.fillRect(map, theme_.mapGround);
    if (grid) map_.draw(painter_, map, *grid, figure_drawing::font(text() * 8 / 10));
    QColor color = theme_.ground;
    color.setAlpha(veil);
    painter_.fillRect(map, color);
  }

  void queryPane(const FigureLayout::Pane& place) {
    const AttentionView& view = picture_.view;
    const Thw& level = view.layer.query.data;
    const LevelFrame& frame = view.layer.queryFrames[std::size_t(view.query[0])];
    const QString time = timeText(frame.validTime);
    const QString cell = QString("%1, %2, %3").arg(view.query[0]).arg(view.query[1]).arg(view.query[2]);
    strip(place.strip, frameColor(frame.kind), {"asks: " + time, "asks " + time.left(5), time.left(5)},
          levelFrameWord(frame.kind),
          {QString("cell %1 of %2 x %3").arg(cell).arg(level[1]).arg(level[2]), "cell " + cell,
           "asks"});
    painter_.save();
    painter_.setClipRect(place.map);
    ground(place.map, picture_.asked, 0);
    const QRectF asking = cellRect(place.map, level, view.query[1], view.query[2]);
    painter_.setPen(QPen(theme_.ground, 4.0));
    painter_.setBrush(Qt::NoBrush);
    painter_.drawRect(asking.adjusted(-2, -2, 2, 2));
    painter_.setPen(QPen(asks(), 2.0));
    painter_.drawRect(asking.adjusted(-2, -2, 2, 2));
    painter_.restore();
  }

  void framePane(const FigureLayout::Pane& place, int index) {
    const AttentionView& view = picture_.view;
    const LevelFrame& frame = view.layer.attendedFrames[std::size_t(index)];
    double share = 0.0;
    for (const AttentionCell& cell : view.cells)
      if (cell.at[0] == index) share += cell.weight;
    const QString time = timeText(frame.validTime);
    strip(place.strip, frameColor(frame.kind), {time, time.left(5)}, levelFrameWord(frame.kind),
          {percent(share) + " of the attention", percent(share)});
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
      const QColor color = style::heatColor(most_ > 0.0 ? cell.weight / most_ : 0.0, picture_.dark);
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
    painter_.setPen(QPen(theme_.forecast, 1.5));
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
                      theme_.mapGround);
    for (int i = 0; i < kSteps; ++i) {
      painter_.fillRect(QRect(room.left() + i * cell, room.top(), cell - 1, text()),
                        style::heatColor(double(i) / (kSteps - 1), picture_.dark));
    }
    const QFont small = figure_drawing::font(text() * 9 / 10);
    const QRect below(room.left(), room.top() + text(), cell * kSteps, room.height() - text());
    figure_drawing::putText(painter_, below, "0", small, theme_.quietText);
    figure_drawing::putText(painter_, below, percent(most_) + " a cell", small,
                            theme_.quietText, true);
    const QRect beside = room.adjusted(cell * kSteps + text(), 0, 0, 0);
    const QRect upper(beside.left(), beside.top(), beside.width(), text() * 3 / 2);
    figure_drawing::putText(painter_, upper, elsewhere() + kWarning, small, theme_.text);
    figure_drawing::putText(
        painter_, QRect(beside.left(), upper.bottom(), beside.width(), text() * 3 / 2),
        QString::fromStdString(picture_.footnote), small, theme_.quietText);
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
  const style::Theme& theme_;
  FigureMap map_;
  double most_ = 0.0;
};

/// Patches over the last observed frame, and what the colours mean.
class OcclusionDrawing {
public:
  OcclusionDrawing(QPainter& painter, const OcclusionPicture& picture, const FigureLayout& layout)
      : painter_(painter),
        picture_(picture),
        layout_(layout),
        theme_(themeOf(picture.dark)),
        map_(picture.geo, colorTableFor(Quantity::VilDigital), theme_) {
    for (const double change : picture.map.change) most_ = std::max(most_, std::abs(change));
  }

  void draw() {
    const QRect& place = layout_.panes[0].map;
    heading();
    painter_.save();
    painter_.setClipRect(place);
    painter_.fillRect(place, theme_.mapGround);
    if (picture_.past)
      map_.draw(painter_, place, *picture_.past, figure_drawing::font(text()), grey_);
    QColor veil = theme_.ground;
    veil.setAlpha(110);
    painter_.fillRect(place, veil);
    patches(place);
    asking(place);
    painter_.restore();
    legend();
  }

private:
  int text() const { return layout_.textHeight; }

  QRectF pixels(const QRect& place, double row, double col, double size) const {
    const double height = double(place.height()) / picture_.geo.height();
    const double width = double(place.width()) / picture_.geo.width();
    return {place.left() + col * width, place.top() + row * height, size * width, size * height};
  }

  void heading() {
    const QRect room = layout_.heading.adjusted(text(), 0, -text(), 0);
    const QRect rest = figure_drawing::putText(
        painter_, room, QString::fromStdString(picture_.model),
        figure_drawing::font(text() * 3 / 2, true), theme_.text);
    figure_drawing::putText(painter_, rest, "what the forecast at the marked place depends on",
                            figure_drawing::font(text()), theme_.quietText);
    const FigureLayout::Pane& pane = layout_.panes[0];
    painter_.fillRect(pane.strip, theme_.strip);
    const QRect inner = pane.strip.adjusted(text() / 2, 3, -text() / 2, 0);
    figure_drawing::putText(
        painter_, inner,
        QString("forecast for %1: %2 with everything there (0-255 scale)")
            .arg(QString::fromStdString(picture_.time))
            .arg(picture_.map.intact, 0, 'f', 1),
        figure_drawing::font(text(), true), theme_.text);
  }

  void patches(const QRect& place) {
    for (int i = 0; i < picture_.map.rows * picture_.map.cols; ++i) {
      const double change = picture_.map.change[std::size_t(i)];
      const QRectF patch = pixels(place, double(i / picture_.map.cols) * picture_.map.patch,
                                  double(i % picture_.map.cols) * picture_.map.patch,
                                  picture_.map.patch);
      painter_.fillRect(patch.adjusted(0.5, 0.5, -0.5, -0.5),
                        style::dryColor(change / most_, picture_.dark));
      if (std::abs(change) < 0.05 * most_ || patch.width() < 3.2 * text()) continue;
      painter_.setPen(theme_.text);
      painter_.setFont(figure_drawing::font(text()));
      painter_.drawText(patch, Qt::AlignCenter, signedNumber(change));
    }
  }

  static QString signedNumber(double value) {
    return (value < 0 ? QString(QChar(0x2212)) : QString("+")) +
           QString::number(std::abs(value), 'f', std::abs(value) < 10.0 ? 1 : 0);
  }

  /// "−12 weaker without it [ramp] stronger without it +12".
  void key(const QRect& room, const QFont& small) {
    constexpr int kSteps = 9;
    const QRect rest = figure_drawing::putText(
        painter_, room, signedNumber(-most_) + ", weaker without it", small, theme_.text);
    const int cell = text() * 3 / 2;
    for (int i = 0; i < kSteps; ++i) {
      const QRect step(rest.left() + i * cell, room.top() + text() / 4, cell, text());
      painter_.fillRect(step, theme_.mapGround);
      painter_.fillRect(step, style::dryColor(2.0 * i / (kSteps - 1) - 1.0, picture_.dark));
    }
    figure_drawing::putText(painter_, rest.adjusted(kSteps * cell + text() / 2, 0, 0, 0),
                            signedNumber(most_) + ", stronger without it", small, theme_.text);
  }

  void asking(const QRect& place) {
    const QRectF pixel =
        pixels(place, picture_.map.row, picture_.map.col, 1.0).adjusted(-5, -5, 5, 5);
    painter_.setBrush(Qt::NoBrush);
    painter_.setPen(QPen(theme_.ground, 4.0));
    painter_.drawRect(pixel);
    painter_.setPen(QPen(theme_.text, 2.0));
    painter_.drawRect(pixel);
  }

  void legend() {
    const QRect room = layout_.legend.adjusted(text(), text() / 2, -text(), -text() / 4);
    const QFont small = figure_drawing::font(text() * 9 / 10);
    const auto line = [&](int i) {
      return QRect(room.left(), room.top() + i * text() * 3 / 2, room.width(), text() * 3 / 2);
    };
    key(line(0), small);
    figure_drawing::putText(
        painter_, line(1),
        QString("Change of the forecast, 0-255 scale, when a patch of %1 pixels is dry in all "
                "observed frames. %2")
            .arg(picture_.map.patch)
            .arg(QString::fromStdString(picture_.footnote)),
        small, theme_.quietText);
  }

  QPainter& painter_;
  const OcclusionPicture& picture_;
  const FigureLayout& layout_;
  const style::Theme& theme_;
  FigureMap map_;
  const ColorTable grey_ =
      greyTable(colorTableFor(Quantity::VilDigital));  ///< colours are for the patches
  double most_ = 1e-9;
};

std::vector<int> touchedFrames(const AttentionView& view) {
  std::set<int> frames;
  for (const AttentionCell& cell : view.cells) frames.insert(int(cell.at[0]));
  return {frames.begin(), frames.end()};
}

FlatFigure flatOf(const AttentionPicture& picture, const FigureOptions& options) {
  const std::vector<int> frames = touchedFrames(picture.view);
  const FigureLayout layout = layOutFigure(figure_drawing::checkedSize(options),
                                           int(frames.size()) + 1, groundAspect(picture.geo));
  return {QSizeF(layout.size), QString::fromStdString(picture.view.model),
          themeOf(picture.dark).ground, [&picture, layout, frames](QPainter& painter) {
            AttentionDrawing(painter, picture, layout).draw(frames);
          },
          double(layout.textHeight), options.width > 0};
}

FlatFigure flatOf(const OcclusionPicture& picture, const FigureOptions& options) {
  const FigureLayout layout =
      layOutFigure(figure_drawing::checkedSize(options), 1, groundAspect(picture.geo));
  return {QSizeF(layout.size), QString::fromStdString(picture.model), themeOf(picture.dark).ground,
          [&picture, layout](QPainter& painter) {
            OcclusionDrawing(painter, picture, layout).draw();
          },
          double(layout.textHeight), options.width > 0};
}

}  // namespace

RgbImage drawAttention(const AttentionPicture& picture, const FigureOptions& options) {
  const auto application = figure_drawing::applicationIfNone();
  return flatImage(flatOf(picture, options));
}

RgbImage drawOcclusion(const OcclusionPicture& picture, const FigureOptions& options) {
  const auto application = figure_drawing::applicationIfNone();
  return flatImage(flatOf(picture, options));
}

void writeAttentionFigure(const std::string& path, const AttentionPicture& picture,
                          const FigureOptions& options, const Receipt& receipt) {
  const auto application = figure_drawing::applicationIfNone();
  writeFlatFigure(path, flatOf(picture, options), options, receipt);
}

void writeOcclusionFigure(const std::string& path, const OcclusionPicture& picture,
                          const FigureOptions& options, const Receipt& receipt) {
  const auto application = figure_drawing::applicationIfNone();
  writeFlatFigure(path, flatOf(picture, options), options, receipt);
}

bool writeLayersMovie(const std::string& path, const std::vector<AttentionPicture>& pictures,
                      const FigureOptions& options, const Receipt& receipt, std::stop_token stop,
                      const std::function<void(double share)>& progress) {
  constexpr double kPicturesASecond = 1.0;
  FigureOptions sized = options;
  if (sized.width == 0) {
    sized.width = 1600;
    sized.height = 1200;
  }
  const auto draw = [&](int i) { return drawAttention(pictures[std::size_t(i)], sized); };
  return writeMovie(path, draw,
                    {int(pictures.size()), kPicturesASecond, pictures.front().view.model, progress},
                    receipt, stop);
}

}  // namespace stormloom
