#include "core/field_tables.h"

#include <algorithm>
#include <map>
#include <memory>
#include <tuple>
#include <vector>

namespace stormloom {
namespace {

using Steps = std::vector<ColorTable::Step>;

/// From dark violet over red to light yellow: lightness alone tells the order, and neighbours stay
/// apart for every kind of colour vision (tst_ensemble_fields). One list for each count of steps.
const std::vector<Rgb>& safeRamp(std::size_t steps) {
  static const std::vector<Rgb> nine{{36, 42, 96},   {114, 47, 143},  {162, 53, 131},
                                     {189, 61, 114}, {221, 83, 81},   {245, 130, 47},
                                     {250, 205, 85}, {251, 234, 146}, {255, 255, 254}};
  static const std::vector<Rgb> ten{{36, 42, 96},    {69, 44, 131},  {149, 51, 137}, {177, 55, 124},
                                    {200, 69, 103},  {239, 117, 53}, {250, 161, 51}, {250, 215, 95},
                                    {252, 238, 159}, {255, 255, 253}};
  static const std::vector<Rgb> thirteen{
      {36, 42, 96},    {62, 43, 124},   {144, 50, 139}, {167, 54, 128}, {186, 59, 118},
      {206, 73, 97},   {232, 104, 64},  {244, 127, 46}, {251, 167, 51}, {250, 208, 88},
      {251, 225, 122}, {252, 243, 174}, {255, 255, 253}};
  return steps <= nine.size() ? nine : steps <= ten.size() ? ten : thirteen;
}

/// The same way without white, from light to dark, equally far from each other.
const std::vector<Rgb>& safeRampOnLight(std::size_t steps) {
  static const std::vector<Rgb> nine{{252, 243, 174}, {251, 220, 112}, {251, 184, 66},
                                     {243, 126, 47},  {213, 81, 88},   {187, 60, 117},
                                     {164, 53, 129},  {115, 48, 134},  {36, 42, 96}};
  static const std::vector<Rgb> ten{{252, 243, 174}, {251, 222, 117}, {250, 194, 75}, {246, 137, 47},
                                    {235, 111, 59},  {202, 70, 102},  {180, 57, 121}, {156, 52, 133},
                                    {98, 46, 131},   {36, 42, 96}};
  static const std::vector<Rgb> thirteen{
      {252, 243, 174}, {251, 227, 126}, {250, 210, 92}, {251, 176, 59}, {246, 136, 47},
      {237, 115, 56},  {214, 82, 87},   {194, 64, 110}, {178, 57, 122}, {160, 53, 131},
      {134, 49, 137},  {59, 43, 121},   {36, 42, 96}};
  return steps <= nine.size() ? nine : steps <= ten.size() ? ten : thirteen;
}

ColorTable safeTable(const ColorTable& usual, bool onLight) {
  Steps steps = usual.steps();
  const std::vector<Rgb>& ramp = onLight ? safeRampOnLight(steps.size()) : safeRamp(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i)
    steps[i].color = ramp[std::min(i, ramp.size() - 1)];
  return ColorTable(usual.name() + ", safe colours", usual.unit(), steps);
}

ColorTable probabilityTable() {
  return ColorTable("Chance", "%",
                    {{5, {62, 55, 48}},
                     {10, {104, 78, 52}},
                     {20, {150, 100, 54}},
                     {30, {192, 124, 60}},
                     {40, {222, 150, 74}},
                     {50, {240, 178, 98}},
                     {60, {248, 204, 130}},
                     {70, {252, 224, 164}},
                     {80, {254, 240, 200}},
                     {90, {255, 250, 232}}});
}

/// Weaker is blue, stronger is orange, little difference is not drawn.
ColorTable differenceTable() {
  return ColorTable("Difference", "digital VIL",
                    {{-255, {38, 92, 190}},
                     {-60, {66, 128, 214}},
                     {-30, {104, 164, 228}},
                     {-10, {140, 186, 226}, 110},
                     {-3, {0, 0, 0}, 0},
                     {3, {226, 188, 140}, 110},
                     {10, {240, 160, 84}},
                     {30, {230, 116, 44}},
                     {60, {196, 70, 20}}});
}

ColorTable spreadTable() {
  return ColorTable("Spread", "digital VIL",
                    {{3, {40, 64, 78}},
                     {6, {44, 88, 102}},
                     {10, {48, 114, 122}},
                     {15, {62, 142, 138}},
                     {20, {92, 170, 150}},
                     {30, {136, 196, 160}},
                     {40, {186, 220, 176}},
                     {60, {234, 244, 206}}});
}

ColorTable seenTable(const ColorTable& table, ColorVision vision) {
  Steps steps = table.steps();
  for (ColorTable::Step& step : steps) step.color = seenColor(step.color, vision);
  return ColorTable(table.name(), table.unit(), steps);
}

ColorTable plainTable(FieldKind kind, Quantity quantity, bool safe, bool onLight) {
  switch (kind) {
    case FieldKind::Probability:
      return probabilityTable();
    case FieldKind::Difference:
      return differenceTable();
    case FieldKind::Spread:
      return spreadTable();
    case FieldKind::Radar:
      break;
  }
  return safe ? safeTable(colorTableFor(quantity), onLight) : colorTableFor(quantity);
}

using Key = std::tuple<FieldKind, Quantity, bool, ColorVision, bool>;

std::map<Key, ColorTable> allTables() {
  std::map<Key, ColorTable> tables;
  for (const auto kind :
       {FieldKind::Radar, FieldKind::Probability, FieldKind::Difference, FieldKind::Spread})
    for (const auto quantity :
         {Quantity::VilDigital, Quantity::VilMass, Quantity::RainRate, Quantity::Reflectivity})
      for (const bool safe : {false, true})
        for (const auto vision : {ColorVision::Usual, ColorVision::Deuteranopia,
                                  ColorVision::Protanopia, ColorVision::Tritanopia})
          for (const bool onLight : {false, true})
            tables.emplace(Key{kind, quantity, safe, vision, onLight},
                           seenTable(plainTable(kind, quantity, safe, onLight), vision));
  return tables;
}

}  // namespace

const ColorTable& fieldTable(FieldKind kind, Quantity quantity, const ColorChoice& choice) {
  static const std::map<Key, ColorTable> tables = allTables();
  return tables.at({kind, quantity, choice.safe, choice.seenBy, choice.onLight});
}

}  // namespace stormloom
