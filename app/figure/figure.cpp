#include "app/figure/figure.h"

#include <QBuffer>
#include <QFontMetricsF>
#include <QImage>
#include <QImageWriter>
#include <QPainter>
#include <cmath>
#include <cstring>

#include "app/figure/figure_fonts.h"
#include "app/figure/figure_layout.h"
#include "app/figure/figure_map.h"
#include "app/figure/figure_style.h"
#include "core/errors.h"
#include "core/receipt_in_file.h"
#include "core/scratch_file.h"

namespace stormloom {

namespace {

namespace style = figure_style;

QSize checkedSize(const FigureOptions& options) {
  if (options.width == 0 && options.height == 0) return {};
  if (options.width < 320 || options.height < 240 || options.width > 7680 || options.height > 4320)
    throw UsageError("--size must lie between 320x240 and 7680x4320.");
  return {options.width & ~1, options.height & ~1};
}

/// One line of text in a rectangle, shortened with an ellipsis where it does not fit; what is left
/// of the rectangle beside it.
QRect putText(QPainter& painter, const QRect& room, const QString& text, const QFont& font,
              const QColor& color, bool right = false) {
  painter.setFont(font);
  painter.setPen(color);
  const QFontMetrics metrics(font);
  const QString shown = metrics.elidedText(text, Qt::ElideRight, room.width());
  painter.drawText(room, int(right ? Qt::AlignRight : Qt::AlignLeft) | int(Qt::AlignVCenter),
                   shown);
  const int used = metrics.horizontalAdvance(shown) + metrics.height() / 2;
  return right ? room.adjusted(0, 0, -used, 0) : room.adjusted(used, 0, 0, 0);
}

const char* kindWord(PaneKind kind) {
  switch (kind) {
    case PaneKind::Observed:
      return "observed";
    case PaneKind::Forecast:
      return "forecast";
    case PaneKind::Preview:
      return "preview";
  }
  return "";
}

QString levelText(double level) { return QString::number(level, 'g', 3); }

}  // namespace

struct FigurePainter::Impl {
  std::unique_ptr<QGuiApplication> application;
  const ColorTable& colors;
  FigureLayout layout;
  FigureMap map;
  QString footnote;

  void heading(QPainter& painter, const FigureFrame& frame) const;
  void pane(QPainter& painter, const FigureLayout::Pane& place, const FigurePane& pane) const;
  void north(QPainter& painter, const QRect& map) const;
  void legend(QPainter& painter) const;
};

bool canDrawFigures() { return true; }

FigurePainter::FigurePainter(const GeoReference& geo, Quantity quantity,
                             const FigureOptions& options)
    : impl_(new Impl{applicationIfNone(), colorTableFor(quantity),
                     layOutFigure(checkedSize(options), options.panes, groundAspect(geo)),
                     FigureMap(geo, colorTableFor(quantity), style::kDark),
                     QString::fromStdString(options.footnote)}) {}

FigurePainter::~FigurePainter() = default;

void FigurePainter::Impl::heading(QPainter& painter, const FigureFrame& frame) const {
  const int text = layout.textHeight;
  QRect room = layout.heading.adjusted(text, 0, -text, 0);
  const PaneKind kind = frame.panes.empty() ? PaneKind::Observed : frame.panes.back().kind;
  room = putText(painter, room, QString::fromStdString(frame.validTime),
                 figureFont(text * 3 / 2, true), style::kDark.text);
  if (!frame.leadTime.empty())
    room = putText(painter, room, QString::fromStdString(frame.leadTime),
                   figureFont(text * 3 / 2, true), style::colorOf(kind, style::kDark));
  room = putText(painter, room, QString::fromStdString(frame.runTime), figureFont(text),
                 style::kDark.quietText);
  putText(painter, room, QString::fromStdString(frame.title), figureFont(text),
          style::kDark.quietText, true);
}

void FigurePainter::Impl::pane(QPainter& painter, const FigureLayout::Pane& place,
                               const FigurePane& pane) const {
  const int text = layout.textHeight;
  const QColor color = style::colorOf(pane.kind, style::kDark);
  painter.fillRect(place.strip, style::kDark.strip);
  painter.fillRect(QRect(place.strip.topLeft(), QSize(place.strip.width(), 3)), color);
  const QRect inner = place.strip.adjusted(text / 2, 3, -text / 2, 0);
  QRect upper(inner.left(), inner.top(), inner.width(), inner.height() / 2);
  QRect lower(inner.left(), upper.bottom(), inner.width(), inner.height() - upper.height());
  if (!pane.synthetic || pane.kind != PaneKind::Observed)  // made-up rain was never observed
    upper = putText(painter, upper, kindWord(pane.kind), figureFont(text * 9 / 10), color, true);
  if (pane.synthetic)
    upper = putText(painter, upper, "synthetic", figureFont(text * 9 / 10), style::kDark.synthetic,
                    true);
  putText(painter, upper, QString::fromStdString(pane.title), figureFont(text, true),
          style::kDark.text);
  lower = putText(painter, lower, QString::fromStdString(pane.corner), figureFont(text * 9 / 10),
                  style::kDark.text, true);
  putText(painter, lower, QString::fromStdString(pane.detail), figureFont(text * 9 / 10),
          style::kDark.quietText);
  if (pane.grid) map.draw(painter, place.map, *pane.grid, figureFont(text * 8 / 10));
  north(painter, place.map);
}

void FigurePainter::Impl::north(QPainter& painter, const QRect& place) const {
  const int text = layout.textHeight;
  painter.save();
  const QRect plate(place.right() - text * 3 / 2 - 3, place.top() + 4, text * 3 / 2, text * 5 / 2);
  QColor ground = style::kDark.ground;
  ground.setAlpha(170);
  painter.fillRect(plate, ground);
  const QPointF tip(plate.center().x() + 0.5, plate.top() + 3.0);
  const double half = text * 0.35;
  painter.setPen(Qt::NoPen);
  painter.setBrush(style::kDark.text);
  painter.drawPolygon(QPolygonF({tip, tip + QPointF(half, text), tip + QPointF(-half, text)}));
  painter.setFont(figureFont(text * 8 / 10, true));
  painter.setPen(style::kDark.text);
  painter.drawText(plate.adjusted(0, text, 0, 0), Qt::AlignCenter, "N");
  painter.restore();
}

void FigurePainter::Impl::legend(QPainter& painter) const {
  const int text = layout.textHeight;
  const QRect room = layout.legend.adjusted(text, text / 2, -text, -text / 4);
  const auto& steps = colors.steps();
  const int cell = std::clamp(room.width() * 6 / 10 / int(steps.size()), text * 2, text * 4);
  const QFont small = figureFont(text * 9 / 10);
  const int barHeight = text;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const QRect box(room.left() + int(i) * cell, room.top(), cell, barHeight);
    painter.fillRect(box, style::toQColor(steps[i].color));
    painter.setFont(small);
    painter.setPen(style::kDark.quietText);
    painter.drawText(QRect(box.left(), box.bottom() + 1, cell, room.bottom() - box.bottom()),
                     Qt::AlignLeft | Qt::AlignVCenter, levelText(steps[i].level));
  }
  const int used = int(steps.size()) * cell + text;
  const QRect beside(room.left() + used, room.top(), room.width() - used, barHeight);
  putText(painter, beside, QString::fromStdString(colors.unit()), small, style::kDark.text);
  const QRect below(beside.left(), beside.bottom() + 1, beside.width(),
                    room.bottom() - beside.bottom());
  putText(painter, below, footnote, small, style::kDark.quietText);
}

RgbImage FigurePainter::draw(const FigureFrame& frame) const {
  QImage image(impl_->layout.size, QImage::Format_RGB888);
  image.fill(style::kDark.ground);
  {
    QPainter painter(&image);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    impl_->heading(painter, frame);
    const std::size_t panes = std::min(frame.panes.size(), impl_->layout.panes.size());
    for (std::size_t i = 0; i < panes; ++i)
      impl_->pane(painter, impl_->layout.panes[i], frame.panes[i]);
    impl_->legend(painter);
  }
  RgbImage out{image.width(), image.height(), {}};
  const std::size_t row = std::size_t(out.width) * 3;
  out.pixels.resize(row * std::size_t(out.height));
  for (int y = 0; y < out.height; ++y)
    std::memcpy(out.pixels.data() + row * std::size_t(y), image.constScanLine(y), row);
  return out;
}

void writePng(const std::string& path, const RgbImage& image, const Receipt& receipt,
              double dotsPerInch) {
  QImage picture(image.pixels.data(), image.width, image.height, image.width * 3,
                 QImage::Format_RGB888);
  if (dotsPerInch > 0.0) {
    picture.setDotsPerMeterX(int(std::lround(dotsPerInch / 0.0254)));
    picture.setDotsPerMeterY(int(std::lround(dotsPerInch / 0.0254)));
  }
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  if (!QImageWriter(&buffer, "png").write(picture))
    throw IoError(path + ": the picture could not be made into PNG.");
  const std::string_view png(buffer.data().constData(), std::size_t(buffer.data().size()));
  writeWholeFile(path, withPngText(png, kReceiptKeyword, receiptText(receipt)));
}

}  // namespace stormloom
