#pragma once

#include <QString>

#include "app/figure/desk.h"

namespace stormloom {

/// Value with unit under a position, as the panes and the status line say it.
QString readoutText(const PanePicture& picture, LonLat place, bool withPlace);
QString placeText(LonLat place);

}  // namespace stormloom
