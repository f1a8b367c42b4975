#include "core/reduce.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/vil_scale.h"

namespace stormloom {
namespace {

int blocksAlong(int cells, int factor) { return (cells + factor - 1) / factor; }

double linearFromValue(float value, Quantity quantity) {
  switch (quantity) {
    case Quantity::Reflectivity:
      return std::pow(10.0, value / 10.0);
    case Quantity::VilDigital:
      return vilMassFromDigital(value);
    case Quantity::VilMass:
    case Quantity::RainRate:
    case Quantity::PrecipitationType:
      return value;
  }
  return value;
}

float valueFromLinear(double linear, Quantity quantity) {
  switch (quantity) {
    case Quantity::Reflectivity:
      return float(10.0 * std::log10(linear));
    case Quantity::VilDigital:
      return float(digitalFromVilMass(linear));
    case Quantity::VilMass:
    case Quantity::RainRate:
    case Quantity::PrecipitationType:
      return float(linear);
  }
  return float(linear);
}

/// Dry cells are most of them: the costly powers are taken only where there is rain.
struct Block {
  double sum = 0.0;
  std::array<int, 4> count{};  ///< by state
  void add(float value, CellState state, Quantity quantity) {
    ++count[std::size_t(state)];
    if (state == CellState::Measured && (value != 0.0f || quantity == Quantity::Reflectivity))
      sum += linearFromValue(value, quantity);
  }
};

void putBlock(RadarGrid& result, int row, int col, const Block& block, Quantity quantity) {
  const auto [measured, below, missing, outside] = block.count;
  const int known = measured + below;
  if (2 * known < known + missing + outside) {
    result.set(row, col, std::nanf(""),
               outside >= missing ? CellState::OutsideCoverage : CellState::Missing);
  } else if (measured == 0) {
    result.set(row, col, belowDetectionValue(quantity), CellState::BelowDetection);
  } else {
    result.set(row, col, valueFromLinear(block.sum / known, quantity), CellState::Measured);
  }
}

}  // namespace

RadarGrid reduced(const RadarGrid& grid, Quantity quantity, int factor) {
  if (factor <= 1) return grid;
  RadarGrid result(blocksAlong(grid.width(), factor), blocksAlong(grid.height(), factor));
  for (int row = 0; row < result.height(); ++row) {
    const int bottom = std::min((row + 1) * factor, grid.height());
    for (int col = 0; col < result.width(); ++col) {
      const int right = std::min((col + 1) * factor, grid.width());
      if (quantity == Quantity::PrecipitationType) {
        const int y = (row * factor + bottom) / 2, x = (col * factor + right) / 2;
        result.set(row, col, grid.at(y, x), grid.state(y, x));
        continue;
      }
      Block block;
      for (int y = row * factor; y < bottom; ++y) {
        for (int x = col * factor; x < right; ++x)
          block.add(grid.at(y, x), grid.state(y, x), quantity);
      }
      putBlock(result, row, col, block, quantity);
    }
  }
  return result;
}

GeoReference reducedGeo(const GeoReference& geo, int factor) {
  if (factor <= 1) return geo;
  return GeoReference(geo.projection(), geo.left(), geo.top(), geo.cellWidth() * factor,
                      geo.cellHeight() * factor, blocksAlong(geo.width(), factor),
                      blocksAlong(geo.height(), factor));
}

}  // namespace stormloom
