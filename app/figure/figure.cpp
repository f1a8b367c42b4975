#include "app/figure/figure.h"

#include <QBuffer>
#include <QFontMetricsF>
#include <QImage>
#include <QImageReader>
#include <QImageWriter>
#include <QPainter>
#include <cmath>
#include <numbers>

#include "app/figure/figure_drawing.h"
#include "app/figure/figure_layout.h"
#include "app/figure/figure_map.h"
#include "app/figure/figure_style.h"
#include "core/errors.h"
#include "core/receipt_in_file.h"
#include "core/scratch_file.h"

namespace stormloom {

namespace {

namespace style = figure_style;

bool hasHeading(const FigureOptions& options) {
  return options.title || options.clock || !options.note.empty() || !options.logoFile.empty();
}

double groundWidthKm(const GeoReference& geo) {
  constexpr double kKmPerDegree = 111.195;
  const double width = geo.width() * geo.cellWidth();
  if (!geo.isGeographic()) return width / 1000.0;
  const double latitude = (geo.top() + geo.bottom()) / 2.0 * std::numbers::pi / 180.0;
  return width * kKmPerDegree * std::cos(latitude);
}

/// Read under limits: it comes from a stranger's file.
QImage readLogo(const std::string& file) {
  if (file.empty()) return {};
  QImageReader reader(QString::fromStdString(file));
  if (!reader.canRead() || reader.size().isEmpty() || reader.size().width() > 8192 ||
      reader.size().height() > 8192)
    throw IoError(file +
                  ": this is no picture that can be a logo. Use a PNG of at most 8192 pixels.");
  const QImage image = reader.read();
  if (image.isNull()) throw IoError(file + ": the picture is damaged.");
  return image;
}

/// 1, 2 or 5 times a power of ten, at most `length`.
double roundLength(double length) {
  const double unit = std::pow(10.0, std::floor(std::log10(length)));
  for (const double factor : {5.0, 2.0})
    if (unit * factor <= length) return unit * factor;
  return unit;
}

FigureLayout layoutOf(const GeoReference& geo, const FigureOptions& options) {
  const QSize size = figure_drawing::checkedSize(options);
  const bool heading = hasHeading(options);
  if (options.places.empty())
    return layOutFigure(size, options.panes, groundAspect(geo), heading, options.legend);
  std::vector<double> aspects(options.places.size(), groundAspect(geo));
  for (std::size_t i = 0; i < std::min(aspects.size(), options.grounds.size()); ++i)
    aspects[i] = groundAspect(options.grounds[i].geo);
  return layOutFigure(size, options.places, aspects, heading, options.legend);
}

/// A map as panes share it.
struct Ground {
  PaneGround place;
  FigureMap map;
  double widthKm;  ///< of a pane, at its middle
};

/// That of each pane; the first is that of panes without one of their own.
std::vector<std::shared_ptr<const Ground>> groundsOf(const PaneGround& usual,
                                                     const FigureOptions& options) {
  std::vector<std::shared_ptr<const Ground>> grounds;
  const std::vector<PlaceName> towns = options.towns ? loadPlaceNames() : std::vector<PlaceName>();
  const auto groundAt = [&](const PaneGround& place) {
    for (const auto& known : grounds)
      if (known->place == place) return known;
    const ColorTable& table = fieldTable(FieldKind::Radar, place.quantity, options.colors);
    return std::make_shared<const Ground>(
        Ground{place, FigureMap(place.geo, table, style::kDark, towns), groundWidthKm(place.geo)});
  };
  grounds.push_back(groundAt(usual));
  for (const PaneGround& place : options.grounds) grounds.push_back(groundAt(place));
  return grounds;
}

QString levelText(double level) {
  return (level < 0.0 ? "−" : "") + QString::number(std::abs(level), 'g', 3);
}

}  // namespace

bool isFigureSize(int width, int height) {
  constexpr int kLongestSide = 16384;
  constexpr double kMostPixels = 150e6;  // a poster of 841 x 1189 mm at 300 dots an inch
  return width >= 320 && height >= 240 && width <= kLongestSide && height <= kLongestSide &&
         double(width) * double(height) <= kMostPixels;
}

struct FigurePainter::Impl {
  std::unique_ptr<QGuiApplication> application;
  FigureLayout layout;
  std::vector<std::shared_ptr<const Ground>> grounds;
  FigureOptions options;
  QImage logo;

  void heading(QPainter& painter, const FigureFrame& frame) const;
  void titleAndNote(QPainter& painter, QRect room, const FigureFrame& frame) const;
  void pane(QPainter& painter, std::size_t index, const FigurePane& pane) const;
  void titlesAbove(QPainter& painter, const QRect& strip, const FigurePane& pane) const;
  void titlesBeside(QPainter& painter, const QRect& strip, const FigurePane& pane) const;
  void north(QPainter& painter, const QRect& map) const;
  void scaleBar(QPainter& painter, const QRect& map, double widthKm) const;
  void legend(QPainter& painter) const;
  int colorSteps(QPainter& painter, const ColorTable& table, const QRect& room) const;
  const Ground& groundOf(std::size_t pane) const {
    return pane + 1 < grounds.size() ? *grounds[pane + 1] : *grounds.front();
  }
};

bool canDrawFigures() { return true; }

FigurePainter::FigurePainter(const GeoReference& geo, Quantity quantity,
                             const FigureOptions& options)
    : impl_(new Impl{figure_drawing::applicationIfNone(), layoutOf(geo, options),
                     groundsOf({geo, quantity}, options), options, readLogo(options.logoFile)}) {}

FigurePainter::~FigurePainter() = default;

void FigurePainter::Impl::heading(QPainter& painter, const FigureFrame& frame) const {
  const int text = layout.textHeight;
  QRect room = layout.heading.adjusted(text, 0, -text, 0);
  if (!logo.isNull()) {
    const QImage small = logo.scaled(room.size() - QSize(0, text / 2), Qt::KeepAspectRatio,
                                     Qt::SmoothTransformation);
    painter.drawImage(room.right() - small.width(), room.top() + text / 4, small);
    room.setRight(room.right() - small.width() - text);
  }
  const PaneKind kind = frame.panes.empty() ? PaneKind::Observed : frame.panes.back().kind;
  if (options.clock) {
    const QFont large = figure_drawing::font(text * 3 / 2, true);
    room = figure_drawing::putText(painter, room, QString::fromStdString(frame.validTime), large,
                                   style::kDark.text);
    if (!frame.leadTime.empty())
      room = figure_drawing::putText(painter, room, QString::fromStdString(frame.leadTime), large,
                                     style::colorOf(kind, style::kDark));
    room = figure_drawing::putText(painter, room, QString::fromStdString(frame.runTime),
                                   figure_drawing::font(text), style::kDark.quietText);
  }
  titleAndNote(painter, room, frame);
}

/// Side by side where there is room, else the note below the title.
void FigurePainter::Impl::titleAndNote(QPainter& painter, QRect room,
                                       const FigureFrame& frame) const {
  const QFont font = figure_drawing::font(layout.textHeight);
  const QString title = options.title ? QString::fromStdString(frame.title) : QString();
  const QString note = QString::fromStdString(options.note);
  const int both = figure_drawing::widthOf(title, font) + figure_drawing::widthOf(note, font) +
                   layout.textHeight * 2;
  const bool below = !title.isEmpty() && !note.isEmpty() && both > room.width();
  const int half = below ? room.height() / 2 : 0;
  const QRect left = figure_drawing::putText(painter, room.adjusted(0, 0, 0, -half), title, font,
                                             style::kDark.quietText, true);
  figure_drawing::putText(painter, below ? room.adjusted(0, half, 0, 0) : left, note, font,
                          style::kDark.text, below);
}

namespace {

struct Words {
  QString text;
  QColor color;
};

/// What kind of picture it is.
std::vector<Words> marksOf(const FigurePane& pane) {
  std::vector<Words> marks;
  if (!pane.synthetic || pane.kind != PaneKind::Observed)  // made-up rain was never observed
    marks.push_back({kindWord(pane.kind), style::colorOf(pane.kind, style::kDark)});
  if (pane.inBetween) marks.push_back({"interpolated", style::kDark.quietText});
  if (pane.synthetic) marks.push_back({"synthetic", style::kDark.synthetic});
  return marks;
}

}  // namespace

/// The title comes first, for it tells panes apart; marks that find no room beside it stand below.
void FigurePainter::Impl::titlesAbove(QPainter& painter, const QRect& strip,
                                      const FigurePane& pane) const {
  const int text = layout.textHeight;
  const QFont small = figure_drawing::font(text * 9 / 10);
  const QFont bold = figure_drawing::font(text, true);
  const QString title = QString::fromStdString(pane.title);
  const QRect inner = strip.adjusted(text / 2, 3, -text / 2, 0);
  QRect upper(inner.left(), inner.top(), inner.width(), inner.height() / 2);
  QRect lower(inner.left(), upper.bottom(), inner.width(), inner.height() - upper.height());
  const int titleWidth = figure_drawing::widthOf(title, bold) + text / 2;
  std::vector<Words> below;
  for (const Words& mark : marksOf(pane)) {
    if (below.empty() && figure_drawing::widthOf(mark.text, small) <= upper.width() - titleWidth)
      upper = figure_drawing::putText(painter, upper, mark.text, small, mark.color, true);
    else
      below.push_back(mark);
  }
  figure_drawing::putText(painter, upper, title, bold, style::kDark.text);
  lower = figure_drawing::putText(painter, lower, QString::fromStdString(pane.corner), small,
                                  style::kDark.text, true);
  for (const Words& mark : below)
    lower = figure_drawing::putText(painter, lower, mark.text, small, mark.color);
  figure_drawing::putText(painter, lower, QString::fromStdString(pane.detail), small,
                          style::kDark.quietText);
}

/// One below the other, broken where they are longer than the strip is wide.
void FigurePainter::Impl::titlesBeside(QPainter& painter, const QRect& strip,
                                       const FigurePane& pane) const {
  const int text = layout.textHeight;
  QRect room = strip.adjusted(text / 2, text / 2, -text / 4, 0);
  const auto put = [&](const QString& words, const QFont& font, const QColor& color) {
    if (words.isEmpty()) return;
    painter.setFont(font);
    painter.setPen(color);
    QRect used;
    painter.drawText(room, int(Qt::AlignLeft) | int(Qt::TextWordWrap), words, &used);
    room.setTop(used.bottom() + text / 3);
  };
  const QFont small = figure_drawing::font(text * 9 / 10);
  put(QString::fromStdString(pane.title), figure_drawing::font(text, true), style::kDark.text);
  for (const Words& mark : marksOf(pane)) put(mark.text, small, mark.color);
  put(QString::fromStdString(pane.corner), small, style::kDark.text);
  put(QString::fromStdString(pane.detail), small, style::kDark.quietText);
}

void FigurePainter::Impl::pane(QPainter& painter, std::size_t index,
                               const FigurePane& pane) const {
  const FigureLayout::Pane& place = layout.panes[index];
  const Ground& ground = groundOf(index);
  const int text = layout.textHeight;
  const QColor color = style::colorOf(pane.kind, style::kDark);
  painter.fillRect(place.strip, style::kDark.strip);
  const QRect stripe(place.strip.topLeft(), QSize(place.strip.width(), 3));
  painter.fillRect(stripe, pane.inBetween ? QBrush(color, Qt::Dense6Pattern) : QBrush(color));
  if (layout.beside)
    titlesBeside(painter, place.strip, pane);
  else
    titlesAbove(painter, place.strip, pane);
  if (pane.grid) {
    ground.map.draw(painter, place.map, *pane.grid, figure_drawing::font(text * 8 / 10),
                    fieldTable(pane.field, ground.place.quantity, options.colors));
    ground.map.drawSigns(painter, place.map, pane.signs);
  }
  north(painter, place.map);
  if (options.scaleBar) scaleBar(painter, place.map, ground.widthKm);
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
  painter.setFont(figure_drawing::font(text * 8 / 10, true));
  painter.setPen(style::kDark.text);
  painter.drawText(plate.adjusted(0, text, 0, 0), Qt::AlignCenter, "N");
  painter.restore();
}

void FigurePainter::Impl::scaleBar(QPainter& painter, const QRect& place, double widthKm) const {
  const int text = layout.textHeight;
  const double km = roundLength(widthKm / 4.0);
  const int length = int(km / widthKm * place.width());
  const int bottom = place.bottom() - text * 3 / 2;  // above the graticule's labels
  const QRect plate(place.right() - length - text, bottom - text * 2, length + text, text * 2);
  QColor ground = style::kDark.ground;
  ground.setAlpha(170);
  painter.fillRect(plate, ground);
  painter.setPen(style::kDark.text);
  painter.setFont(figure_drawing::font(text * 8 / 10));
  painter.drawText(plate.adjusted(0, 0, 0, -text / 2), Qt::AlignCenter, QString("%1 km").arg(km));
  painter.fillRect(QRect(plate.left() + text / 2, plate.bottom() - text / 2, length, 2),
                   style::kDark.text);
}

/// Steps of one table with their levels and the unit; how far to the right that reaches.
int FigurePainter::Impl::colorSteps(QPainter& painter, const ColorTable& table,
                                    const QRect& room) const {
  const int text = layout.textHeight;
  const auto& steps = table.steps();
  const int share = options.legendParts.size() > 1 ? 45 : 60;  // percent of the room; the rest is text
  const int cell = std::clamp(room.width() * share / 100 / int(steps.size()), text * 2, text * 4);
  const QFont small = figure_drawing::font(text * 9 / 10);
  const int barHeight = text;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const QRect box(room.left() + int(i) * cell, room.top(), cell, barHeight);
    painter.fillRect(box, style::onGround(steps[i], style::kDark.mapGround));
    const QString level = levelText(steps[i].level);
    const bool runsIntoNext =
        i + 1 < steps.size() && figure_drawing::widthOf(level, small) + text / 3 > cell;
    if (runsIntoNext) continue;  // the lower end of a scale of differences
    painter.setFont(small);
    painter.setPen(style::kDark.quietText);
    painter.drawText(QRect(box.left(), box.bottom() + 1, cell, room.bottom() - box.bottom()),
                     Qt::AlignLeft | Qt::AlignVCenter, level);
  }
  const int used = int(steps.size()) * cell + text;
  const QRect beside(room.left() + used, room.top(), room.width() - used, barHeight);
  figure_drawing::putText(painter, beside, QString::fromStdString(table.unit()), small,
                          style::kDark.text);
  return room.left() + used;
}

void FigurePainter::Impl::legend(QPainter& painter) const {
  const int text = layout.textHeight;
  const QRect room = layout.legend.adjusted(text, text / 2, -text, -text / 4);
  const int width = room.width() / int(options.legendParts.size());
  int reached = room.left();
  for (std::size_t i = 0; i < options.legendParts.size(); ++i) {
    const LegendPart& part = options.legendParts[i];
    const Quantity quantity = part.quantity.value_or(grounds.front()->place.quantity);
    reached = colorSteps(painter, fieldTable(part.field, quantity, options.colors),
                         QRect(room.left() + int(i) * width, room.top(), width, room.height()));
  }
  const QRect below(reached, room.top() + text, room.right() - reached, room.height() - text);
  figure_drawing::putText(painter, below, QString::fromStdString(options.footnote),
                          figure_drawing::font(text * 9 / 10), style::kDark.quietText);
}

RgbImage FigurePainter::draw(const FigureFrame& frame) const {
  QImage image(impl_->layout.size, QImage::Format_RGB888);
  image.fill(style::kDark.ground);
  {
    QPainter painter(&image);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    if (!impl_->layout.heading.isEmpty()) impl_->heading(painter, frame);
    const std::size_t panes = std::min(frame.panes.size(), impl_->layout.panes.size());
    for (std::size_t i = 0; i < panes; ++i)
      impl_->pane(painter, i, frame.panes[i]);
    if (impl_->options.legend) impl_->legend(painter);
  }
  return figure_drawing::pixelsOf(image);
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
