#pragma once

#include "core/color_table.h"

namespace stormloom {

/// How people see colours; about one man in twelve is one of the others.
enum class ColorVision { Usual, Deuteranopia, Protanopia, Tritanopia };

/// What a colour looks like to them (Machado, Oliveira and Fernandes 2009, full severity).
Rgb seenColor(Rgb color, ColorVision vision);

/// Distance of two colours in CIELAB (1976): below about 10 they are hard to tell apart on a map.
double colorDistance(Rgb a, Rgb b);

/// The two neighbouring steps of a table that are hardest to tell apart.
struct ClosestSteps {
  double lowerLevel = 0.0;
  double upperLevel = 0.0;
  double distance = 0.0;
};
ClosestSteps closestSteps(const ColorTable& table, ColorVision vision);

}  // namespace stormloom
