#pragma once

#include "render/picture_text.h"

namespace stormloom {

/// Colours of maps; radar colours are none of them.
struct MapStyle {
  PictureColor ground, coast, border, state, graticule, edge, box, text, quiet, plate, cross;
  PictureColor observed, forecast, synthetic;
  double plateOpacity = 0.82;
  double outsideOpacity = 0.33;  ///< how dark what no radar sees becomes
  double textScale = 1.0;  ///< larger in a briefing

  static MapStyle dark();
  static MapStyle light();
};

}  // namespace stormloom
