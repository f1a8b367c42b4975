#include "app/attention/attention_maps.h"

#include <QEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "app/attention/view_theme.h"

namespace stormloom {
namespace {

namespace style = figure_style;

constexpr int kStrip = 34, kGap = 2, kKey = 26;

QImage imageOf(const RadarGrid& grid, const style::Theme& theme) {
  const ColorTable& colors = colorTableFor(Quantity::VilDigital);
  QImage image(grid.width(), grid.height(), QImage::Format_RGB32);
  for (int row = 0; row < grid.height(); ++row) {
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(row));
    for (int col = 0; col < grid.width(); ++col) {
      line[col] = theme.mapGround.rgb();
      if (grid.state(row, col) == CellState::OutsideCoverage)
        line[col] = theme.outside.rgb();
      if (grid.state(row, col) == CellState::Missing) line[col] = theme.missing.rgb();
      if (grid.hasValue(row, col) && colors.isDrawn(double(grid.at(row, col))))
        line[col] = style::toQColor(colors.color(double(grid.at(row, col)))).rgb();
    }
  }
  return image;
}

QString timeText(ValidTime time) {
  return QString::fromStdString(isoText(time)).mid(11, 5) + " UTC";
}

QString percent(double share) {
  return QString::number(100.0 * share, 'f', share < 0.0995 ? 1 : 0) + " %";
}

QRectF cellRect(const QRect& map, const Thw& level, std::int64_t row, std::int64_t col) {
  const double width = double(map.width()) / double(level[2]);
  const double height = double(map.height()) / double(level[1]);
  return {map.left() + double(col) * width, map.top() + double(row) * height, width, height};
}

}  // namespace

AttentionMaps::AttentionMaps(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setCursor(Qt::CrossCursor);
  setMinimumSize(240, 300);
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Maps of attention"));
}

void AttentionMaps::setFrames(const FrameSequence& observed,
                              const std::vector<FrameSequence>& coming) {
  radar_.clear();
  rows_ = observed.height();
  cols_ = observed.width();
  for (const Frame& frame : observed.frames)
    radar_.push_back({{LevelFrame::Kind::Observed, frame.validTime}, frame.grid, {}});
  for (std::size_t i = 0; i < coming.size(); ++i)
    for (const Frame& frame : coming[i].frames)
      radar_.push_back(
          {{i == 0 ? LevelFrame::Kind::Extrapolated : LevelFrame::Kind::Forecast, frame.validTime},
           frame.grid,
           {}});
  if (!linesOf_ || *linesOf_ != observed.geo) {
    lines_ = mapPathsInGrid(loadBaseMap(), observed.geo);
    linesOf_ = observed.geo;
  }
  rebuildRadar();
}

void AttentionMaps::rebuildRadar() {
  for (Radar& radar : radar_) radar.image = imageOf(*radar.grid, viewTheme(*this));
  update();
}

void AttentionMaps::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) rebuildRadar();
  QWidget::changeEvent(event);
}

void AttentionMaps::setView(std::shared_ptr<const AttentionView> view) {
  view_ = std::move(view);
  most_ = 0.0;
  std::set<int> frames;
  if (view_) {
    for (const AttentionCell& cell : view_->cells) {
      frames.insert(int(cell.at[0]));
      most_ = std::max(most_, cell.weight);
    }
  }
  touched_.assign(frames.begin(), frames.end());
  update();
}

void AttentionMaps::setOcclusion(std::shared_ptr<const OcclusionMap> map) {
  occlusion_ = std::move(map);
  update();
}

void AttentionMaps::setPending(bool pending) {
  pending_ = pending;
  update();
}

std::shared_ptr<const RadarGrid> AttentionMaps::radarGridOf(const LevelFrame& frame) const {
  const Radar* radar = radarOf(frame);
  return radar ? radar->grid : nullptr;
}

const AttentionMaps::Radar* AttentionMaps::radarOf(const LevelFrame& frame) const {
  const Radar* best = nullptr;
  for (const Radar& radar : radar_) {
    if (radar.frame.validTime != frame.validTime) continue;
    if (!best || radar.frame.kind == frame.kind) best = &radar;
  }
  return best;
}

std::vector<AttentionMaps::Pane> AttentionMaps::panes() const {
  const QSize size = this->size() - QSize(0, keyHeight());
  const int count = 1 + int(touched_.size());
  int best = 1, columns = 1;
  for (int tried = 1; tried <= count; ++tried) {
    const int rows = (count + tried - 1) / tried;
    const int side = std::min(size.width() / tried - kGap, size.height() / rows - kStrip - kGap);
    if (side > best) {
      best = side;
      columns = tried;
    }
  }
  std::vector<Pane> panes;
  for (int i = 0; i < count; ++i) {
    const int x = i % columns * (best + kGap), y = i / columns * (best + kStrip + kGap);
    panes.push_back({QRect(x, y, best, kStrip), QRect(x, y + kStrip, best, best),
                     i == 0 ? -1 : touched_[std::size_t(i - 1)]});
  }
  return panes;
}

void AttentionMaps::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const style::Theme& theme = viewTheme(*this);
  painter.fillRect(rect(), theme.ground);
  if (!view_) {
    painter.setPen(theme.quietText);
    painter.drawText(rect().adjusted(12, 12, -12, -12),
                     int(Qt::AlignCenter) | int(Qt::TextWordWrap),
                     pending_ ? tr("Being computed: one pass through the network…")
                              : tr("Radar frames are not there yet."));
    return;
  }
  for (const Pane& pane : panes()) drawPane(painter, pane);
  drawKey(painter);
  if (pending_) drawPending(painter);
}

void AttentionMaps::drawPending(QPainter& painter) const {
  QColor veil = viewTheme(*this).ground;
  veil.setAlpha(190);
  painter.fillRect(rect(), veil);
  QFont strong = font();
  strong.setBold(true);
  painter.setFont(strong);
  painter.setPen(viewTheme(*this).text);
  painter.drawText(rect(), Qt::AlignCenter, tr("being computed"));
}

/// A line for the weights and one for dry patches, where there are any.
int AttentionMaps::keyHeight() const { return occlusion_ ? 2 * kKey : kKey; }

/// How much of the attention a cell's brightness stands for and, where patches were dried out, what
/// their colours mean.
void AttentionMaps::drawKey(QPainter& painter) const {
  constexpr int kSteps = 6, kCell = 16;
  const QRect room(8, height() - keyHeight(), width() - 16, kKey);
  drawRamp(painter, room, {QString(), "0", tr("%1 a cell").arg(percent(most_))}, kSteps * kCell,
           [this](double share) { return style::heatColor(share, isDark(*this)); });
  if (!occlusion_) return;
  double most = 0.0;
  for (const double change : occlusion_->change) most = std::max(most, std::abs(change));
  const QString number = QString::number(most, 'f', most < 9.95 ? 1 : 0);
  drawRamp(painter, room.translated(0, kKey),
           {tr("without a patch:"), QChar(0x2212) + number, "+" + number}, kSteps * kCell,
           [this](double share) { return style::dryColor(2.0 * share - 1.0, isDark(*this)); });
}

void AttentionMaps::drawRamp(QPainter& painter, QRect room, const std::array<QString, 3>& words,
                             int width, const std::function<QColor(double share)>& color) const {
  constexpr int kSteps = 9, kHeight = 12;
  const style::Theme& theme = viewTheme(*this);
  const auto put = [&](const QString& text) {
    if (text.isEmpty()) return;
    painter.setPen(theme.text);
    painter.drawText(room, int(Qt::AlignLeft) | int(Qt::AlignVCenter), text);
    room.setLeft(room.left() + painter.fontMetrics().horizontalAdvance(text) + 8);
  };
  put(words[0]);
  put(words[1]);
  for (int i = 0; i < kSteps; ++i) {
    const QRectF step(room.left() + double(i) * width / kSteps, room.center().y() - kHeight / 2.0,
                      double(width) / kSteps, kHeight);
    painter.fillRect(step, theme.mapGround);
    painter.fillRect(step, color(double(i) / (kSteps - 1)));
  }
  room.setLeft(room.left() + width + 8);
  put(words[2]);
}

/// Time on the left and what the frame gets on the right; one below the other where a strip is
/// narrow.
void AttentionMaps::drawStrip(QPainter& painter, const Pane& pane, const LevelFrame& frame) const {
  const style::Theme& theme = viewTheme(*this);
  double share = 0.0;
  for (const AttentionCell& cell : view_->cells)
    if (cell.at[0] == pane.attended) share += cell.weight;
  const QString time = timeText(frame.validTime);
  const QString gets = pane.attended < 0 ? tr("asks") : percent(share);
  painter.save();
  painter.fillRect(pane.strip, theme.strip);
  painter.fillRect(QRect(pane.strip.topLeft(), QSize(pane.strip.width(), 3)),
                   style::colorOf(frame.kind, theme));
  QRect upper = pane.strip.adjusted(6, 3, -6, 0), lower = upper;
  const auto wide = [&painter](const QString& text) {
    return painter.fontMetrics().horizontalAdvance(text);
  };
  const bool two = wide("00:00 UTC") + wide("100 %") + 8 > upper.width();
  if (two) {
    QFont small = painter.font();
    small.setPixelSize(11);
    painter.setFont(small);
    upper.setBottom(upper.center().y());
    lower.setTop(upper.bottom());
  }
  painter.setPen(theme.text);
  painter.drawText(upper, int(Qt::AlignLeft) | int(Qt::AlignVCenter),
                   wide(time) > upper.width() ? time.left(5) : time);
  painter.setPen(pane.attended < 0 ? theme.text : theme.quietText);
  painter.drawText(lower, int(two ? Qt::AlignLeft : Qt::AlignRight) | int(Qt::AlignVCenter), gets);
  painter.restore();
}

void AttentionMaps::drawMapLines(QPainter& painter, const QRect& map) const {
  const style::Theme& theme = viewTheme(*this);
  painter.setRenderHint(QPainter::Antialiasing);
  for (const MapPath& line : lines_) {
    QPolygonF points;
    for (const CellPoint& at : line.points)
      points << QPointF(map.left() + at.col / cols_ * map.width(),
                        map.top() + at.row / rows_ * map.height());
    painter.setPen(QPen(line.kind == MapLine::Kind::Coast ? theme.coast : theme.border, 0.8));
    painter.drawPolyline(points);
  }
  painter.setRenderHint(QPainter::Antialiasing, false);
}

void AttentionMaps::drawPane(QPainter& painter, const Pane& pane) const {
  const style::Theme& theme = viewTheme(*this);
  const AttentionLayer& layer = view_->layer;
  const bool asks = pane.attended < 0;
  const LevelFrame& frame = asks ? layer.queryFrames[std::size_t(view_->query[0])]
                                 : layer.attendedFrames[std::size_t(pane.attended)];
  drawStrip(painter, pane, frame);
  painter.save();
  painter.setClipRect(pane.map);
  painter.fillRect(pane.map, theme.mapGround);
  if (const Radar* radar = radarOf(frame)) {
    // Colours are for the patches, where there are any.
    const bool grey = asks && occlusion_;
    painter.drawImage(
        pane.map, grey ? radar->image.convertToFormat(QImage::Format_Grayscale8) : radar->image);
  }
  drawMapLines(painter, pane.map);
  if (asks) {
    drawOcclusion(painter, pane.map);
    drawAsking(painter, pane.map);
  } else {
    QColor veil = theme.ground;
    veil.setAlpha(120);
    painter.fillRect(pane.map, veil);
    drawCells(painter, pane.map, pane.attended);
  }
  painter.restore();
}

void AttentionMaps::drawCells(QPainter& painter, const QRect& map, int frame) const {
  const style::Theme& theme = viewTheme(*this);
  const Thw& level = view_->layer.attended.data;
  std::set<std::pair<std::int64_t, std::int64_t>> inside;
  for (const AttentionCell& cell : view_->cells) {
    if (cell.at[0] != frame) continue;
    inside.emplace(cell.at[1], cell.at[2]);
    painter.fillRect(cellRect(map, level, cell.at[1], cell.at[2]),
                     style::heatColor(most_ > 0.0 ? cell.weight / most_ : 0.0, isDark(*this)));
  }
  painter.setPen(QPen(theme.forecast, 1.5));
  for (const auto& [row, col] : inside) {
    const QRectF r = cellRect(map, level, row, col);
    if (!inside.contains({row - 1, col})) painter.drawLine(r.topLeft(), r.topRight());
    if (!inside.contains({row + 1, col})) painter.drawLine(r.bottomLeft(), r.bottomRight());
    if (!inside.contains({row, col - 1})) painter.drawLine(r.topLeft(), r.bottomLeft());
    if (!inside.contains({row, col + 1})) painter.drawLine(r.topRight(), r.bottomRight());
  }
}

void AttentionMaps::drawAsking(QPainter& painter, const QRect& map) const {
  const style::Theme& theme = viewTheme(*this);
  const QRectF cell = cellRect(map, view_->layer.query.data, view_->query[1], view_->query[2]);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(theme.ground, 4.0));
  painter.drawRect(cell.adjusted(-2, -2, 2, 2));
  painter.setPen(QPen(isDark(*this) ? Qt::white : Qt::black, 2.0));
  painter.drawRect(cell.adjusted(-2, -2, 2, 2));
}

/// Patches in the colour of what their loss does to the forecast at the place.
void AttentionMaps::drawOcclusion(QPainter& painter, const QRect& map) const {
  if (!occlusion_) return;
  double most = 1e-9;
  for (const double change : occlusion_->change) most = std::max(most, std::abs(change));
  for (int i = 0; i < int(occlusion_->change.size()); ++i) {
    const double change = occlusion_->change[std::size_t(i)];
    const double height = double(map.height()) * occlusion_->patch / rows_;
    const double width = double(map.width()) * occlusion_->patch / cols_;
    painter.fillRect(QRectF(map.left() + i % occlusion_->cols * width,
                            map.top() + i / occlusion_->cols * height, width, height),
                     style::dryColor(change / most, isDark(*this)));
  }
}

std::optional<std::pair<AttentionMaps::Pane, QPointF>> AttentionMaps::paneAt(
    const QPoint& place) const {
  if (!view_) return std::nullopt;
  for (const Pane& pane : panes())
    if (pane.map.contains(place))
      return std::pair(pane, QPointF((place.x() - pane.map.left() + 0.5) / pane.map.width(),
                                     (place.y() - pane.map.top() + 0.5) / pane.map.height()));
  return std::nullopt;
}

void AttentionMaps::mousePressEvent(QMouseEvent* event) {
  const auto found = paneAt(event->position().toPoint());
  if (!found || pending_) return;
  const auto& [pane, share] = *found;
  const int frame = pane.attended >= 0 && !view_->layer.cross ? pane.attended : -1;
  Q_EMIT asked(frame, std::min(rows_ - 1, int(share.y() * rows_)),
               std::min(cols_ - 1, int(share.x() * cols_)));
}

void AttentionMaps::keyPressEvent(QKeyEvent* event) {
  static constexpr std::tuple<int, int, int, int> kSteps[] = {
      {Qt::Key_Left, 0, 0, -1}, {Qt::Key_Right, 0, 0, 1},   {Qt::Key_Up, 0, -1, 0},
      {Qt::Key_Down, 0, 1, 0},  {Qt::Key_PageUp, -1, 0, 0}, {Qt::Key_PageDown, 1, 0, 0}};
  for (const auto& [key, frames, rows, cols] : kSteps) {
    if (event->key() != key || !view_ || pending_) continue;
    const Thw& level = view_->layer.query.data;
    const auto moved = [&](std::size_t axis, int by) {
      return std::clamp<std::int64_t>(view_->query[axis] + by, 0, level[axis] - 1);
    };
    // The middle of the neighbouring cell, in pixels of the map.
    Q_EMIT asked(int(moved(0, frames)), int((2 * moved(1, rows) + 1) * rows_ / (2 * level[1])),
                 int((2 * moved(2, cols) + 1) * cols_ / (2 * level[2])));
    return;
  }
  QWidget::keyPressEvent(event);
}

void AttentionMaps::mouseMoveEvent(QMouseEvent* event) {
  const auto found = paneAt(event->position().toPoint());
  Q_EMIT hovered(found ? textAt(found->first, found->second) : QString());
}

void AttentionMaps::leaveEvent(QEvent*) { Q_EMIT hovered(QString()); }

QString AttentionMaps::textAt(const Pane& pane, const QPointF& share) const {
  if (pane.attended < 0) {
    if (!occlusion_) return tr("the place that asks; click to ask for another");
    const int row = std::min(occlusion_->rows - 1, int(share.y() * rows_) / occlusion_->patch);
    const int col = std::min(occlusion_->cols - 1, int(share.x() * cols_) / occlusion_->patch);
    return tr("without this patch the forecast there is %1 %2")
        .arg(std::abs(occlusion_->change[std::size_t(row * occlusion_->cols + col)]), 0, 'f', 1)
        .arg(occlusion_->change[std::size_t(row * occlusion_->cols + col)] < 0 ? tr("weaker")
                                                                               : tr("stronger"));
  }
  const Thw& level = view_->layer.attended.data;
  const Thw at = {pane.attended, std::min(level[1] - 1, std::int64_t(share.y() * double(level[1]))),
                  std::min(level[2] - 1, std::int64_t(share.x() * double(level[2])))};
  return attendedCellText(*view_, at);
}

QString attendedCellText(const AttentionView& view, const Thw& cell) {
  QString gets = QObject::tr("outside the cuboid, this layer cannot look here");
  for (const AttentionCell& one : view.cells)
    if (one.at == cell)
      gets = QObject::tr("%1 % of the attention").arg(100.0 * one.weight, 0, 'g', 3);
  const LevelFrame& frame = view.layer.attendedFrames[std::size_t(cell[0])];
  return QObject::tr("%1, %2, row %3, column %4 of the layer's cells: %5")
      .arg(timeText(frame.validTime), levelFrameWord(frame.kind))
      .arg(cell[1])
      .arg(cell[2])
      .arg(gets);
}

QString AttentionMaps::kindsInColour() const {
  QStringList words;
  if (!view_) return {};
  const auto& frames = view_->layer.attendedFrames;
  for (const auto kind :
       {LevelFrame::Kind::Observed, LevelFrame::Kind::Extrapolated, LevelFrame::Kind::Forecast}) {
    if (std::ranges::none_of(frames, [kind](const auto& frame) { return frame.kind == kind; }))
      continue;
    double share = 0.0;
    for (const AttentionCell& cell : view_->cells)
      if (frames[std::size_t(cell.at[0])].kind == kind) share += cell.weight;
    words << QString("<span style='color:%1'>%2 %3</span>")
                 .arg(style::colorOf(kind, viewTheme(*this)).name(), levelFrameWord(kind),
                      percent(share));
  }
  return words.join(", ");
}

}  // namespace stormloom
