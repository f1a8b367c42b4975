#include "core/box_mean.h"

namespace stormloom {

double meanOfBox(const RadarGrid& grid) {
  double sum = 0.0;
  for (std::size_t i = 0; i < grid.size(); ++i)
    if (grid.states()[i] <= CellState::BelowDetection) sum += double(grid.values()[i]);
  return sum / double(grid.size());
}

}  // namespace stormloom
