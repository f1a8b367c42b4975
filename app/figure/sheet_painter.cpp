#include "app/figure/sheet_painter.h"

#include <QFontMetricsF>
#include <cmath>

#include "app/figure/figure_drawing.h"
#include "app/figure/figure_layout.h"
#include "core/errors.h"

namespace stormloom {

namespace {

namespace style = figure_style;

constexpr double kText = 8.0;  // points
constexpr double kGap = 2.0;
constexpr double kTitle = 16.0;
constexpr double kLegend = 26.0;
constexpr double kRowNames = 64.0;
constexpr double kColumnNames = 12.0;
constexpr int kMostStamps = 100;

const style::Theme& themeFor(const SheetOptions& options) {
  return options.dark ? style::kDark : style::kLight;
}

const GeoReference& geoOf(const SheetContent& content) {
  return content.result.members.empty() ? content.result.context.geo
                                        : content.result.members.front().frames.geo;
}

QString leadText(ValidTime time, ValidTime runTime) {
  const long minutes = (time - runTime).count() / 60;
  return (minutes < 0 ? QString("−%1") : QString("+%1")).arg(std::abs(minutes)) + " min";
}

std::vector<const Frame*> pointersTo(const FrameSequence& sequence) {
  std::vector<const Frame*> frames;
  for (const Frame& frame : sequence.frames) frames.push_back(&frame);
  return frames;
}

/// The first member of each n, in the file's order.
std::vector<const ScenarioMember*> firstMembers(const ResultFile& result) {
  std::vector<const ScenarioMember*> members;
  for (const ScenarioMember& member : result.members)
    if (members.empty() || members.back()->nSigma != member.nSigma) members.push_back(&member);
  return members;
}

}  // namespace

QString scenarioText(double nSigma) {
  if (std::isnan(nSigma)) return "forecast";
  return QString("%1%2 σ").arg(nSigma < 0.0 ? "−" : nSigma > 0.0 ? "+" : "").arg(std::abs(nSigma));
}

QString memberText(const ScenarioMember& member, bool nameMember) {
  const QString text = scenarioText(member.nSigma);
  return nameMember ? text + QString(", member %1").arg(member.member + 1) : text;
}

SheetPainter::SheetPainter(const SheetContent& content, const SheetOptions& options)
    : content_(content),
      options_(options),
      theme_(themeFor(options)),
      map_(geoOf(content), colorTableFor(content.result.context.quantity), theme_) {
  if (options.kind != SheetKind::Strip && content.result.members.empty())
    throw UsageError("This figure needs a forecast; the file holds observed frames only.");
  if (options.kind == SheetKind::Scores && content.scores.empty())
    throw UsageError(
        "Scores need what was observed: name the radar files after the forecast, "
        "figure FORECAST.nc PATH... --kind scores.");
  if (options.kind == SheetKind::Stamps && int(content.result.members.size()) > kMostStamps)
    throw UsageError("A sheet of stamps holds at most 100 members.");
}

double SheetPainter::aspect() const { return groundAspect(geoOf(content_)); }

void SheetPainter::put(QPainter& painter, const QRectF& room, const QString& text, double size,
                       const QColor& color, int align, bool bold) const {
  QFont font = figure_drawing::font(size, bold);
  font.setPixelSize(std::max(1, int(std::lround(size))));
  painter.setFont(font);
  painter.setPen(color);
  painter.drawText(room, align, QFontMetricsF(font).elidedText(text, Qt::ElideRight, room.width()));
}

double SheetPainter::drawnTitleHeight() { return kTitle; }

double SheetPainter::drawTitle(QPainter& painter, const QRectF& room, const QString& text) const {
  const FrameSequence& context = content_.result.context;
  const QRectF line(room.left(), room.top(), room.width(), kTitle - 4.0);
  put(painter, line, text, kText + 1.0, theme_.text, int(Qt::AlignLeft) | int(Qt::AlignVCenter),
      true);
  QString right = QString::fromStdString(context.product + " " + context.event).trimmed();
  if (content_.result.runTime != ValidTime{})
    right += ", run " +
             QString::fromStdString(isoText(content_.result.runTime)).replace('T', ' ').left(16) +
             " UTC";
  if (context.synthetic) right += ", synthetic";
  const double used = QFontMetricsF(painter.font()).horizontalAdvance(text) + 12.0;
  put(painter, line.adjusted(used, 0, 0, 0), right, kText,
      context.synthetic ? theme_.synthetic : theme_.quietText,
      int(Qt::AlignRight) | int(Qt::AlignVCenter));
  return room.top() + kTitle;
}

void SheetPainter::drawMap(QPainter& painter, const QRectF& place, const Frame& frame,
                           PaneKind kind) const {
  const QRect map = place.toAlignedRect();
  if (frame.grid) map_.drawPlain(painter, map, *frame.grid, options_.dotsPerInch / 72.0);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(style::colorOf(kind, theme_), 0.8));
  painter.drawRect(QRectF(map).adjusted(0.4, 0.4, -0.4, -0.4));
}

void SheetPainter::drawLegend(QPainter& painter, const QRectF& room) const {
  const ColorTable& colors = colorTableFor(content_.result.context.quantity);
  const auto& steps = colors.steps();
  const double cell = std::min(30.0, room.width() * 0.6 / double(steps.size()));
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const QRectF box(room.left() + double(i) * cell, room.top() + 6.0, cell, 7.0);
    painter.fillRect(box, style::toQColor(steps[i].color));
    put(painter, QRectF(box.left(), box.bottom(), cell, 10.0),
        QString::number(steps[i].level, 'g', 3), kText - 1.0, theme_.quietText);
  }
  const double used = double(steps.size()) * cell + 6.0;
  const QRectF beside(room.left() + used, room.top() + 4.0, room.width() - used, 10.0);
  put(painter, beside, QString::fromStdString(colors.unit()), kText, theme_.text);
  put(painter, beside.translated(0.0, 10.0),
      QString::fromStdString(content_.result.context.attribution), kText - 1.0, theme_.quietText);
}

std::vector<SheetPainter::Row> SheetPainter::stripRows() const {
  const ResultFile& result = content_.result;
  std::vector<Row> rows;
  const QString past = result.context.synthetic ? "synthetic past" : "observed";
  rows.push_back({past, "until the run", PaneKind::Observed, pointersTo(result.context)});
  if (result.members.empty()) {
    rows.back().detail.clear();
    return rows;
  }
  const std::size_t leads = result.members.front().frames.frames.size();
  auto& before = rows.front().frames;  // as many of the last ones as there are lead times
  if (before.size() > leads) before.erase(before.begin(), before.end() - std::ptrdiff_t(leads));
  if (content_.truth)
    rows.push_back({result.context.synthetic ? "synthetic truth" : "observed", "after the run",
                    PaneKind::Observed, pointersTo(*content_.truth)});
  for (const ScenarioMember* member : firstMembers(result)) {
    QString detail;
    if (!member->achieved.empty())
      detail = QString("mean %1").arg(255.0 * member->achieved.back(), 0, 'f', 1);
    rows.push_back(
        {memberText(*member, false), detail, PaneKind::Forecast, pointersTo(member->frames)});
  }
  return rows;
}

double SheetPainter::heightFor(double width) const {
  const ResultFile& result = content_.result;
  switch (options_.kind) {
    case SheetKind::Strip: {
      const std::vector<Row> rows = stripRows();
      std::size_t columns = 1;
      for (const Row& row : rows) columns = std::max(columns, row.frames.size());
      const double cell = (width - kRowNames) / double(columns);
      return kTitle + double(rows.size()) * (cell / aspect() + kColumnNames) + kLegend;
    }
    case SheetKind::Stamps: {
      const int columns = columnsOfStamps();
      const int rows = (int(result.members.size()) + columns - 1) / columns;
      return kTitle + rows * (width / columns / aspect() + kColumnNames) + kLegend;
    }
    case SheetKind::Fan:
      return width * 0.55 + 24.0;
    case SheetKind::Scores:
      return heightOfScores(content_.scores.size() -
                            std::min(options_.firstScore, content_.scores.size()));
  }
  return width;
}

void SheetPainter::draw(QPainter& painter, const QRectF& room) const {
  painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
  painter.fillRect(room, theme_.ground);
  switch (options_.kind) {
    case SheetKind::Strip:
      return drawStrip(painter, room);
    case SheetKind::Stamps:
      return drawStamps(painter, room);
    case SheetKind::Fan:
      return drawFan(painter, room);
    case SheetKind::Scores:
      return drawScores(painter, room);
  }
}

void SheetPainter::drawStrip(QPainter& painter, const QRectF& room) const {
  const std::vector<Row> rows = stripRows();
  std::size_t columns = 1;
  for (const Row& row : rows) columns = std::max(columns, row.frames.size());
  const auto& members = content_.result.members;
  const bool scenarios = !members.empty() && !std::isnan(members.front().nSigma);
  const QString model = QString::fromStdString(content_.result.receipt.model);
  double y = drawTitle(painter, room,
                       scenarios         ? "Scenarios by anticipated intensity"
                       : members.empty() ? "Observed frames"
                                         : "Forecast, " + model);
  const double byHeight =
      ((room.height() - kTitle - kLegend) / double(rows.size()) - kColumnNames) * aspect();
  const double cell = std::min((room.width() - kRowNames) / double(columns), byHeight);
  const double height = cell / aspect();
  const ValidTime runTime = content_.result.runTime;
  for (const Row& row : rows) {
    const QColor color = style::colorOf(row.kind, theme_);
    const QRectF name(room.left(), y + kColumnNames + height / 2.0 - 12.0, kRowNames - 4.0, 12.0);
    put(painter, name, row.name, kText, color, int(Qt::AlignLeft) | int(Qt::AlignVCenter), true);
    put(painter, name.translated(0.0, 11.0), row.detail, kText - 1.0, theme_.quietText);
    // The past ends at the run time: it stands at the right.
    const std::size_t first =
        row.frames.size() < columns && row.frames.front()->validTime <= runTime
            ? columns - row.frames.size()
            : 0;
    for (std::size_t k = 0; k < row.frames.size(); ++k) {
      const double x = room.left() + kRowNames + double(first + k) * cell;
      const ValidTime time = row.frames[k]->validTime;
      const QString text = runTime == ValidTime{} ? QString::fromStdString(clockText(time))
                                                  : leadText(time, runTime);
      put(painter, QRectF(x, y, cell - kGap, kColumnNames), text, kText - 1.0, theme_.quietText);
      drawMap(painter, QRectF(x, y + kColumnNames, cell - kGap, height - kGap), *row.frames[k],
              row.kind);
    }
    y += height + kColumnNames;
  }
  drawLegend(painter, QRectF(room.left(), y, room.width(), kLegend));
}

int SheetPainter::columnsOfStamps() const {
  const int members = int(content_.result.members.size());
  int perN = 1;
  while (perN < members && content_.result.members[std::size_t(perN)].nSigma ==
                               content_.result.members.front().nSigma)
    ++perN;
  if (perN > 1 && perN < members) return std::min(perN, 10);  // a row for each n
  return std::max(1, std::min(members, int(std::ceil(std::sqrt(double(members) * 1.5)))));
}

void SheetPainter::drawStamps(QPainter& painter, const QRectF& room) const {
  const auto& members = content_.result.members;
  const std::size_t leads = members.front().frames.frames.size();
  if (options_.lead < 0 || std::size_t(options_.lead) > leads)
    throw UsageError("There are " + std::to_string(leads) + " lead times; --lead " +
                     std::to_string(options_.lead) + " is none of them.");
  const std::size_t lead = options_.lead == 0 ? leads - 1 : std::size_t(options_.lead) - 1;
  const ValidTime time = members.front().frames.frames[lead].validTime;
  double y = drawTitle(painter, room,
                       "Members at " + QString::fromStdString(clockText(time)) + " UTC, " +
                           leadText(time, content_.result.runTime));
  const int columns = columnsOfStamps();
  const int rows = (int(members.size()) + columns - 1) / columns;
  const double byHeight = ((room.height() - kTitle - kLegend) / rows - kColumnNames) * aspect();
  const double cell = std::min(room.width() / columns, byHeight);
  const double height = cell / aspect();
  for (std::size_t i = 0; i < members.size(); ++i) {
    const double x = room.left() + double(int(i) % columns) * cell;
    const double top = y + double(int(i) / columns) * (height + kColumnNames);
    put(painter, QRectF(x, top, cell - kGap, kColumnNames), memberText(members[i], true), kText,
        theme_.forecast);
    drawMap(painter, QRectF(x, top + kColumnNames, cell - kGap, height - kGap),
            members[i].frames.frames[lead], PaneKind::Forecast);
  }
  y += rows * (height + kColumnNames);
  drawLegend(painter, QRectF(room.left(), y, room.width(), kLegend));
}

}  // namespace stormloom
