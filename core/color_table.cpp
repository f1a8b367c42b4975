#include "core/color_table.h"

#include <algorithm>
#include <utility>

#include "core/errors.h"

namespace stormloom {

ColorTable::ColorTable(std::string name, std::string unit, std::vector<Step> steps)
    : name_(std::move(name)), unit_(std::move(unit)), steps_(std::move(steps)) {
  const auto notRising = [](const Step& a, const Step& b) { return !(a.level < b.level); };
  if (steps_.empty() ||
      std::adjacent_find(steps_.begin(), steps_.end(), notRising) != steps_.end()) {
    throw UsageError("The colour table \"" + name_ +
                     "\" needs at least one level, and its levels must rise.");
  }
}

const ColorTable::Step& ColorTable::stepAt(double value) const {
  const auto above = std::upper_bound(steps_.begin(), steps_.end(), value,
                                      [](double v, const Step& step) { return v < step.level; });
  return above == steps_.begin() ? steps_.front() : *std::prev(above);
}

Rgb ColorTable::color(double value) const { return stepAt(value).color; }

const ColorTable& colorTableFor(Quantity quantity) {
  // SEVIR's tutorial colours; its first two steps (0 and 16) are ground and grey, drawn here from
  // 16 on.
  static const ColorTable vil("SEVIR VIL", "digital VIL 0-254",
                              {{16, {65, 69, 72}},
                               {31, {48, 186, 41}},
                               {59, {29, 145, 29}},
                               {74, {6, 75, 11}},
                               {100, {249, 243, 0}},
                               {133, {239, 166, 0}},
                               {160, {245, 112, 20}},
                               {181, {157, 0, 7}},
                               {219, {229, 0, 255}}});
  // The same colours at the same storms: SEVIR's levels decoded to kg/m2.
  static const ColorTable vilMass("SEVIR VIL", "kg/m2",
                                  {{0.154, {65, 69, 72}},
                                   {0.257, {48, 186, 41}},
                                   {0.527, {29, 145, 29}},
                                   {0.775, {6, 75, 11}},
                                   {1.51, {249, 243, 0}},
                                   {3.53, {239, 166, 0}},
                                   {7.07, {245, 112, 20}},
                                   {12.1, {157, 0, 7}},
                                   {32.2, {229, 0, 255}}});
  static const ColorTable rain("Rain rate", "mm/h",
                               {{0.1, {90, 104, 117}},
                                {0.5, {74, 144, 178}},
                                {1, {52, 120, 200}},
                                {2, {44, 160, 84}},
                                {5, {24, 122, 40}},
                                {10, {242, 226, 42}},
                                {20, {240, 160, 30}},
                                {30, {230, 90, 30}},
                                {50, {190, 20, 30}},
                                {100, {214, 40, 214}}});
  static const ColorTable dbz("Reflectivity", "dBZ",
                              {{5, {90, 104, 117}},
                               {10, {84, 150, 190}},
                               {15, {52, 120, 200}},
                               {20, {52, 176, 92}},
                               {25, {32, 146, 56}},
                               {30, {14, 106, 28}},
                               {35, {242, 226, 42}},
                               {40, {232, 180, 32}},
                               {45, {240, 128, 30}},
                               {50, {226, 50, 34}},
                               {55, {178, 16, 28}},
                               {60, {214, 40, 214}},
                               {65, {150, 84, 206}}});
  static const ColorTable type("Precipitation type",
                               "class",  // MRMS: warm, snow, convective, hail, cool, tropical
                               {{1, {52, 176, 92}},
                                {3, {84, 150, 190}},
                                {6, {226, 50, 34}},
                                {7, {214, 40, 214}},
                                {10, {52, 120, 200}},
                                {91, {242, 226, 42}},
                                {96, {240, 128, 30}}});
  switch (quantity) {
    case Quantity::VilDigital:
      return vil;
    case Quantity::VilMass:
      return vilMass;
    case Quantity::RainRate:
      return rain;
    case Quantity::Reflectivity:
      return dbz;
    case Quantity::PrecipitationType:
      return type;
  }
  return vil;
}

}  // namespace stormloom
