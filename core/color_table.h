#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/quantity.h"

namespace stormloom {

struct Rgb {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  bool operator==(const Rgb&) const = default;
};

/// Stepped colours on fixed physical levels, the same for every frame of every animation.
/// A value v takes the colour of the last level that is <= v; values below the first level are drawn transparent.
class ColorTable {
 public:
  struct Step {
    double level;
    Rgb color;
    std::uint8_t opacity = 255;  ///< 0: not drawn
  };

  /// Levels must rise strictly; throws UsageError otherwise.
  ColorTable(std::string name, std::string unit, std::vector<Step> steps);

  const std::string& name() const { return name_; }
  const std::string& unit() const { return unit_; }
  const std::vector<Step>& steps() const { return steps_; }
  bool isDrawn(double value) const {
    return value >= steps_.front().level && stepAt(value).opacity > 0;
  }
  const Step& stepAt(double value) const;  ///< the first step for values below it
  Rgb color(double value) const;  ///< of the first step for values below it

 private:
  std::string name_;
  std::string unit_;
  std::vector<Step> steps_;
};

/// The table every program draws this quantity with: SEVIR's for VIL, common radar colours for dBZ and rain.
const ColorTable& colorTableFor(Quantity quantity);

}  // namespace stormloom
