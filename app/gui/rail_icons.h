#pragma once

#include <QColor>
#include <QIcon>

namespace stormloom {

enum class RailIcon { Desk, Events, Layers, Attention, Scores, Lessons, Export, Journal, Keys };

/// Drawn in one colour, sharp at every scale.
QIcon railIcon(RailIcon icon, const QColor& color);

}  // namespace stormloom
