#pragma once

#include "core/color_table.h"
#include "core/color_vision.h"

namespace stormloom {

/// What a raster on the desk is about; each has its own colours and unit.
enum class FieldKind { Radar, Probability, Difference, Spread };

/// The person's choice of colours.
struct ColorChoice {
  bool safe = false;  ///< lightness alone tells strength, told apart by all kinds of colour vision
  ColorVision seenBy = ColorVision::Usual;  ///< live check: everything as such eyes see it
  bool onLight = false;  ///< safe colours darken with strength there: the strongest must not be paper
  bool operator==(const ColorChoice&) const = default;
};

/// Tables live as long as the program.
const ColorTable& fieldTable(FieldKind kind, Quantity quantity, const ColorChoice& choice = {});

}  // namespace stormloom
