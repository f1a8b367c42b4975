#include "app/figure/figure_layout.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace stormloom {

namespace {

constexpr int kGap = 2;
constexpr int kPanesInARow = 6;
constexpr double kWorthwhile = 1.12;  ///< how much wider maps must become for titles beside them

int stripHeight(int textHeight) { return textHeight * 33 / 10; }
int besideWidth(int textHeight) { return textHeight * 7; }
int headingHeight(int textHeight) { return textHeight * 3; }
int legendHeight(int textHeight) { return textHeight * 33 / 10; }

/// H.264 wants even numbers.
int even(double length) { return int(std::lround(length / 2.0)) * 2; }

QSize sizeFor(int panes, double aspect) {
  const int textHeight = panes == 1 ? 16 : 13;
  const int mapWidth = panes == 1 ? 760 : panes <= 3 ? 480 : 380;
  const int columns = std::min(panes, kPanesInARow);
  const int rows = (panes + columns - 1) / columns;
  const double mapHeight = std::clamp(mapWidth / aspect, 0.4 * mapWidth, 1.8 * mapWidth);
  const double height = rows * (mapHeight + stripHeight(textHeight) + kGap) +
                        headingHeight(textHeight) + legendHeight(textHeight);
  return {even(std::max(columns * (mapWidth + kGap), 640)), even(height)};
}

struct Grid {
  int columns = 1;
  double mapWidth = 0.0;
  double mapHeight = 0.0;
};

/// The number of columns that makes the maps largest, where titles need `titles` of each pane.
Grid bestGrid(QSize room, int panes, double aspect, QSize titles) {
  Grid best;
  for (int columns = 1; columns <= panes; ++columns) {
    const int rows = (panes + columns - 1) / columns;
    const double width = double(room.width() - (columns - 1) * kGap) / columns;
    const double height = double(room.height() - (rows - 1) * kGap) / rows - titles.height();
    const double mapWidth = std::min(width - titles.width(), height * aspect);
    if (mapWidth > best.mapWidth) best = {columns, mapWidth, mapWidth / aspect};
  }
  return best;
}

/// Heading and legend; panes come between them.
FigureLayout frameOf(QSize size, bool heading, bool legend) {
  FigureLayout layout;
  layout.size = size;
  // Above the width of a screen it is paper: letters grow with it, to 5.5 points at 300 dots an inch.
  const int largest = size.width() > 2000 ? std::max(22, size.width() / 100) : 22;
  const int text = std::clamp(std::min(size.width() / 58, size.height() / 42), 11, largest);
  layout.textHeight = text;
  layout.heading = QRect(0, 0, size.width(), heading ? headingHeight(text) : 0);
  const int below = legend ? legendHeight(text) : 0;
  layout.legend = QRect(0, size.height() - below, size.width(), below);
  return layout;
}

QRect roomIn(const FigureLayout& layout) {
  return {0, layout.heading.height(), layout.size.width(),
          layout.legend.top() - layout.heading.height()};
}

}  // namespace

double groundAspect(const GeoReference& geo) {
  double width = geo.width() * geo.cellWidth();
  if (geo.isGeographic())
    width *= std::cos((geo.top() + geo.bottom()) / 2.0 * std::numbers::pi / 180.0);
  return std::clamp(width / (geo.height() * geo.cellHeight()), 0.2, 5.0);
}

namespace {

/// In rows in the middle of the room.
void placePanes(FigureLayout& layout, const QRect& room, int panes, const Grid& grid,
                QSize titles) {
  const QSize map(int(grid.mapWidth), int(grid.mapHeight));
  const QSize pane = map + titles;
  const int rows = (panes + grid.columns - 1) / grid.columns;
  const int left = (room.width() - grid.columns * (pane.width() + kGap) + kGap) / 2;
  const int top = room.top() + (room.height() - rows * (pane.height() + kGap) + kGap) / 2;
  for (int index = 0; index < panes; ++index) {
    const QPoint at(left + index % grid.columns * (pane.width() + kGap),
                    top + index / grid.columns * (pane.height() + kGap));
    const QSize strip = layout.beside ? QSize(titles.width(), map.height())
                                      : QSize(map.width(), titles.height());
    layout.panes.push_back(
        {QRect(at, strip), QRect(at + QPoint(titles.width(), titles.height()), map)});
  }
}

}  // namespace

FigureLayout layOutFigure(QSize size, int panes, double aspect, bool heading, bool legend) {
  if (size.isEmpty()) size = sizeFor(panes, aspect);
  FigureLayout layout = frameOf(size, heading, legend);
  const QRect room = roomIn(layout);
  const QSize above(0, stripHeight(layout.textHeight));
  const QSize left(besideWidth(layout.textHeight), 0);
  Grid grid = bestGrid(room.size(), panes, aspect, above);
  const Grid wide = bestGrid(room.size(), panes, aspect, left);
  layout.beside = wide.mapWidth > kWorthwhile * grid.mapWidth;
  if (layout.beside) grid = wide;
  placePanes(layout, room, panes, grid, layout.beside ? left : above);
  return layout;
}

FigureLayout layOutFigure(QSize size, const std::vector<PaneRect>& places,
                          const std::vector<double>& aspects, bool heading, bool legend) {
  if (size.isEmpty()) size = QSize(1600, 900);
  FigureLayout layout = frameOf(size, heading, legend);
  const QRect room = roomIn(layout);
  const int strip = stripHeight(layout.textHeight);
  const auto at = [](double share, int length) { return int(std::lround(share * length)); };
  for (std::size_t i = 0; i < places.size(); ++i) {
    const PaneRect& place = places[i];
    const double aspect = aspects[i];
    const int left = room.left() + at(place.left, room.width() + kGap);
    const int top = room.top() + at(place.top, room.height() + kGap);
    const int width = at(place.width, room.width() + kGap) - kGap;
    const int height = std::max(at(place.height, room.height() + kGap) - kGap - strip, 1);
    const int mapWidth = std::max(1, std::min(width, int(height * aspect)));
    const int mapHeight = std::max(1, std::min(height, int(mapWidth / aspect)));
    layout.panes.push_back({QRect(left, top, width, strip),
                            QRect(left + (width - mapWidth) / 2,
                                  top + strip + (height - mapHeight) / 2, mapWidth, mapHeight)});
  }
  return layout;
}

}  // namespace stormloom
