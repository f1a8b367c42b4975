#pragma once

#include <optional>
#include <string>

#include "core/quantity.h"

namespace stormloom {

/// What a variable measures, as its unit and its names say it.
struct UnitMeaning {
  Quantity quantity = Quantity::RainRate;
  double factor = 1.0;       ///< to the quantity's own unit
  bool accumulated = false;  ///< a depth: still to be multiplied by 60 / minutes
};

/// Whether "vil" stands in `names` as a word of its own: "MergedVIL", not "Seville".
bool namesVil(const std::string& names);

/// A product's name with ", sums of 60 min", unless it says so itself: what tells apart products of one
/// quantity that add up over other times.
std::string namedBySum(const std::string& product, double minutes);
/// The same without its length: alike for sums of one product that differ in length alone.
std::string productBesideSum(std::string product, double minutes);

/// `names` is everything that the file calls it (variable, standard name, long name). Nothing for
/// what is no rain, reflectivity or VIL.
std::optional<UnitMeaning> meaningOfUnit(const std::string& unit, const std::string& names);

}  // namespace stormloom
