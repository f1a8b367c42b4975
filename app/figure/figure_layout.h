#pragma once

#include <QRect>
#include <QSize>
#include <vector>

#include "core/geo_reference.h"
#include "core/pane_layout.h"

namespace stormloom {

/// Where everything of a picture lies, in pixels.
struct FigureLayout {
  struct Pane {
    QRect strip;  ///< title above the map, or to its left
    QRect map;
  };
  QSize size;
  int textHeight = 13;  ///< of ordinary text; everything else follows from it
  QRect heading;
  QRect legend;
  bool beside = false;  ///< titles stand to the left of their maps
  std::vector<Pane> panes;
};

/// Width over height of a grid on the ground.
double groundAspect(const GeoReference& geo);

/// Panes as large as they can be in `size`; an empty size: panes side by side, each wide enough to
/// be read.
FigureLayout layOutFigure(QSize size, int panes, double aspect, bool heading = true,
                          bool legend = true);

/// Panes where a window has them, each map as large as fits its place.
FigureLayout layOutFigure(QSize size, const std::vector<PaneRect>& places,
                          const std::vector<double>& aspects, bool heading, bool legend);

}  // namespace stormloom
