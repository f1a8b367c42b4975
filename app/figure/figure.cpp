#include "app/figure/figure.h"

#include <QFontMetricsF>
#include <QImage>
#include <QImageWriter>
#include <QPainter>
#include <QSaveFile>

#include "app/figure/figure_drawing.h"
#include "app/figure/figure_layout.h"
#include "app/figure/figure_style.h"
#include "app/figure/map_pane.h"
#include "core/errors.h"

namespace stormloom {

namespace {

namespace style = figure_style;

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
  MapPane map;
  QString footnote;

  void heading(QPainter& painter, const FigureFrame& frame) const;
  void pane(QPainter& painter, const FigureLayout::Pane& place, const FigurePane& pane) const;
  void north(QPainter& painter, const QRect& map) const;
  void legend(QPainter& painter) const;
};

bool canDrawFigures() { return true; }

FigurePainter::FigurePainter(const GeoReference& geo, Quantity quantity,
                             const FigureOptions& options)
    : impl_(new Impl{
          figure_drawing::applicationIfNone(), colorTableFor(quantity),
          layOutFigure(figure_drawing::checkedSize(options), options.panes, groundAspect(geo)),
          MapPane(geo, colorTableFor(quantity)), QString::fromStdString(options.footnote)}) {}

FigurePainter::~FigurePainter() = default;

void FigurePainter::Impl::heading(QPainter& painter, const FigureFrame& frame) const {
  const int text = layout.textHeight;
  QRect room = layout.heading.adjusted(text, 0, -text, 0);
  const PaneKind kind = frame.panes.empty() ? PaneKind::Observed : frame.panes.back().kind;
  room = figure_drawing::putText(painter, room, QString::fromStdString(frame.validTime),
                                 figure_drawing::font(text * 3 / 2, true), style::kText);
  if (!frame.leadTime.empty())
    room = figure_drawing::putText(painter, room, QString::fromStdString(frame.leadTime),
                                   figure_drawing::font(text * 3 / 2, true), style::colorOf(kind));
  room = figure_drawing::putText(painter, room, QString::fromStdString(frame.runTime),
                                 figure_drawing::font(text), style::kQuietText);
  figure_drawing::putText(painter, room, QString::fromStdString(frame.title),
                          figure_drawing::font(text), style::kQuietText, true);
}

void FigurePainter::Impl::pane(QPainter& painter, const FigureLayout::Pane& place,
                               const FigurePane& pane) const {
  const int text = layout.textHeight;
  const QColor color = style::colorOf(pane.kind);
  painter.fillRect(place.strip, style::kStrip);
  painter.fillRect(QRect(place.strip.topLeft(), QSize(place.strip.width(), 3)), color);
  const QRect inner = place.strip.adjusted(text / 2, 3, -text / 2, 0);
  QRect upper(inner.left(), inner.top(), inner.width(), inner.height() / 2);
  QRect lower(inner.left(), upper.bottom(), inner.width(), inner.height() - upper.height());
  if (!pane.synthetic || pane.kind != PaneKind::Observed)  // made-up rain was never observed
    upper = figure_drawing::putText(painter, upper, kindWord(pane.kind),
                                    figure_drawing::font(text * 9 / 10), color, true);
  if (pane.synthetic)
    upper = figure_drawing::putText(painter, upper, "synthetic",
                                    figure_drawing::font(text * 9 / 10), style::kSynthetic, true);
  figure_drawing::putText(painter, upper, QString::fromStdString(pane.title),
                          figure_drawing::font(text, true), style::kText);
  lower = figure_drawing::putText(painter, lower, QString::fromStdString(pane.corner),
                                  figure_drawing::font(text * 9 / 10), style::kText, true);
  figure_drawing::putText(painter, lower, QString::fromStdString(pane.detail),
                          figure_drawing::font(text * 9 / 10), style::kQuietText);
  if (pane.grid) map.draw(painter, place.map, *pane.grid, figure_drawing::font(text * 8 / 10));
  north(painter, place.map);
}

void FigurePainter::Impl::north(QPainter& painter, const QRect& place) const {
  const int text = layout.textHeight;
  painter.save();
  const QRect plate(place.right() - text * 3 / 2 - 3, place.top() + 4, text * 3 / 2, text * 5 / 2);
  QColor ground = style::kGround;
  ground.setAlpha(170);
  painter.fillRect(plate, ground);
  const QPointF tip(plate.center().x() + 0.5, plate.top() + 3.0);
  const double half = text * 0.35;
  painter.setPen(Qt::NoPen);
  painter.setBrush(style::kText);
  painter.drawPolygon(QPolygonF({tip, tip + QPointF(half, text), tip + QPointF(-half, text)}));
  painter.setFont(figure_drawing::font(text * 8 / 10, true));
  painter.setPen(style::kText);
  painter.drawText(plate.adjusted(0, text, 0, 0), Qt::AlignCenter, "N");
  painter.restore();
}

void FigurePainter::Impl::legend(QPainter& painter) const {
  const int text = layout.textHeight;
  const QRect room = layout.legend.adjusted(text, text / 2, -text, -text / 4);
  const auto& steps = colors.steps();
  const int cell = std::clamp(room.width() * 6 / 10 / int(steps.size()), text * 2, text * 4);
  const QFont small = figure_drawing::font(text * 9 / 10);
  const int barHeight = text;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const QRect box(room.left() + int(i) * cell, room.top(), cell, barHeight);
    painter.fillRect(box, style::toQColor(steps[i].color));
    painter.setFont(small);
    painter.setPen(style::kQuietText);
    painter.drawText(QRect(box.left(), box.bottom() + 1, cell, room.bottom() - box.bottom()),
                     Qt::AlignLeft | Qt::AlignVCenter, levelText(steps[i].level));
  }
  const int used = int(steps.size()) * cell + text;
  const QRect beside(room.left() + used, room.top(), room.width() - used, barHeight);
  figure_drawing::putText(painter, beside, QString::fromStdString(colors.unit()), small,
                          style::kText);
  const QRect below(beside.left(), beside.bottom() + 1, beside.width(),
                    room.bottom() - beside.bottom());
  figure_drawing::putText(painter, below, footnote, small, style::kQuietText);
}

RgbImage FigurePainter::draw(const FigureFrame& frame) const {
  QImage image(impl_->layout.size, QImage::Format_RGB888);
  image.fill(style::kGround);
  {
    QPainter painter(&image);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    impl_->heading(painter, frame);
    const std::size_t panes = std::min(frame.panes.size(), impl_->layout.panes.size());
    for (std::size_t i = 0; i < panes; ++i)
      impl_->pane(painter, impl_->layout.panes[i], frame.panes[i]);
    impl_->legend(painter);
  }
  return figure_drawing::pixelsOf(image);
}

void writePng(const std::string& path, const RgbImage& image, const std::string& comment) {
  QImage picture(image.pixels.data(), image.width, image.height, image.width * 3,
                 QImage::Format_RGB888);
  picture.setText("Comment", QString::fromStdString(comment));
  QSaveFile file(QString::fromStdString(path));
  QImageWriter writer(&file, "png");
  if (!file.open(QIODevice::WriteOnly) || !writer.write(picture) || !file.commit())
    throw IoError(path + ": it cannot be written (" + file.errorString().toStdString() +
                  "). Is there space, and may you write there?");
}

}  // namespace stormloom
